"""What can be said of an injection or a visit, and chosen after a slip, is what is accepted."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial

import pytest
import time_machine

from dosing.pages import recording_views
from dosing.pages.calendar_presenters import act_url
from dosing.reading.queries import InjectionDay, VisitDay, calendar_of
from dosing.services.choosing import follow_actual, keep_days, move_course
from dosing.services.judging import SaidOfInjection, SaidOfVisit
from dosing.services.recording import record_injection, record_visit
from tests.dosing.test_offers import NOW, STATES, WHY, SiteFixture, accepted, ended, held, standing
from tests.pages.conftest import Browser
from tests.site_fixture import MONDAY, paris
from trial.models import CurrentParticipant, Participant

LATER = paris("2015-10-21 12:00")
"""Nine days on: injections and visits of everybody are late by then, or fell away."""
WITH_A_CALENDAR = tuple(state for state in STATES if state not in {
    "a number", "consented", "eligible", "to be confirmed", "screen failure", "randomised", "a mistake",
    "left before the draw",
})  # fmt: skip


@pytest.fixture(autouse=True)
def _later(_at_start: None) -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def injection_taken(
    ward: SiteFixture, who: CurrentParticipant, day: InjectionDay, outcome: str, at: datetime
) -> bool:
    """Whether that outcome is accepted at some moment."""
    moments = [None] if outcome == "missed" else [at, NOW - timedelta(hours=3), at - timedelta(days=1)]

    def say(moment: datetime | None) -> Callable[[], object]:
        said = SaidOfInjection(
            outcome=outcome,
            happened_at=moment,
            reason=WHY,
            deviation_reason=WHY,
            place="hospital",
            body_site="" if outcome == "missed" else "abdomen_left",
            correction=day.recorded,
            without_release=True,
        )
        return partial(record_injection, participant=who, number=day.number, said=said, by=ward.nurse, at=at)

    return any(accepted(say(moment)) for moment in moments)


def visit_taken(
    ward: SiteFixture, who: CurrentParticipant, day: VisitDay, outcome: str, at: datetime
) -> bool:
    """Whether that outcome is accepted on some day."""
    days = [None] if outcome == "missed" else [at.date(), MONDAY]

    def say(one: object) -> Callable[[], object]:
        said = SaidOfVisit(
            outcome=outcome,
            day=one,
            reason=WHY,
            deviation_reason=WHY,
            correction=day.recorded,  # type: ignore[arg-type]
        )
        return partial(record_visit, participant=who, code=day.code, said=said, by=ward.nurse, at=at)

    return any(accepted(say(one)) for one in days)


@pytest.mark.parametrize("at", [NOW, LATER], ids=["today", "later"])
@pytest.mark.parametrize("state", WITH_A_CALENDAR)
def test_behind_each_day_of_the_calendar_stands_what_is_accepted(
    ward: SiteFixture, nurse: Browser, state: str, at: datetime
) -> None:
    who = standing(ward, state)
    calendar = calendar_of(who, at=at)
    assert calendar is not None
    with time_machine.travel(at, tick=False):
        chart = nurse.read(f"/participants/{who.number}/")
        for day in [*calendar.injections[:3], *calendar.visits[:3]]:
            if f'href="{act_url(day)}"' not in chart:
                continue
            page = nurse.read(act_url(day))
            if isinstance(day, InjectionDay):
                taken = {
                    one: injection_taken(ward, who, day, one, at) for one in ("given", "partial", "missed")
                }
            else:
                taken = {one: visit_taken(ward, who, day, one, at) for one in ("done", "moved", "missed")}
            assert {one for one in taken if f'href="?outcome={one}"' in page} == {
                one for one in taken if taken[one]
            }
            assert any(taken.values()), day


def test_a_page_that_offers_every_outcome_is_found(
    ward: SiteFixture, nurse: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Planted: somebody who has left is offered to have missed a visit."""
    who = standing(ward, "trial")
    calendar = calendar_of(who, at=NOW)
    assert calendar is not None
    everything = lambda *_args, **_words: {"done", "moved", "missed"}  # noqa: E731
    monkeypatch.setattr(recording_views, "visit_outcomes_left", everything)

    assert 'href="?outcome=missed"' in nurse.read(act_url(calendar.visits[1]))
    assert not visit_taken(ward, who, calendar.visits[1], "missed", NOW)


def slipped(ward: SiteFixture) -> Participant:
    """Somebody whose first injection came three days late."""
    person = ward.booked(MONDAY - timedelta(days=3))
    moment = paris(f"{MONDAY} 09:00")
    ward.inject(person, 1, happened_at=moment, at=moment, deviation_reason="The train.")
    return ward.again(person)


AFTER_A_SLIP: dict[str, Callable[[SiteFixture], Participant]] = {
    "treated": slipped,
    "held": lambda ward: held(ward, slipped(ward)),
} | {
    scope: lambda ward, scope=scope: ended(ward, slipped(ward), scope)
    for scope in ("treatment", "visits", "trial", "death", "lost")
}  # type: ignore[misc]


@pytest.mark.parametrize("state", AFTER_A_SLIP)
def test_after_a_slip_each_choice_is_offered_where_it_is_accepted(
    ward: SiteFixture, nurse: Browser, state: str
) -> None:
    ward.world.blinded_list(9)
    who = ward.again(AFTER_A_SLIP[state](ward))
    calendar = calendar_of(who, at=NOW)
    assert calendar is not None
    start = calendar.courses[1][1][0].date + timedelta(days=1)
    words = {"participant": who, "reason": WHY, "by": ward.nurse, "at": NOW}
    acts = {
        "keep:1": partial(keep_days, course=1, **words),
        "follow:1": partial(follow_actual, course=1, **words),
        f"move:2:{start}": partial(move_course, course=2, start=start, **words),
    }
    page = nurse.read(f"/participants/{who.number}/options/")

    assert {one for one in acts if f'value="{one}"' in page} == {one for one in acts if accepted(acts[one])}
