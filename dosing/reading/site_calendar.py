"""A plan at a site: the calendar together with the public holidays that it meets there."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from dosing.core.anchors import CourseKey
from dosing.core.notes import NONE, NOTHING, Closed
from dosing.core.planned import Calendar
from dosing.core.planning import plan
from dosing.core.starts import StartProposal, propose_starts
from trial.core.kept_days import KeptDays
from trial.core.protocol import Protocol, ProtocolSite
from trial.protocol.holidays import holidays_between


def plan_at(
    site: ProtocolSite,
    protocol: Protocol,
    *,
    first_injection: date,
    randomized: date | None = None,
    actual_course_starts: Mapping[CourseKey, date] | None = None,
) -> Calendar:
    """The calendar with its holidays and weekends noted. Raises CannotPlan, UnknownHolidayCalendar."""

    def planned(holidays: KeptDays) -> Calendar:
        return plan(
            protocol,
            first_injection=first_injection,
            randomized=randomized,
            holidays=holidays,
            actual_course_starts=actual_course_starts or {},
        )

    reach = planned(NOTHING)
    return planned(holidays_between(site.holidays, reach.first_day, reach.last_day))


def propose_starts_at(
    site: ProtocolSite,
    protocol: Protocol,
    *,
    earliest: date,
    latest: date,
    randomized: date | None = None,
    closed: Closed = NONE,
) -> tuple[StartProposal, ...]:
    """Possible days for day 1 at a site, best first; `closed` are days that the site named itself.

    Raises CannotPlan, UnknownHolidayCalendar.
    """
    first = plan(protocol, first_injection=max(earliest, randomized or earliest), randomized=randomized)
    last = plan(protocol, first_injection=max(latest, first.first_injection), randomized=randomized)
    holidays = holidays_between(site.holidays, first.first_day, last.last_day)
    return propose_starts(
        protocol,
        earliest=earliest,
        latest=latest,
        holidays=holidays,
        closed=closed,
        randomized=randomized,
    )
