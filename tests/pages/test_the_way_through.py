"""The main job, page by page: each test is one step that a nurse takes."""

from __future__ import annotations

import pytest
import time_machine

from dosing.demo_world import passing_answers
from dosing.models import InjectionRecord, Plan
from randomization.models import Envelope
from tests.checklist import in_boxes, in_words
from tests.pages.conftest import PASSWORD, Browser
from tests.site_fixture import MONDAY, SiteFixture, paris
from tests.trial_fixture import START
from trial.models import Consent, EligibilityCheck, Participant


def checklist(ward: SiteFixture, **other: object) -> dict[str, object]:
    """The whole checklist, answered so that it lets in, but for those given."""
    protocol = ward.world.trial.protocol_version.protocol
    return in_words({"birth_date": "1960-05-17"} | passing_answers(protocol, START.date()) | other)


def test_screening_gives_a_number(nurse: Browser, ward: SiteFixture) -> None:
    page = nurse.send("/participants/new/", site=ward.site.pk, **in_boxes(consent_signed_on="2015-10-05"))
    person = Participant.objects.get()
    assert f"The number is {person.number}" in page
    assert "Check eligibility" in page


def test_a_consent_in_the_future_is_refused_beside_its_question(nurse: Browser, ward: SiteFixture) -> None:
    status, page = nurse.refused(
        "/participants/new/", site=ward.site.pk, **in_boxes(consent_signed_on="2015-10-06")
    )
    assert status == 422
    assert 'id="id_consent_signed_on_error"' in page
    assert "Tue 6 Oct 2015 is in the future" in page
    assert not Consent.objects.exists()


def test_a_checklist_that_lets_in_leads_to_randomisation(nurse: Browser, ward: SiteFixture) -> None:
    ward.world.blinded_list(1)
    person = ward.consented()
    page = nurse.send(f"/participants/{person.number}/eligibility/", **checklist(ward))
    assert f"{person.number} is eligible." in page
    assert f'href="/participants/{person.number}/randomize/"' in page


def test_a_checklist_that_fails_says_in_words_what_failed(nurse: Browser, ward: SiteFixture) -> None:
    person = ward.consented()
    page = nurse.send(f"/participants/{person.number}/eligibility/", **checklist(ward, I7=63))
    assert "63" in page and "70" in page
    assert "Randomise</a>" not in page
    assert EligibilityCheck.objects.get().answers["I7"] == 63


def test_an_answer_left_out_is_asked_for_by_name_and_nothing_is_kept(
    nurse: Browser, ward: SiteFixture
) -> None:
    person = ward.consented()
    answers = checklist(ward)
    del answers["E1"]
    status, page = nurse.refused(f"/participants/{person.number}/eligibility/", **answers)
    assert status == 422
    assert 'href="#id_E1"' in page and 'id="id_E1_error"' in page
    assert not EligibilityCheck.objects.exists()


def test_drawing_wants_the_password_again(nurse: Browser, ward: SiteFixture) -> None:
    ward.world.blinded_list()
    person = ward.eligible()
    status, page = nurse.refused(f"/participants/{person.number}/randomize/", confirmed="on", password="no")
    assert status == 403
    assert "That is not your password" in page
    assert not Envelope.objects.exclude(participant=None).exists()


def test_drawing_shows_the_number_and_its_witnesses(nurse: Browser, ward: SiteFixture) -> None:
    list_ = ward.world.blinded_list()
    person = ward.eligible()
    page = nurse.send(f"/participants/{person.number}/randomize/", confirmed="on", password=PASSWORD)
    envelope = Envelope.objects.get(participant=person)
    assert envelope.number in page
    assert list_.root in page and envelope.audit_hash in page


def test_a_second_click_shows_the_receipt_of_the_first(nurse: Browser, ward: SiteFixture) -> None:
    person = ward.randomized()
    page = nurse.send(f"/participants/{person.number}/randomize/", confirmed="on", password=PASSWORD)
    assert Envelope.objects.get(participant=person).number in page
    assert nurse.get(f"/participants/{person.number}/randomize/").status_code == 302


def test_booking_warns_of_the_holidays_of_each_day(nurse: Browser, ward: SiteFixture) -> None:
    person = ward.randomized()
    page = nurse.read(f"/participants/{person.number}/first-injection/")
    assert "Wed 11 Nov (Armistice Day)" in page
    assert page.index("Monday 12 October 2015") < page.index("Tuesday 6 October 2015")


def test_booking_plans_fifteen_injections(nurse: Browser, ward: SiteFixture) -> None:
    person = ward.randomized()
    page = nurse.send(f"/participants/{person.number}/first-injection/", day="2015-10-12")
    assert Plan.objects.get().injections.count() == 15
    assert "Day 1 is booked for Monday 12 October 2015" in page
    assert page.count('role="rowheader"') == 3


def test_moving_day_1_wants_a_reason(nurse: Browser, ward: SiteFixture) -> None:
    person = ward.booked()
    address = f"/participants/{person.number}/first-injection/"
    assert nurse.refused(address, day="2015-10-06")[0] == 422
    nurse.send(address, day="2015-10-06", reason="Earlier train")
    assert Plan.objects.get(superseded_at=None).reason == "Earlier train"


