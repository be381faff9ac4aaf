"""A vaccination is asked at screening, and judged again when day 1 is booked or moved."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from dosing.models import Deviation, Plan
from dosing.services.booking import CannotBook, book_first_injection, propose_first_injection
from randomization.services import NotEligible, draw_envelope
from tests.checklist import in_boxes, in_words
from tests.pages.conftest import Browser
from tests.site_fixture import MONDAY, SiteFixture, paris
from tests.trial_fixture import START
from trial.models import ChecklistDraft, CurrentParticipant, EligibilityCheck

OVER = timedelta(days=56)


def vaccinated(ward: SiteFixture, day: date) -> CurrentParticipant:
    """Somebody randomised who was last vaccinated on that day."""
    one = ward.consented()
    ward.check(one, E13=day.isoformat())
    ward.world.blinded_list(9)
    draw_envelope(participant=one, by=ward.nurse, at=START)
    return ward.again(one)


def book(ward: SiteFixture, one: CurrentParticipant, day: date) -> Plan:
    return book_first_injection(participant=one, day=day, by=ward.nurse, at=START)


def test_no_day_within_eight_weeks_is_offered_or_taken(ward: SiteFixture) -> None:
    first = MONDAY - timedelta(days=1)
    one = vaccinated(ward, first - OVER - timedelta(days=1))
    assert min(row.date for row in propose_first_injection(participant=one, at=START)) == first
    with pytest.raises(CannotBook, match="by criterion E13") as refused:
        book(ward, one, MONDAY - timedelta(days=3))
    assert "11 October 2015 or later" in str(refused.value)
    assert not Plan.objects.exists()


def test_the_last_day_of_the_eight_weeks_is_refused_and_the_next_one_taken(ward: SiteFixture) -> None:
    last = MONDAY - timedelta(days=2)
    one = vaccinated(ward, last - OVER)
    with pytest.raises(CannotBook, match="by criterion E13"):
        book(ward, one, last)
    assert book(ward, one, last + timedelta(days=1)).first_injection == last + timedelta(days=1)


def test_nobody_is_randomised_for_a_day_1_that_cannot_be(nurse: Browser, ward: SiteFixture) -> None:
    """Day 1 lies on 13 October or later, and within seven days of a draw on the 5th."""
    one = ward.consented()
    ward.check(one, E13=(MONDAY - OVER).isoformat())
    ward.world.blinded_list(9)
    with pytest.raises(NotEligible, match="Randomise on Tue 6 Oct 2015 or later"):
        draw_envelope(participant=one, by=ward.nurse, at=START)
    assert "Randomise on Tue 6 Oct 2015 or later" in nurse.read(f"/participants/{one.number}/randomize/")
    assert draw_envelope(participant=one, by=ward.nurse, at=START + timedelta(days=1)).drawn_at


def test_moving_day_1_is_judged_like_booking_it(ward: SiteFixture) -> None:
    one = vaccinated(ward, MONDAY - OVER - timedelta(days=1))
    book(ward, one, MONDAY)
    with pytest.raises(CannotBook, match="by criterion E13"):
        book(ward, ward.again(one), MONDAY - timedelta(days=1))
    assert Plan.objects.get(superseded_at=None).first_injection == MONDAY


def test_a_first_injection_that_came_too_soon_is_drafted_as_a_deviation(ward: SiteFixture) -> None:
    """Booked for the first day that may be, given the day before."""
    one = vaccinated(ward, MONDAY - OVER - timedelta(days=1))
    book(ward, one, MONDAY)
    given = paris(f"{MONDAY - timedelta(days=1)} 09:00")
    ward.inject(
        one, 1, happened_at=given, at=given + timedelta(hours=1), deviation_reason="The ward was closed."
    )
    drafted = {row.kind: row for row in Deviation.objects.all()}
    assert set(drafted) == {"injection_early", "day_1_too_soon"}
    assert drafted["day_1_too_soon"].happened_on == MONDAY - timedelta(days=1)


def test_a_first_injection_on_the_first_day_that_may_be_is_no_deviation(ward: SiteFixture) -> None:
    one = vaccinated(ward, MONDAY - OVER - timedelta(days=1))
    book(ward, one, MONDAY)
    ward.inject(one, 1)
    assert not Deviation.objects.exists()


def test_who_was_never_vaccinated_waits_for_nothing(ward: SiteFixture) -> None:
    one = ward.randomized()
    tomorrow = START.date() + timedelta(days=1)
    assert min(row.date for row in propose_first_injection(participant=one, at=START)) == tomorrow


def test_the_page_offers_the_later_days_alone_and_says_why(nurse: Browser, ward: SiteFixture) -> None:
    one = vaccinated(ward, MONDAY - OVER - timedelta(days=1))
    page = nurse.read(f"/participants/{one.number}/first-injection/")
    assert 'value="2015-10-12"' in page and 'value="2015-10-09"' not in page
    assert "Criterion E13: day 1 lies on Mon 12 Oct 2015 or later." in page


def test_the_page_asks_no_or_the_day(nurse: Browser, ward: SiteFixture) -> None:
    one = ward.consented()
    answers = _answers(ward)
    address = f"/participants/{one.number}/eligibility/"
    _, page = nurse.refused(address, **answers | in_boxes(**{"last-E15": "2014-05-01"}))
    assert "the answer above says no" in page and not EligibilityCheck.objects.exists()
    sent = answers | {"E15": "yes"} | in_boxes(**{"last-E15": "2014-05-01"})
    nurse.send(address, **sent)
    check = EligibilityCheck.objects.get()
    assert (check.answers["E15"], check.eligible) == ("2014-05-01", False)
    nurse.send(address, **answers | {"E15": "yes"} | in_boxes(**{"last-E15": "2009-05-01"}))
    assert EligibilityCheck.objects.latest("id").eligible


def test_a_day_that_waits_in_an_unfinished_checklist_comes_back(nurse: Browser, ward: SiteFixture) -> None:
    one = ward.consented()
    address = f"/participants/{one.number}/eligibility/"
    nurse.send(address, keep="yes", E15="yes", E1="no", **in_boxes(**{"last-E15": "2009-05-02"}))
    assert ChecklistDraft.objects.get().answers == {"E15": "2009-05-02", "E1": False}
    page = nurse.read(address)
    assert 'name="last-E15_year" id="id_last-E15_year" value="2009"' in page


def _answers(ward: SiteFixture) -> dict[str, str]:
    from dosing.demo_world import passing_answers

    protocol = ward.world.trial.protocol_version.protocol
    return in_words({"birth_date": "1960-05-17"} | passing_answers(protocol, START.date()))
