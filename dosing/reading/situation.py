"""How one participant's calendar stands, as values: what it rests on, and what has happened."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from dosing.core.anchors import CourseKey
from dosing.core.changes import Change
from dosing.core.facts import Facts, plan_from
from dosing.core.notes import NONE, NOTHING, Closed
from dosing.core.options import Happened, Situation, Slip, slips
from dosing.core.planned import Calendar
from dosing.core.written import Standing, counts_months, cuts_windows, standing
from dosing.models import ChoiceKind, CourseChoice, Plan, PlannedInjection, VisitOutcome
from dosing.reading.closed_days import closed_days, holidays_at
from dosing.reading.latest_records import latest_records, latest_visits
from dosing.reading.treatment import stops_by
from randomization.queries import envelope_of, randomized_at
from trial.core.kept_days import KeptDays
from trial.core.protocol import Protocol
from trial.models import Participant
from trial.queries import counting
from trial.wording.clock import day_at

ROOM = timedelta(days=400)
"""How far a plan may grow beyond its present end by whatever is chosen."""


def facts_of(plan: Plan, participant: Participant, *, protocol: Protocol | None = None) -> Facts:
    """What the plan rests on: day 1, randomisation, what people chose since, and an early end.

    `protocol` is the one that planned it, unless another version is being tried.
    """
    choices = list(CourseChoice.objects.filter(participant=participant).order_by("sequence"))
    envelope = envelope_of(participant)
    drawn_at = randomized_at(envelope) if envelope else None
    placed, began = _after_missed(plan, choices)
    return Facts(
        first_injection=plan.first_injection,
        randomized=day_at(participant.site, drawn_at) if drawn_at else None,
        moved=_in_force(plan, _newest(_since_day_1(choices), ChoiceKind.MOVE)),
        followed={**_newest(choices, ChoiceKind.FOLLOW), **began},
        placed=placed,
        ended=_ended_early(participant, plan, protocol or plan.protocol_version.protocol),
    )


def _ended_early(participant: Participant, plan: Plan, protocol: Protocol) -> date | None:
    """The day from which visits of an early end are counted; None where there are none, or nobody comes.

    Who leaves later keeps those that were planned.
    """
    codes = [visit.code for visit in protocol.early_visits]
    if not codes:
        return None
    statuses = participant.statuses.select_related("participant__site").order_by("sequence")  # type: ignore[attr-defined]
    stops = stops_by(counting(statuses))
    if stops.early is None:
        return None
    planned = stops.visits is not None and plan.visits.filter(code__in=codes).exists()  # type: ignore[attr-defined]
    return stops.early.since if planned or stops.visits is None else None


def happened(participant: Participant, plan: Plan) -> Happened:
    """What is recorded: injections, visits, the day of each injection given; and what an end took away."""
    records = {row.number: row for row in latest_records().filter(participant=participant)}
    seen = latest_visits(participant)
    moved = tuple(code for code, row in seen.items() if row.outcome == VisitOutcome.MOVED)
    return Happened(
        recorded=tuple(sorted(records)),
        visited=tuple(code for code in seen if code not in moved),
        moved=moved,
        given={
            number: day_at(participant.site, row.happened_at)
            for number, row in records.items()
            if row.happened_at is not None
        },
        fallen=_fallen(participant, plan),
    )


def _fallen(participant: Participant, plan: Plan) -> tuple[int, ...]:
    """The numbers of the injections after the end of treatment, if it has ended. A hold takes none away."""
    statuses = participant.statuses.select_related("participant__site").order_by("sequence")  # type: ignore[attr-defined]
    stops = stops_by(counting(statuses))
    if stops.injections is None or stops.held:
        return ()
    after = plan.injections.filter(date__gt=stops.injections.since)  # type: ignore[attr-defined]
    return tuple(after.values_list("number", flat=True))


def situation_of(
    participant: Participant, plan: Plan, *, at: datetime, protocol: Protocol | None = None
) -> Situation:
    """The participant's plan at that moment, with everything that options follow from.

    `protocol` is the one that planned it, unless another version is being tried.
    """
    rules, facts = protocol or plan.protocol_version.protocol, facts_of(plan, participant)
    reach = plan_from(rules, facts)
    holidays = holidays_at(participant.site, rules, reach.first_day, reach.last_day + ROOM)
    closed = closed_days(participant.site)
    return Situation(
        protocol=rules,
        facts=facts,
        happened=happened(participant, plan),
        today=day_at(participant.site, at),
        holidays=holidays,
        closed=closed,
        standing=None if protocol else standing_of(plan, facts, holidays=holidays, closed=closed),
    )


def explained(participant: Participant, plan: Plan) -> Calendar:
    """The calendar that is written, with the reason for each day and what it meets at the site."""
    rules, facts = plan.protocol_version.protocol, facts_of(plan, participant)
    reach = plan_from(rules, facts)
    holidays = holidays_at(participant.site, rules, reach.first_day, reach.last_day)
    return written_calendar(plan, facts, holidays=holidays, closed=closed_days(participant.site))


def written_calendar(
    plan: Plan, facts: Facts, *, holidays: KeptDays = NOTHING, closed: Closed = NONE
) -> Calendar:
    """The plan's calendar as values, each day as it is written."""
    stands = standing_of(plan, facts, holidays=holidays, closed=closed)
    rules = plan.protocol_version.protocol
    return stands.written if stands else plan_from(rules, facts, holidays=holidays, closed=closed)