GIVEN = {
    **in_boxes(day="2015-10-12"),
    "time": "09:00",
    "body_site": "abdomen_left",
    "place": "hospital",
    "given_by": "C. F.",
    "without_release": "on",
}


def test_an_injection_is_two_taps_from_today(nurse: Browser, ward: SiteFixture) -> None:
    person = ward.booked(MONDAY)
    with time_machine.travel(paris("2015-10-12 09:30"), tick=False):
        address = f"/participants/{person.number}/injections/1/"
        assert f'href="{address}"' in nurse.read("/today/")
        form = nurse.get(address).context["form"]
        sent = {name: form.get_initial_for_field(field, name) for name, field in form.fields.items()}
        shown = sent | {"time": f"{sent['time']:%H:%M}", "without_release": "on"}
        nurse.send(address, **in_words({name: value for name, value in shown.items() if value is not None}))
    assert InjectionRecord.objects.get().happened_at == paris("2015-10-12 09:30")


def test_another_day_than_planned_is_taken_only_with_a_reason(nurse: Browser, ward: SiteFixture) -> None:
    person = ward.booked(MONDAY)
    with time_machine.travel(paris("2015-10-13 10:00"), tick=False):
        address = f"/participants/{person.number}/injections/1/"
        status, page = nurse.refused(address, **(GIVEN | in_boxes(day="2015-10-13")))
        assert (status, InjectionRecord.objects.count()) == (422, 0)
        assert "Check the day" in page
        nurse.send(address, **(GIVEN | in_boxes(day="2015-10-13") | {"deviation_reason": "Strike"}))
    assert InjectionRecord.objects.get().reason == "Strike"


def test_a_missed_injection_wants_a_reason(nurse: Browser, ward: SiteFixture) -> None:
    person = ward.booked(MONDAY)
    with time_machine.travel(paris("2015-10-12 18:00"), tick=False):
        address = f"/participants/{person.number}/injections/1/?outcome=missed"
        assert nurse.refused(address)[0] == 422
        assert "not given" in nurse.send(address, reason="Fever")


def test_a_correction_is_a_second_row_with_its_reason(nurse: Browser, ward: SiteFixture) -> None:
    person = ward.booked(MONDAY)
    with time_machine.travel(paris("2015-10-12 10:00"), tick=False):
        ward.inject(person, 1)
        address = f"/participants/{person.number}/injections/1/"
        assert nurse.refused(address, **GIVEN)[0] == 422
        nurse.send(address, **(GIVEN | {"time": "08:50", "correction_reason": "Read the clock wrongly"}))
    assert [row.sequence for row in InjectionRecord.objects.order_by("sequence")] == [1, 2]


def test_a_visit_can_be_done_moved_or_missed(nurse: Browser, ward: SiteFixture) -> None:
    person = ward.booked(MONDAY)
    with time_machine.travel(paris("2015-10-19 10:00"), tick=False):
        address = f"/participants/{person.number}/visits/V2/"
        assert "Adverse events" in nurse.read(address)
        moved = nurse.send(f"{address}?outcome=moved", day="2015-10-21", reason="Train strike")
        assert "21 Oct" in moved
    with time_machine.travel(paris("2015-10-21 18:00"), tick=False):
        assert "is recorded: missed" in nurse.send(f"{address}?outcome=missed", reason="Did not come")


def test_hold_and_release_are_the_investigators(
    nurse: Browser, investigator: Browser, ward: SiteFixture
) -> None:
    person = ward.booked(MONDAY)
    address = f"/participants/{person.number}"
    assert nurse.post(f"{address}/hold/", {"reason": "Fever"}).status_code == 403
    assert "on hold" in investigator.send(f"{address}/hold/", reason="Fever")
    assert "The hold is released." in investigator.send(f"{address}/release/", reason="Well again")


def test_whoever_leaves_the_trial_has_nothing_more_to_come(nurse: Browser, ward: SiteFixture) -> None:
    person = ward.booked(MONDAY)
    said = {"scope": "trial", "cause": "withdrawal_by_subject", "reason": "not given", "password": PASSWORD}
    said |= in_boxes(day="2015-10-05")
    page = nurse.send(f"/participants/{person.number}/withdraw/", **said)
    assert "Nothing more is planned." in page
    assert "Record the injection" not in page


@pytest.mark.parametrize("language", ["en-gb", "fr"])
def test_the_printed_calendar_holds_codes_and_days_only(
    nurse: Browser, ward: SiteFixture, language: str
) -> None:
    person = ward.booked(MONDAY)
    nurse.post("/language/", {"language": language})
    page = nurse.read(f"/participants/{person.number}/calendar/")
    words = page[page.index("<main") : page.index("</main>")].lower()
    assert person.number.lower() in words and "12 oct" in words
    assert not [word for word in ("interleu", "il-2", "placebo", "als", "sla ", "imodals") if word in words]
