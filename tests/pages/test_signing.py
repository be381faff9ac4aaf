"""Signing at the screen: both parts first, then the secret alone; what was signed, and what became of it."""

from __future__ import annotations

import csv
import io
import json
from datetime import date, timedelta
from hashlib import sha256

import pytest
import time_machine

from dosing.services.correcting_ends import correct_end
from dosing.services.signed_ends import signed_contents
from dosing.services.status import withdraw
from randomization.corrections import flag_randomized_in_error
from randomization.services import draw_envelope
from randomization.verifying.signatures import report_of, signatures
from tests.checklist import in_boxes
from tests.pages.conftest import PASSWORD, Browser
from tests.site_fixture import MONDAY, SiteFixture, paris
from tests.trial_fixture import START
from trial.core.sentences import Sentence
from trial.models import AuditEntry, Participant, Signature
from trial.pages.signatures import shown
from trial.people.signing import Hand
from trial.screening.consent_correction import correct_consent

RIGHT = {"confirmed": "on", "password": PASSWORD}


def drawn_page(person: Participant) -> str:
    return f"/participants/{person.number}/randomize/"


def test_the_first_signature_takes_both_parts_and_each_further_one_the_secret(
    nurse: Browser, ward: SiteFixture
) -> None:
    ward.world.blinded_list()
    one, other = ward.eligible(), ward.eligible()
    assert "Your user name" in nurse.read(drawn_page(one))
    for name in ("", "somebody.else"):
        status, _page = nurse.refused(drawn_page(one), user_name=name, **RIGHT)
        assert status in {403, 422} and not Signature.objects.exists()
    nurse.send(drawn_page(one), **RIGHT)
    assert "Your user name" not in nurse.read(drawn_page(other))
    assert nurse.post(drawn_page(other), RIGHT).status_code == 302
    assert list(Signature.objects.values_list("both_parts", flat=True)) == [True, False]


def test_a_new_session_begins_with_both_parts(nurse: Browser, ward: SiteFixture) -> None:
    ward.world.blinded_list()
    one, other = ward.eligible(), ward.eligible()
    nurse.send(drawn_page(one), **RIGHT)
    nurse.logout()
    nurse.force_login(nurse.user)
    assert "Your user name" in nurse.read(drawn_page(other))
    assert nurse.post(drawn_page(other), RIGHT).status_code == 422


def test_an_act_that_was_refused_was_no_first_signature(nurse: Browser, ward: SiteFixture) -> None:
    person = ward.eligible()
    status, _page = nurse.refused(drawn_page(person), **RIGHT)
    assert status == 409
    assert "Your user name" in nurse.read(f"/participants/{person.number}/withdraw/")


def test_a_signature_says_who_when_where_and_what_for(nurse: Browser, ward: SiteFixture) -> None:
    ward.world.blinded_list()
    person = ward.eligible()
    nurse.send(drawn_page(person), **RIGHT)
    row, entry = Signature.objects.get(), AuditEntry.objects.get(action="envelope.drawn")
    assert (row.name, row.zone, row.system) == (ward.nurse.user.shown_name, "Europe/Paris", "")
    assert row.meaning == "I checked consent and eligibility of this participant and draw the envelope."
    assert row.digest == sha256(row.content.encode()).hexdigest() and row.audit_hash == entry.hash
    said = json.loads(entry.body)["signature"]
    assert (said["digest"], said["name"], said["parts"]) == (row.digest, row.name, 2)
    assert json.loads(row.content)["number"] == person.envelope.number  # type: ignore[attr-defined]


def test_a_withdrawal_is_signed_and_shows_of_whom_and_what_ends(nurse: Browser, ward: SiteFixture) -> None:
    person = ward.booked(MONDAY)
    address = f"/participants/{person.number}/withdraw/"
    page = nurse.read(address)
    assert f'<p class="read-aloud number" translate="no">{person.number}</p>' in page
    assert "C1D1" in page and "V1" in page and "reminders wait" in page
    said = {"scope": "death", "reason": "His wife called."} | in_boxes(day="2015-10-05")
    assert nurse.refused(address, **said)[0] == 422
    nurse.send(address, **said, password=PASSWORD)
    assert Signature.objects.get().act == "withdrawal"
    page = nurse.read(f"/participants/{person.number}/correct-end/")
    assert "Died on Monday 5 October 2015" in page
    said = {"scope": "never", "reason": "Another person.", "password": PASSWORD}
    page = nurse.send(f"/participants/{person.number}/correct-end/", **said)
    assert "was wrong; the participant is randomised again" in page
    assert Signature.objects.last().act == "withdrawal_corrected"  # type: ignore[union-attr]


