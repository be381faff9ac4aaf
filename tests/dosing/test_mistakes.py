"""A number given by mistake leaves every count, and comes back if the mark was the mistake."""

from __future__ import annotations

import pytest

from dosing.progress.facts import read_facts
from tests.site_fixture import START, SiteFixture
from trial.models import ContactDetails, Participant
from trial.refusals import InvalidInput
from trial.screening.consent_correction import correct_consent
from trial.screening.mistakes import NoMistake, mark_mistake, take_mistake_back
from trial.screening.services import TooLate, WrongStatus, record_contact


def marked(ward: SiteFixture, participant: Participant) -> Participant:
    mark_mistake(participant=participant, reason="Screened twice.", by=ward.nurse, at=START)
    return ward.again(participant)


def test_a_mistake_leaves_the_counts_which_say_so(ward: SiteFixture) -> None:
    ward.eligible()
    marked(ward, ward.eligible())
    facts = read_facts(ward.nurse, at=START)
    assert (len(facts.people), facts.mistakes) == (1, 1)


@pytest.mark.parametrize("state", ["screening", "eligible", "screen_failed"])
def test_the_mark_is_taken_back_to_where_the_participant_was(ward: SiteFixture, state: str) -> None:
    person = ward.consented()
    if state != "screening":
        ward.check(person, **({"I7": 61} if state == "screen_failed" else {}))
    marked(ward, person)
    take_mistake_back(participant=person, reason="It was right.", by=ward.nurse, at=START)
    assert ward.status(person) == state
    with pytest.raises(NoMistake):
        take_mistake_back(participant=ward.again(person), reason="Again.", by=ward.nurse, at=START)


def test_nothing_more_is_recorded_under_it(ward: SiteFixture) -> None:
    person = ward.eligible()
    ward.contact(person, "anne@example.org")
    marked(ward, person)
    day = START.date()
    assert not ContactDetails.objects.exclude(email="").exists()
    with pytest.raises(TooLate):
        ward.check(ward.again(person))
    with pytest.raises(WrongStatus):
        correct_consent(participant=person, signed_on=day, reason="x", by=ward.nurse, at=START)
    with pytest.raises(WrongStatus):
        said = {"email": "b@example.org", "language": "en", "consented_on": day}
        record_contact(participant=person, by=ward.nurse, at=START, **said)  # type: ignore[arg-type]


def test_only_before_a_draw_and_with_a_reason(ward: SiteFixture) -> None:
    with pytest.raises(TooLate, match="randomisation in error"):
        marked(ward, ward.randomized())
    person = ward.consented()
    with pytest.raises(InvalidInput):
        mark_mistake(participant=person, reason=" ", by=ward.nurse, at=START)
    marked(ward, person)
    with pytest.raises(TooLate, match="already"):
        marked(ward, person)
