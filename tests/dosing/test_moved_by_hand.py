"""A visit that was moved by hand goes with its window when it is planned anew, and its reminders with it."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest

from dosing.core.windows import Timing, carried, judge
from dosing.models import PlannedVisit, Reminder, VisitRecord
from dosing.reading.queries import visit_day
from dosing.reading.versions import changes_by
from dosing.services.amending import move_to_version
from dosing.services.choosing import follow_actual
from tests.dosing.test_amendments import install
from tests.site_fixture import MONDAY, SiteFixture, paris
from trial.models import AuditEntry, Participant

TUESDAY = date(2015, 10, 6)
MORNING = paris("2015-10-06 11:00")


def moved(ward: SiteFixture, person: Participant, code: str, days: int, **more: object) -> date:
    """Move a visit so many days from its target; returns that day."""
    day = planned(person, code).date + timedelta(days)
    said = {"outcome": "moved", "day": day, "reason": "Train", "at": MORNING} | more
    ward.visit(ward.again(person), code, **said)  # type: ignore[arg-type]
    return day


def planned(person: Participant, code: str) -> PlannedVisit:
    return PlannedVisit.objects.get(plan__participant=person, plan__superseded_at=None, code=code)


def reminded(person: Participant, code: str) -> set[date]:
    rows = Reminder.objects.filter(participant=person, state="open", event=f"visit:{code}")
    return set(rows.values_list("event_date", flat=True))


def lies(ward: SiteFixture, person: Participant, code: str) -> date:
    return visit_day(ward.again(person), code, at=MORNING).date


def said(action: str) -> dict[str, object]:
    body = json.loads(AuditEntry.objects.filter(action=action).latest("id").body)
    return dict(body.get("visits", {}))


@pytest.mark.parametrize("days", [-1, 1, 2])
def test_as_day_1_moves_it_moves_by_as_many_days(ward: SiteFixture, days: int) -> None:
    person = ward.booked(TUESDAY, email="anne@example.org")
    day = moved(ward, person, "V2", days, deviation_reason="Train")
    ward.book(person, MONDAY, at=MORNING)
    there = day + (MONDAY - TUESDAY)
    assert lies(ward, person, "V2") == there
    assert reminded(person, "V2") == {there}
    assert said("calendar.booked") == {"V2": [day.isoformat(), there.isoformat()]}


def test_it_keeps_its_words_and_is_judged_by_its_new_window(ward: SiteFixture) -> None:
    person = ward.booked(TUESDAY)
    moved(ward, person, "V2", 1)
    ward.book(person, MONDAY, at=MORNING)
    first, then = VisitRecord.objects.filter(participant=person, code="V2").order_by("sequence")
    assert (then.sequence, then.outcome, then.reason) == (2, "moved", first.reason)
    assert then.timing == judge(planned(person, "V2"), then.day).value  # type: ignore[arg-type]


def test_what_was_done_stays_where_it_was(ward: SiteFixture) -> None:
    person = ward.booked(TUESDAY)
    moved(ward, person, "V3", -1)
    ward.visit(ward.again(person), "V1", at=paris(f"{TUESDAY} 16:00"))
    ward.book(person, MONDAY, at=paris(f"{TUESDAY} 17:00"))
    assert VisitRecord.objects.get(participant=person, code="V1").day == TUESDAY
    assert said("calendar.booked").keys() == {"V3"}


def test_a_plan_that_leaves_its_window_leaves_it(ward: SiteFixture) -> None:
    person = ward.booked(TUESDAY)
    day = moved(ward, person, "V2", 1)
    ward.book(person, TUESDAY, at=MORNING)
    assert lies(ward, person, "V2") == day
    assert VisitRecord.objects.filter(participant=person).count() == 1 and not said("calendar.booked")


def test_as_everything_follows_the_actual_day_1_it_follows_as_well(ward: SiteFixture) -> None:
    person = ward.booked(TUESDAY)
    day = moved(ward, person, "V2", 1)
    late = paris("2015-10-07 09:00")
    ward.inject(ward.again(person), 1, happened_at=late, deviation_reason="Flat tyre", at=late)
    follow_actual(participant=person, course=1, reason="As it was", by=ward.nurse, at=late)
    assert lies(ward, person, "V2") == day + timedelta(1)
    assert said("calendar.followed").keys() == {"V2"}


def test_an_amendment_takes_it_along_and_its_preview_shows_the_visit(ward: SiteFixture) -> None:
    """The last visit a week later, by the new version."""
    person = ward.booked(TUESDAY)
    day = moved(ward, person, "V7", 1)
    version = install()
    plan = person.plans.get(superseded_at=None)  # type: ignore[attr-defined]
    assert "V7" in {row.code for row in changes_by(ward.again(person), plan, version, at=MORNING)}
    words = {"digest": version.digest, "reason": "Amendment 2.", "by": ward.investigator, "at": MORNING}
    move_to_version(participant=ward.again(person), **words)  # type: ignore[arg-type]
    assert lies(ward, person, "V7") == day + timedelta(7)
    assert said("calendar.amended").keys() == {"V7"}


class Window:
    """A target with its window, so many days before and after it."""

    def __init__(self, target: int, before: int, after: int) -> None:
        self.date = MONDAY + timedelta(target)
        self.earliest, self.latest = self.date - timedelta(before), self.date + timedelta(after)


@pytest.mark.parametrize("new", [Window(5, 1, 3), Window(-9, 0, 1), Window(3, 0, 0)])
@pytest.mark.parametrize("day", range(-4, 7))
def test_what_lay_in_its_window_lies_in_the_new_one(new: Window, day: int) -> None:
    old, first = Window(0, 2, 4), min(new.earliest, MONDAY)
    before = MONDAY + timedelta(day)
    there = carried(old, new, before, first)
    inside = {Timing.ON_DAY, Timing.IN_WINDOW}
    if judge(old, before) in inside:
        assert judge(new, there) in inside
    else:
        assert there == max(before + (new.date - old.date), first)


def test_nothing_goes_before_the_first_day() -> None:
    first = MONDAY + timedelta(5)
    assert carried(Window(0, 2, 4), Window(7, 0, 0), MONDAY - timedelta(9), first) == first