def test_a_form_sent_twice_is_one_withdrawal(nurse: Browser, ward: SiteFixture) -> None:
    person = ward.booked(MONDAY)
    said = {"scope": "trial", "cause": "other", "reason": "x", "password": PASSWORD}
    said |= {"csrfmiddlewaretoken": "t" * 64} | in_boxes(day="2015-10-05")
    said |= {"user_name": nurse.user.username}
    for _again in range(2):
        assert nurse.post(f"/participants/{person.number}/withdraw/", said).status_code == 302
    assert Signature.objects.count() == person.statuses.filter(scope="trial").count() == 1


def test_a_second_person_who_is_alike_is_asked_about_before_the_draw(
    nurse: Browser, ward: SiteFixture
) -> None:
    ward.world.blinded_list()
    people = [ward.consented(), ward.consented()]
    for one in people:
        ward.check(one, birth="1961-03-04")
    nurse.send(drawn_page(people[0]), **RIGHT)
    status, page = nurse.refused(drawn_page(people[1]), **RIGHT)
    assert status == 422 and f"{people[0].number} has the same site, birth month" in page
    assert 'name="confirm-another_person"' in page
    wrong = {"confirm-another_person": people[1].number}
    assert nurse.refused(drawn_page(people[1]), **RIGHT, **wrong)[0] == 422
    nurse.send(drawn_page(people[1]), **RIGHT, **{"confirm-another_person": people[0].number})
    body = json.loads(AuditEntry.objects.filter(action="envelope.drawn").last().body)  # type: ignore[union-attr]
    assert body["confirmed"] == {"another_person": people[0].number}


@pytest.mark.parametrize("other", ["birth", "consent", "site", "not drawn"])
def test_who_differs_in_one_thing_is_not_asked_about(nurse: Browser, ward: SiteFixture, other: str) -> None:
    ward.world.blinded_list()
    first = ward.consented(site=ward.second_site() if other == "site" else None)
    ward.check(first, birth="1961-04-30" if other == "birth" else "1961-03-04")
    if other != "not drawn":
        draw_envelope(participant=first, by=ward.nurse, at=paris("2015-10-05 10:00"))
    with time_machine.travel(paris("2015-10-06 10:00"), tick=False):
        day = "2015-10-06 08:00" if other == "consent" else "2015-10-05 08:00"
        person = ward.consented(at=paris(day))
        ward.check(person, at=paris("2015-10-06 09:00"), birth="1961-03-31")
        assert nurse.post(drawn_page(person), nurse.signed(dict(RIGHT))).status_code == 302


def test_the_page_and_the_file_list_signatures_and_what_became_void(
    nurse: Browser, ward: SiteFixture
) -> None:
    ward.world.blinded_list()
    one, other = ward.eligible(), ward.eligible()
    for person in (one, other):
        nurse.send(drawn_page(person), **RIGHT)
    page = nurse.read("/signatures/")
    assert page.count(">holds<") == 2 and "Europe/Paris" in page and one.number in page
    day = {"signed_on": date(2015, 10, 4), "reason": "Misread.", "by": ward.nurse}
    correct_consent(participant=ward.again(one), at=paris("2015-10-05 12:00"), **day)  # type: ignore[arg-type]
    page = nurse.read("/signatures/")
    assert page.count(">holds<") == 1 and "void: changed since: consent" in page
    rows = list(csv.DictReader(io.StringIO(nurse.get("/signatures.csv").content.decode())))
    assert [(row["about"], row["state"]) for row in rows] == [
        (other.number, "holds"),
        (one.number, "void: changed since: consent"),
    ]
    assert rows[0]["zone"] == "Europe/Paris" and rows[0]["parts"] == "1" and rows[1]["parts"] == "2"


