"""Which protocol version a participant is on, and what moving them to the newest one would change."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime

from dosing.core.changes import Change, changes_between
from dosing.core.day_state import DayState, Expected, state_of
from dosing.core.facts import Facts, plan_from
from dosing.core.options import Happened
from dosing.core.planned import Calendar, Planned, PlannedInjection, PlannedVisit
from dosing.core.windows import carried
from dosing.core.written import Standing
from dosing.models import Plan
from dosing.reading.latest_records import latest_visits
from dosing.reading.situation import facts_of, situation_of
from dosing.reading.treatment import stops_by
from trial.core.protocol import Protocol
from trial.models import CurrentParticipant, Delegation, Participant, ProtocolVersion, Status
from trial.queries import participants_for, standing_rows
from trial.wording.clock import day_at

MOVABLE = (Status.RANDOMIZED, Status.ON_TREATMENT, Status.ON_HOLD, Status.FOLLOW_UP)


def version_of(participant: Participant) -> ProtocolVersion:
    """The version that planned the participant's calendar; the trial's newest where there is none yet."""
    plan = (
        Plan.objects.filter(participant=participant, superseded_at=None)
        .select_related("protocol_version")
        .first()
    )
    return plan.protocol_version if plan else participant.trial.protocol_version


def changes_by(
    participant: Participant, plan: Plan, version: ProtocolVersion, *, at: datetime
) -> tuple[Change, ...]:
    """Every day and window that would differ by that version. Raises CannotPlan."""
    here = situation_of(participant, plan, at=at)
    past = here.happened
    facts = facts_of(plan, participant, protocol=version.protocol)
    there = by_version(version, facts, past, here.standing)
    return changes_between(here.calendar(), there, recorded=past.settled, visited=past.visited)


def put_into_past(
    participant: Participant,
    plan: Plan,
    version: ProtocolVersion,
    changes: Iterable[Change],
    *,
    at: datetime,
) -> tuple[Change, ...]:
    """Those of the changes by which a day would pass, unrecorded, that has not passed as it is planned now.

    A visit has passed when its window has, or the day to which it was moved by hand. What a hold or an end
    stops is not among them: nobody asks for it.
    """
    stops, seen = stops_by(standing_rows(participant)), latest_visits(participant)
    stands = version.protocol.standing_codes
    today, first = day_at(participant.site, at), plan.first_injection

    def passed(entry: Planned, moved_to: date | None) -> bool:
        if isinstance(entry, PlannedInjection):
            expected, stop = Expected(entry.date, entry.date, entry.date), stops.injections
        else:
            on = moved_to or entry.date
            expected = Expected(on, on, on) if moved_to else Expected(on, entry.earliest, entry.latest)
            stop = stops.of_visit(stands=entry.code in stands)
        return state_of(expected, None, today=today, stop=stop, held=stops.held) is DayState.LATE

    found = []
    for change in changes:
        row = seen.get(change.code) if isinstance(change.planned, PlannedVisit) else None
        by_hand = there = row.day if row else None
        if by_hand and change.old and isinstance(change.new, PlannedVisit):
            there = carried(
                change.old, change.new, by_hand, first if change.new.trial_day > 0 else change.new.earliest
            )
        if (
            change.new is not None
            and passed(change.new, there)
            and not (change.old and passed(change.old, by_hand))
        ):
            found.append(change)
    return tuple(found)


def by_version(version: ProtocolVersion, facts: Facts, past: Happened, stands: Standing | None) -> Calendar:
    """The calendar that the same facts give by that version. Raises CannotPlan.

    What has happened keeps its planned day where only the counting of months would move it.
    """
    new = plan_from(version.protocol, known_to(version.protocol, facts))
    return stands.kept(new, past.recorded, past.visited) if stands else new


def known_to(protocol: Protocol, facts: Facts) -> Facts:
    """The facts as far as that protocol has the courses that they speak of."""
    keys = {(course.code, k) for course in protocol.courses for k in range(1, course.repeats + 1)}
    return Facts(
        facts.first_injection,
        facts.randomized,
        {key: day for key, day in facts.moved.items() if key in keys},
        {key: day for key, day in facts.followed.items() if key in keys},
        {key: day for key, day in facts.placed.items() if key in keys},
        facts.ended,
    )


def behind(by: Delegation) -> Iterator[tuple[CurrentParticipant, Plan]]:
    """The participants within reach whose calendar an older version planned, with that plan."""
    newest = by.trial.protocol_version
    people = {row.pk: row for row in participants_for(by).filter(current_status__in=MOVABLE)}  # type: ignore[misc]
    plans = Plan.objects.filter(participant__in=people, superseded_at=None).exclude(protocol_version=newest)
    for plan in plans.select_related("protocol_version").order_by("participant__number"):
        yield people[plan.participant_id], plan