def recounted(participant: Participant, plan: Plan) -> tuple[Change, ...]:
    """The open days that any new plan moves, and windows that it cuts, as plans are counted now."""
    stands = standing_of(plan, facts_of(plan, participant))
    if stands is None:
        return ()
    past = happened(participant, plan)
    return stands.moved(past.settled, past.visited)


def standing_of(
    plan: Plan, facts: Facts, *, holidays: KeptDays = NOTHING, closed: Closed = NONE
) -> Standing | None:
    """The plan as counted now and as written; None where both are one.

    That is so where its protocol counts no months and no window is cut at day 1 or at the draw.
    """
    rules = plan.protocol_version.protocol
    counted = plan_from(rules, facts, holidays=holidays, closed=closed)
    if not counts_months(rules) and not cuts_windows(rules, counted):
        return None
    rows = plan.injections.all(), plan.visits.all()  # type: ignore[attr-defined]
    return standing(rules, counted, *rows, holidays=holidays, closed=closed)


def open_slips(participant: Participant, situation: Situation) -> tuple[Slip, ...]:
    """The slips about which nobody has said yet that the days are kept."""
    choices = CourseChoice.objects.filter(participant=participant).order_by("sequence")
    kept = _newest(choices, ChoiceKind.KEEP)
    return tuple(slip for slip in slips(situation) if kept.get(slip.key) != slip.began)


def _after_missed(
    plan: Plan, choices: Iterable[CourseChoice]
) -> tuple[dict[CourseKey, date], dict[CourseKey, date]]:
    """Where courses lie, and which one began on day 1, once day 1 is counted after what was missed.

    The choice then names the day on which its course would have begun, which is another one than day 1.
    """
    chosen = [row for row in choices if row.kind == ChoiceKind.DAY_1][-1:]
    if not chosen or chosen[0].start == plan.first_injection:
        return {}, {}
    key, rows = (chosen[0].course, chosen[0].repeat), list(plan.injections.order_by("-number"))  # type: ignore[attr-defined]
    begins = _first_days(rows)
    if begins.get(key) != chosen[0].start:  # day 1 was booked anew since
        return {}, {}
    if any((row.course, row.repeat) == key and row.date == plan.first_injection for row in rows):
        return {key: chosen[0].start}, {key: plan.first_injection}
    return _as_chosen(plan, chosen[0]) or begins, {}


def _as_chosen(plan: Plan, choice: CourseChoice) -> dict[CourseKey, date]:
    """Where courses lay when day 1 was chosen: a move since is held against that, not against itself."""
    written = Plan.objects.filter(participant=plan.participant_id, made_at=choice.at).first()
    return _first_days(written.injections.order_by("-number")) if written else {}


def _first_days(rows: Iterable[PlannedInjection]) -> dict[CourseKey, date]:
    """The first day of each course, of rows with the last one first."""
    return {(row.course, row.repeat): row.date for row in rows}


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