@pytest.mark.parametrize("act", ["withdrawal", "error"])
def test_a_correction_of_what_was_signed_voids_the_signature(ward: SiteFixture, act: str) -> None:
    person, hand = ward.booked(MONDAY), Hand("Anne Nurse", both_parts=True)
    at, who = paris("2015-10-06 09:00"), ward.again(person)
    if act == "withdrawal":
        withdraw(participant=who, scope="trial", reason="x", by=ward.nurse, at=at, hand=hand)
        back = {"scope": "never", "reason": "y", "by": ward.nurse, "at": at, "hand": hand}
        correct_end(participant=ward.again(person), **back)  # type: ignore[arg-type]
        wanted = [False, True]
    else:
        who = ward.eligible()
        draw_envelope(participant=who, by=ward.nurse, at=paris("2015-10-05 12:00"), hand=hand)
        flag_randomized_in_error(participant=who, reason="x", by=ward.investigator, at=at, hand=hand)
        wanted = [False, True]
    holds = [not row.void for row in shown(Signature.objects.order_by("id"), ward.world.trial)]
    assert holds == wanted


def test_a_system_signs_nothing_and_the_page_says_for_whom(nurse: Browser, ward: SiteFixture) -> None:
    person, at = ward.booked(MONDAY), paris("2015-10-05 12:00")
    hand = Hand(system="hospital records")
    withdraw(participant=person, scope="trial", reason="x", by=ward.nurse, at=at, hand=hand)
    page = nurse.read("/signatures/")
    assert "Signed by nobody: the system “hospital records” acted for" in page and "not signed" in page


OTHERWISE: dict[str, object] = {
    "name": "Somebody Else",
    "meaning": "I was here.",
    "role": "monitor",
    "at": START + timedelta(minutes=1),
    "digest": "0" * 64,
    "content": '{"reason": "another"}',
    "both_parts": False,
    "system": "hospital records",
}


SAID_BY_A_SYSTEM = {"role", "at", "digest", "content", "system"}


@pytest.mark.parametrize("hand", [Hand("Anne Nurse", both_parts=True), Hand(system="hospital records")])
def test_verify_compares_each_signature_with_its_entry(ward: SiteFixture, hand: Hand) -> None:
    """Of a person's and of a system's: every column, its entry and the row itself."""
    person = ward.booked(MONDAY)
    withdraw(participant=person, scope="trial", reason="x", by=ward.nurse, at=START, hand=hand)
    (report,) = signatures()
    assert (report.rows, report.fault) == (1, "")
    entries, about = AuditEntry.objects.all(), f"of {person.number}"
    signed = {name: value for name, value in OTHERWISE.items() if name in SAID_BY_A_SYSTEM or not hand.system}
    for field, value in signed.items():
        row = Signature.objects.select_related("by__user").get()
        changed = "records of another" if field == "system" and hand.system else value
        setattr(row, field, changed)
        said = str(report_of(report.what, [row], entries).fault)
        assert said == f"the signature withdrawal {about} is not what its entry says", field
    row = Signature.objects.get()
    row.by = ward.investigator
    assert "is not what its entry says" in str(report_of(report.what, [row], entries).fault)
    row = Signature.objects.get()
    row.audit_hash = "0" * 64
    fault = report_of(report.what, [row], entries).fault
    assert str(fault) == f"the signature withdrawal {about} has no entry in the trail"
    fault = report_of(report.what, [], entries).fault
    acts = AuditEntry.objects.get(hash=Signature.objects.get().audit_hash).action
    assert str(fault) == f"the trail has a signature for {acts} {about} that has no row"


def test_both_parts_and_one_part_are_told_apart(ward: SiteFixture) -> None:
    withdraw(
        participant=ward.booked(MONDAY), scope="trial", reason="x", by=ward.nurse, at=START, hand=Hand("Anne")
    )
    row = Signature.objects.select_related("by__user").get()
    assert not report_of(Sentence("x"), [row], AuditEntry.objects.all()).fault
    row.both_parts = True
    assert report_of(Sentence("x"), [row], AuditEntry.objects.all()).fault


HAND = Hand("Claire Fabre", both_parts=True)


def test_the_end_of_reminders_is_named_by_its_moment_and_by_no_running_number(
    ward: SiteFixture,
) -> None:
    """A running number would tell one site how much the others enter. One of before still holds."""
    person = ward.booked(MONDAY, email="anne@example.org")
    at = paris(f"{MONDAY} 15:00")
    withdraw(participant=person, scope="reminders", reason="Too many.", by=ward.nurse, at=at, hand=HAND)
    signed = Signature.objects.get(act="withdrawal")

    row = person.contact_details.get(withdrawn_at__isnull=False)
    before = f"{person.number}/contact/{row.pk}"
    now = signed_contents("withdrawal", [signed.record, before], ward.site.trial)

    assert signed.record == f"{person.number}/contact/2015-10-12T13:00:00.000000Z"
    assert now is not None and now[before] == now[signed.record] == json.loads(signed.content)
