"""What a page offers is what the service accepts, wherever a participant stands: each act, in every state."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, time, timedelta
from functools import partial

import pytest
from django.db import transaction

from dosing.pages.offers import OFFERS, Known, offered
from dosing.reading.queries import calendar_of
from dosing.services import status as ends
from dosing.services.appointments import set_hour
from dosing.services.booking import book_first_injection
from dosing.services.choosing import follow_actual, move_course
from dosing.services.correcting_ends import correct_end
from dosing.services.feeding import make_feed
from dosing.services.status import find_again, hold, release, scopes_left, withdraw
from dosing.services.unscheduled import record_unscheduled
from randomization.closing import lock_data
from randomization.corrections import enter_paper_randomization
from randomization.eligibility.confirming import confirm_eligibility
from randomization.models import Envelope, RandomizationList
from randomization.services import draw_envelope
from tests.asking_for_confirmation import ask_for_confirmation
from tests.site_fixture import MONDAY, START, SiteFixture, paris
from trial.models import CurrentParticipant, Delegation, Participant, Status, WithdrawalScope
from trial.permissions import Role, may
from trial.refusals import Refusal
from trial.screening.consent_correction import correct_consent
from trial.screening.erasing import erase_contact
from trial.screening.mistakes import mark_mistake, take_mistake_back
from trial.screening.services import add_status, record_consent, record_contact, screen

NOW = paris("2015-10-12 12:00")
WHY = "Because."


def ended(ward: SiteFixture, participant: Participant, scope: str) -> Participant:
    day = date(2015, 10, 12) if scope in {"death", "lost"} else None
    withdraw(participant=participant, scope=scope, reason=WHY, day=day, by=ward.nurse, at=NOW)
    return participant


def treated(ward: SiteFixture) -> Participant:
    person = ward.booked(MONDAY)
    ward.inject(person, 1)
    return person


def first_missed(ward: SiteFixture) -> Participant:
    """Randomised, and the injection of the planned day 1 was not given."""
    person = ward.booked(MONDAY)
    ward.inject(person, 1, outcome="missed", reason=WHY, happened_at=None, at=NOW)
    return person


def failed(ward: SiteFixture) -> Participant:
    person = ward.consented()
    ward.check(person, I7=61)
    return person


def held(ward: SiteFixture, person: Participant) -> Participant:
    hold(participant=person, reason=WHY, until=None, by=doctor(ward), at=NOW)
    return person


def completed(ward: SiteFixture) -> Participant:
    person = ward.again(treated(ward))
    add_status(participant=person, status=Status.COMPLETED, by=ward.nurse, at=NOW)  # type: ignore[arg-type]
    return person


def doctor(ward: SiteFixture) -> Delegation:
    return ward.world.person(Role.INVESTIGATOR)


def mistaken(ward: SiteFixture) -> Participant:
    person = ward.eligible()
    mark_mistake(participant=person, reason=WHY, by=ward.nurse, at=NOW)
    return person


def to_confirm(ward: SiteFixture) -> Participant:
    ask_for_confirmation(ward)
    return ward.eligible()


STATES: dict[str, Callable[[SiteFixture], Participant]] = {
    "a number": lambda ward: screen(site=ward.site, by=ward.nurse, at=START),
    "consented": lambda ward: ward.consented(),
    "eligible": lambda ward: ward.eligible(),
    "to be confirmed": to_confirm,
    "screen failure": failed,
    "randomised": lambda ward: ward.randomized(),
    "booked": lambda ward: ward.booked(MONDAY),
    "with an address": lambda ward: ward.booked(MONDAY, email="anne@example.org"),
    "the first one missed": first_missed,
    "treated": treated,
    "held before day 1": lambda ward: held(ward, ward.booked(MONDAY)),
    "held": lambda ward: held(ward, treated(ward)),
    "in follow-up": lambda ward: ended(ward, treated(ward), "treatment"),
    "completed": completed,
    "a mistake": mistaken,
    "left before the draw": lambda ward: ended(ward, ward.consented(), "trial"),
} | {
    scope: lambda ward, scope=scope: ended(ward, treated(ward), scope)
    for scope in ("visits", "contact", "trial", "death", "lost")
}  # type: ignore[misc]

Act = Callable[[SiteFixture, CurrentParticipant], object]
ACTS: dict[str, Act] = {
    "consent": lambda ward, who: record_consent(
        participant=who, signed_on=START.date(), by=ward.nurse, at=NOW
    ),
    "correct_consent": lambda ward, who: correct_consent(
        participant=who, signed_on=START.date() - timedelta(days=1), reason=WHY, by=ward.nurse, at=NOW
    ),
    "eligibility": lambda ward, who: ward.check(who, at=START),
    "contact": lambda ward, who: record_contact(
        participant=who,
        email="a@example.org",
        language="en",
        consented_on=START.date(),
        by=ward.nurse,
        at=NOW,
    ),
    "erase": lambda ward, who: erase_contact(participant=who, reason=WHY, by=doctor(ward), at=NOW),
    "participant_feeds": lambda ward, who: make_feed(by=ward.nurse, at=NOW, language="en", participant=who),
    "confirm_eligibility": lambda ward, who: confirm_eligibility(
        participant=who, check=1, by=doctor(ward), at=NOW
    ),
    "randomize": lambda ward, who: draw_envelope(participant=who, by=ward.nurse, at=NOW),
    "paper_randomization": lambda ward, who: on_paper(ward, who),
    "book": lambda ward, who: book_first_injection(
        participant=who, day=MONDAY, reason=WHY, by=ward.nurse, at=START
    ),
    "options": lambda ward, who: any_choice(ward, who),
    "hold": lambda ward, who: hold(participant=who, reason=WHY, until=None, by=doctor(ward), at=NOW),
    "release": lambda ward, who: release(participant=who, reason=WHY, by=doctor(ward), at=NOW),
    "withdraw": lambda ward, who: any_end(ward, who),
    "correct_end": lambda ward, who: correct_end(
        participant=who, scope="never", reason=WHY, by=ward.nurse, at=NOW
    ),
    "mistake": lambda ward, who: mark_mistake(participant=who, reason=WHY, by=ward.nurse, at=NOW),
    "no_mistake": lambda ward, who: take_mistake_back(participant=who, reason=WHY, by=ward.nurse, at=NOW),
    "unscheduled": lambda ward, who: record_unscheduled(
        participant=who, day=START.date(), reason=WHY, by=ward.nurse, at=NOW
    ),
    "hours": lambda ward, who: any_hour(ward, who),
    "found_again": lambda ward, who: find_again(participant=who, reason=WHY, by=ward.nurse, at=NOW),
}


def on_paper(ward: SiteFixture, who: CurrentParticipant) -> object:
    """The next number of the list, as it would stand on the paper."""
    free = Envelope.objects.filter(participant=None).order_by("position").first()
    number, used = free.number if free else "R-0000", START + timedelta(minutes=1)
    facts = {"number": number, "happened_at": used, "reason": WHY}
    return enter_paper_randomization(participant=who, by=doctor(ward), at=NOW, **facts)  # type: ignore[arg-type]


def course_2(who: CurrentParticipant) -> date:
    calendar = calendar_of(who, at=NOW)
    return (
        next((day.date for day in calendar.injections if day.course_number == 2), MONDAY)
        if calendar
        else MONDAY
    )


def any_choice(ward: SiteFixture, who: CurrentParticipant) -> None:
    """Move the second course, or count from the first injection, whichever is accepted."""
    start, said = course_2(who) + timedelta(days=1), {"reason": WHY, "by": ward.nurse, "at": NOW}
    moves = partial(move_course, participant=who, course=2, start=start, **said)  # type: ignore[arg-type]
    if not accepted(moves):
        follow_actual(participant=who, course=1, **said)  # type: ignore[arg-type]


def any_hour(ward: SiteFixture, who: CurrentParticipant) -> None:
    """Set the hour of whichever day is accepted; refused where none is."""
    said = {"participant": who, "hour": time(9), "by": ward.nurse, "at": NOW}
    days = [{"number": number} for number in range(1, 16)] + [{"code": f"V{n}"} for n in range(1, 8)]
    if not any(accepted(partial(set_hour, **said, **day)) for day in days):  # type: ignore[arg-type]
        raise Refusal("No hour is accepted.")


def any_end(ward: SiteFixture, who: CurrentParticipant) -> None:
    """Record whichever end is accepted; refused where none is."""
    if not any(accepted(lambda scope=scope: ended(ward, who, scope)) for scope in WithdrawalScope.values):  # type: ignore[misc]
        raise Refusal("No end is accepted.")


def accepted(act: Callable[[], object]) -> bool:
    """Whether the service does it; nothing of it stays."""
    try:
        with transaction.atomic():
            act()
            transaction.set_rollback(True)
    except Refusal:
        return False
    return True


def standing(ward: SiteFixture, state: str) -> CurrentParticipant:
    if not RandomizationList.objects.exists():
        ward.world.blinded_list(9)
    return ward.again(STATES[state](ward))  # type: ignore[return-value]


def test_each_offer_is_tried() -> None:
    assert set(ACTS) == set(OFFERS)


@pytest.mark.parametrize("state", STATES)
def test_a_page_offers_what_the_service_accepts(ward: SiteFixture, state: str) -> None:
    who = standing(ward, state)
    known = Known(who, calendar_of(who, at=NOW), NOW)
    roles = {
        name: ward.nurse.role if may(ward.nurse.role, offer.permission) else Role.INVESTIGATOR
        for name, offer in OFFERS.items()
    }

    shown = {name for name in OFFERS if offered(name, known, roles[name])}

    assert shown == {name for name, act in ACTS.items() if accepted(lambda act=act: act(ward, who))}  # type: ignore[misc]


@pytest.mark.parametrize("state", STATES)
def test_the_ends_that_are_offered_are_those_that_are_accepted(ward: SiteFixture, state: str) -> None:
    who = standing(ward, state)

    kept = {scope for scope in WithdrawalScope if accepted(lambda scope=scope: ended(ward, who, scope))}  # type: ignore[misc]

    assert set(scopes_left(who)) == kept


@pytest.mark.parametrize("state", ["a number", "eligible", "with an address", "held", "visits"])
def test_after_the_data_lock_a_page_offers_what_the_service_accepts(ward: SiteFixture, state: str) -> None:
    who = standing(ward, state)
    manager = ward.world.person(Role.TRIAL_MANAGER)
    lock_data(trial=ward.world.trial, by=manager, at=NOW, statement="All is in.")
    who = ward.again(who)  # type: ignore[assignment]
    known = Known(who, calendar_of(who, at=NOW), NOW)

    shown = {name for name in OFFERS if offered(name, known, Role.INVESTIGATOR)}

    assert shown == {name for name, act in ACTS.items() if accepted(lambda act=act: act(ward, who))}  # type: ignore[misc]
    assert shown <= {"erase"}


def test_a_page_that_judges_by_itself_is_found(ward: SiteFixture, monkeypatch: pytest.MonkeyPatch) -> None:
    """Planted: the service stops asking its check, so the page refuses what would be accepted."""
    who = standing(ward, "held")
    monkeypatch.setattr(ends, "check_can_hold", lambda _participant: None)

    assert accepted(lambda: ACTS["hold"](ward, who))
    assert not offered("hold", Known(who, None, NOW), Role.INVESTIGATOR)
