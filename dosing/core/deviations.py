"""Where an act departs from the protocol: functions from what was planned and what happened to departures.

Every departure is a deviation; which ones are important, a person says (ICH E3 Q&A 7: those that may
significantly affect the reliability of the data, or the rights, safety or well-being of a participant).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from dosing.core.days import Day
from dosing.core.windows import Timing, Windowed, judge


class Departure(StrEnum):
    """The ways in which an act departs from the plan. The values are kept in the database."""

    INJECTION_EARLY = "injection_early"
    INJECTION_LATE = "injection_late"
    INJECTION_PARTIAL = "injection_partial"
    INJECTION_MISSED = "injection_missed"
    SAME_DAY = "same_day"
    WHILE_STOPPED = "while_stopped"
    WITHOUT_RELEASE = "without_release"
    DAY_1_TOO_LATE = "day_1_too_late"
    DAY_1_TOO_SOON = "day_1_too_soon"
    VISIT_EARLY = "visit_early"
    VISIT_LATE = "visit_late"
    VISIT_MISSED = "visit_missed"
    HOLD_TOO_LONG = "hold_too_long"
    CONSENT_AFTER_DRAW = "consent_after_draw"
    INJECTION_NO_CONSENT = "injection_no_consent"
    VISIT_NO_CONSENT = "visit_no_consent"
    CONSENT_OFF_PERIOD = "consent_off_period"
    CONSENT_INELIGIBLE = "consent_ineligible"
    CONSENT_BEFORE_SITE = "consent_before_site"
    CONSENT_BEFORE_TRIAL = "consent_before_trial"
    DRAWN_BEYOND_TARGET = "drawn_beyond_target"
    DRAWN_SITE_SHUT = "drawn_site_shut"


PRESUMED_IMPORTANT = frozenset(
    {
        Departure.DAY_1_TOO_SOON,
        Departure.CONSENT_AFTER_DRAW,
        Departure.INJECTION_NO_CONSENT,
        Departure.VISIT_NO_CONSENT,
        Departure.CONSENT_INELIGIBLE,
        Departure.CONSENT_BEFORE_SITE,
        Departure.CONSENT_BEFORE_TRIAL,
        Departure.DRAWN_BEYOND_TARGET,
        Departure.DRAWN_SITE_SHUT,
    }
)
"""What touches a participant's rights by itself, or let in who should not be (ICH E3 Q&A 7, ICH E6(R3) 2.8).

The draft says so; the word stays with the person who judges it.
"""


@dataclass(frozen=True)
class InjectionFacts:
    """What is needed to judge one injection. `day` is the site's day on which it was given, None if missed.

    `same_drug_days` are the days of the other injections of that drug that were given; `last_day_1`
    is the last day that the protocol allows for day 1, `waited_until` the day after which it may lie because
    of what happened before (a vaccination, say); both are given for the very first injection only.
    `consented_on` is the day of the consent as it is known now.
    """

    planned: Windowed
    day: Day | None
    in_full: bool
    stopped: bool = False
    same_drug_days: tuple[date, ...] = ()
    last_day_1: Day | None = None
    waited_until: Day | None = None
    consented_on: Day | None = None


def injection_departures(facts: InjectionFacts) -> tuple[Departure, ...]:
    """Every departure of one injection; none where it was given in full, in time and while treated."""
    if facts.day is None:
        return (Departure.INJECTION_MISSED,)
    timing = judge(facts.planned, facts.day)
    found = [
        (Departure.INJECTION_EARLY, timing is Timing.EARLY),
        (Departure.INJECTION_LATE, timing is Timing.LATE),
        (Departure.INJECTION_PARTIAL, not facts.in_full),
        (Departure.SAME_DAY, facts.day in facts.same_drug_days),
        (Departure.WHILE_STOPPED, facts.stopped),
        (Departure.DAY_1_TOO_LATE, facts.last_day_1 is not None and facts.day > facts.last_day_1),
        (Departure.DAY_1_TOO_SOON, facts.waited_until is not None and facts.day <= facts.waited_until),
        (Departure.INJECTION_NO_CONSENT, facts.consented_on is not None and facts.day < facts.consented_on),
    ]
    return _held(found)


def visit_departures(
    planned: Windowed, day: date | None, consented_on: date | None = None
) -> tuple[Departure, ...]:
    """Every departure of one visit; `day` is None for one that was missed."""
    if day is None:
        return (Departure.VISIT_MISSED,)
    timing = judge(planned, day)
    return _held(
        [
            (Departure.VISIT_EARLY, timing is Timing.EARLY),
            (Departure.VISIT_LATE, timing is Timing.LATE),
            (Departure.VISIT_NO_CONSENT, consented_on is not None and day < consented_on),
        ]
    )


def hold_departures(until: date | None, today: date) -> tuple[Departure, ...]:
    """Whether a hold lasts beyond its last day. The last day itself still belongs to the hold."""
    return _held([(Departure.HOLD_TOO_LONG, until is not None and today > until)])


@dataclass(frozen=True)
class ConsentFacts:
    """What is needed to judge the day of a consent that was corrected after the draw; all are site's days.

    `injected_on` and `seen_on` are the days of injections given and of visits done. `period` is the
    screening period, first and last day, counted back from day 1; None where none is booked. `eligible`
    says whether the criteria are met on the day of the consent.
    """

    signed_on: Day
    drawn_on: Day
    injected_on: tuple[date, ...] = ()
    seen_on: tuple[date, ...] = ()
    period: tuple[date, date] | None = None
    eligible: bool = True


def consent_departures(facts: ConsentFacts) -> dict[Departure, date]:
    """Every departure of the consent, each with the day that it is about: of acts, the first one."""
    signed, period = facts.signed_on, facts.period
    acts = {
        Departure.CONSENT_AFTER_DRAW: (facts.drawn_on,),
        Departure.INJECTION_NO_CONSENT: facts.injected_on,
        Departure.VISIT_NO_CONSENT: facts.seen_on,
    }
    found = {departure: min(days) for departure, days in acts.items() if days and min(days) < signed}
    if period and not period[0] <= signed <= period[1]:
        found[Departure.CONSENT_OFF_PERIOD] = signed
    if not facts.eligible:
        found[Departure.CONSENT_INELIGIBLE] = signed
    return found


def _held(found: Iterable[tuple[Departure, bool]]) -> tuple[Departure, ...]:
    return tuple(departure for departure, holds in found if holds)
