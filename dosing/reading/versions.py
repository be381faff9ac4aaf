"""Which protocol version a participant is on, and what moving them to the newest one would change."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from dosing.core.changes import Change, changes_between
from dosing.core.facts import Facts, plan_from
from dosing.core.options import Happened
from dosing.core.planned import Calendar
from dosing.core.written import Standing
from dosing.models import Plan
from dosing.reading.situation import situation_of
from trial.core.protocol import Protocol
from trial.models import CurrentParticipant, Delegation, Participant, ProtocolVersion, Status
from trial.queries import participants_for

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
    there = by_version(version, here.facts, past, here.standing)
    return changes_between(here.calendar(), there, recorded=past.settled, visited=past.visited)


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
    )


def behind(by: Delegation) -> Iterator[tuple[CurrentParticipant, Plan]]:
    """The participants within reach whose calendar an older version planned, with that plan."""
    newest = by.trial.protocol_version
    people = {row.pk: row for row in participants_for(by).filter(current_status__in=MOVABLE)}  # type: ignore[misc]
    plans = Plan.objects.filter(participant__in=people, superseded_at=None).exclude(protocol_version=newest)
    for plan in plans.select_related("protocol_version").order_by("participant__number"):
        yield people[plan.participant_id], plan
