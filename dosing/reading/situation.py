"""How one participant's calendar stands, as values: what it rests on, and what has happened."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from dosing.core.anchors import CourseKey
from dosing.core.facts import Facts, plan_from
from dosing.core.options import Happened, Situation, Slip, slips
from dosing.core.planned import Calendar
from dosing.models import ChoiceKind, CourseChoice, Plan
from dosing.reading.closed_days import closed_days, holidays_at
from dosing.reading.latest_records import latest_records
from randomization.queries import envelope_of, randomized_at
from trial.core.protocol import Protocol
from trial.models import Participant
from trial.wording.clock import day_at

ROOM = timedelta(days=400)
"""How far a plan may grow beyond its present end by whatever is chosen."""


def facts_of(plan: Plan, participant: Participant) -> Facts:
    """What the plan rests on: day 1, randomisation, and what people chose since."""
    choices = CourseChoice.objects.filter(participant=participant).order_by("sequence")
    envelope = envelope_of(participant)
    drawn_at = randomized_at(envelope) if envelope else None
    return Facts(
        first_injection=plan.first_injection,
        randomized=day_at(participant.site, drawn_at) if drawn_at else None,
        moved=_in_force(plan, _newest(_since_day_1(choices), ChoiceKind.MOVE)),
        followed=_newest(choices, ChoiceKind.FOLLOW),
    )


def happened(participant: Participant) -> Happened:
    """What is recorded: injections, visits, and the day of each injection that was given."""
    records = {row.number: row for row in latest_records().filter(participant=participant)}
    return Happened(
        recorded=tuple(sorted(records)),
        visited=tuple(participant.visit_records.values_list("code", flat=True).distinct()),  # type: ignore[attr-defined]
        given={
            number: day_at(participant.site, row.happened_at)
            for number, row in records.items()
            if row.happened_at is not None
        },
    )


def situation_of(
    participant: Participant, plan: Plan, *, at: datetime, protocol: Protocol | None = None
) -> Situation:
    """The participant's plan at that moment, with everything that options follow from.

    `protocol` is the one that planned it, unless another version is being tried.
    """
    rules, facts = protocol or plan.protocol_version.protocol, facts_of(plan, participant)
    reach = plan_from(rules, facts)
    return Situation(
        protocol=rules,
        facts=facts,
        happened=happened(participant),
        today=day_at(participant.site, at),
        holidays=holidays_at(participant.site, rules, reach.first_day, reach.last_day + ROOM),
        closed=closed_days(participant.site),
    )


def explained(participant: Participant, plan: Plan) -> Calendar:
    """The calendar as values, with the reason for each day and what it meets at the site."""
    rules, facts = plan.protocol_version.protocol, facts_of(plan, participant)
    reach = plan_from(rules, facts)
    holidays = holidays_at(participant.site, rules, reach.first_day, reach.last_day)
    return plan_from(rules, facts, holidays=holidays, closed=closed_days(participant.site))


def open_slips(participant: Participant, situation: Situation) -> tuple[Slip, ...]:
    """The slips about which nobody has said yet that the days are kept."""
    choices = CourseChoice.objects.filter(participant=participant).order_by("sequence")
    kept = _newest(choices, ChoiceKind.KEEP)
    return tuple(slip for slip in slips(situation) if kept.get(slip.key) != slip.began)


def _since_day_1(choices: Iterable[CourseChoice]) -> list[CourseChoice]:
    """The choices after everything was last counted from the actual day 1; earlier moves have lapsed."""
    rows = list(choices)
    last = max((n for n, row in enumerate(rows, 1) if row.kind == ChoiceKind.DAY_1), default=0)
    return rows[last:]


def _in_force(plan: Plan, moved: dict[CourseKey, date]) -> dict[CourseKey, date]:
    """The moves that the plan follows; those of before day 1 was booked anew have lapsed."""
    rows = plan.injections.order_by("-number") if moved else ()  # type: ignore[attr-defined]
    begins = {(row.course, row.repeat): row.date for row in rows}
    return {key: start for key, start in moved.items() if begins.get(key) == start}


def _newest(choices: Iterable[CourseChoice], kind: ChoiceKind) -> dict[CourseKey, date]:
    return {(row.course, row.repeat): row.start for row in choices if row.kind == kind}
