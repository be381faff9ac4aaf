"""Choosing after a slip: a person picks one lawful option, with a reason. Nothing shifts by itself."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from dosing.core.changes import Change
from dosing.core.options import (
    Option,
    OptionKind,
    ShiftRefused,
    Situation,
    Slip,
    follow_option,
    is_followed,
    move_option,
    options,
    slips,
)
from dosing.core.refusals import CalendarRefusal
from dosing.models import ChoiceKind, CourseChoice, Plan
from dosing.reading.situation import open_slips, situation_of
from dosing.reminders.planning import plan_reminders
from dosing.services.common import require_reason
from dosing.services.plans import replace_plan
from dosing.services.recording import NothingPlanned
from trial.audit import record_about
from trial.models import CurrentParticipant, Delegation, Participant, Status
from trial.permissions import Permission
from trial.policies import require
from trial.refusals import Refusal, can
from trial.screening.services import WrongStatus, locked

TREATED = {Status.ON_TREATMENT, Status.ON_HOLD}
FOLLOWED = TREATED | {Status.FOLLOW_UP}
CHOSEN_IN = {
    OptionKind.KEEP: FOLLOWED | {Status.RANDOMIZED},
    OptionKind.MOVE: TREATED,
    OptionKind.FOLLOW: FOLLOWED | {Status.RANDOMIZED},
    OptionKind.STOP: TREATED | {Status.RANDOMIZED},
}
"""In which statuses a person makes each choice. That every day may stay is said in all of them.

Before an injection was given only day 1 can lie elsewhere, where the planned first ones were missed.
"""


class CannotMove(Refusal):
    """The protocol does not allow the course to start on that day."""

    code = "cannot_move"
    status = 422


class NoSlip(Refusal):
    """The course started on its planned day, or nothing follows it: there is nothing to change."""

    code = "no_slip"


def present_options(*, participant: CurrentParticipant, at: datetime) -> tuple[Option, ...]:
    """The lawful options of this moment, the one that keeps every day first. Reads only.

    Raises NothingPlanned.
    """
    found = options(situation_of(participant, plan_to_change(participant), at=at))
    kept = (
        row for row in found if row.kind is OptionKind.KEEP or can(check_can_choose, participant, row.kind)
    )
    return tuple(kept)


@transaction.atomic
def move_course(
    *, participant: CurrentParticipant, course: int, start: date, reason: str, by: Delegation, at: datetime
) -> Plan:
    """Move a whole course that has not begun to start on `start`, within the limit of the protocol.

    `course` is its number over all courses. Only what the protocol says follows the course moves with
    it. Raises NothingPlanned, WrongStatus, CannotMove or InvalidInput.
    """
    participant, plan, situation = _opened(participant, OptionKind.MOVE, by, at)
    try:
        option = move_option(situation, course, start)
    except CalendarRefusal as refusal:
        sentence = refusal.sentence
        raise CannotMove(sentence, {"start": sentence}) from refusal
    _write_choice(participant, situation, option.course, ChoiceKind.MOVE, start, reason, by, at)
    return _replan(participant, plan, option, "course.moved", reason, by, at)


@transaction.atomic
def follow_actual(
    *, participant: CurrentParticipant, course: int, reason: str, by: Delegation, at: datetime
) -> Plan:
    """Count later days from where a course really began, as far as the protocol lets them follow it.

    For the course of day 1 that is every later day: day 1 is the day of the actual first injection.
    Raises NothingPlanned, WrongStatus, NoSlip, CannotMove or InvalidInput.
    """
    participant, plan, situation = _opened(participant, OptionKind.FOLLOW, by, at)
    option = _follow(situation, course)
    moves_day_1 = option.facts.first_injection != situation.facts.first_injection
    kind = ChoiceKind.DAY_1 if moves_day_1 else ChoiceKind.FOLLOW
    start = _begins(option, situation) if moves_day_1 else option.start or option.facts.first_injection
    _write_choice(participant, situation, course, kind, start, reason, by, at)
    return _replan(participant, plan, option, "calendar.followed", reason, by, at)


@transaction.atomic
def keep_days(
    *, participant: Participant, course: int, reason: str, by: Delegation, at: datetime
) -> CourseChoice:
    """Say that a course which began on another day shifts nothing. Raises as `follow_actual` does."""
    participant, _, situation = _opened(participant, OptionKind.KEEP, by, at)
    slip = _slip(participant, situation, course)
    row = _write_choice(participant, situation, course, ChoiceKind.KEEP, slip.began, reason, by, at)
    body = {"course": course, "reason": row.reason, "start": slip.began.isoformat()}
    record_about(participant, "calendar.kept", by=by, at=at, body=body)
    return row


def _opened(
    participant: Participant, kind: OptionKind, by: Delegation, at: datetime
) -> tuple[CurrentParticipant, Plan, Situation]:
    """The participant, locked, with the plan and the situation; refused where nothing may be chosen."""
    participant = locked(participant)
    require(by, Permission.BOOK, trial=participant.trial_id, site=participant.site)
    plan = plan_to_change(participant)
    check_can_choose(participant, kind)
    return participant, plan, situation_of(participant, plan, at=at)


def check_can_choose(participant: CurrentParticipant, kind: OptionKind) -> None:
    """Raises WrongStatus where no such choice is made in the participant's status."""
    if participant.current_status not in CHOSEN_IN[kind]:
        raise WrongStatus(
            _("Days can be changed only after the first injection, and while treatment or visits go on.")
        )


def plan_to_change(participant: Participant) -> Plan:
    """The plan that counts now. Raises NothingPlanned."""
    plan = Plan.objects.filter(participant=participant, superseded_at=None).first()
    if plan is None:
        raise NothingPlanned(
            _("%(number)s has no calendar yet. Book day 1.") % {"number": participant.number}
        )
    return plan


def _slip(participant: Participant, situation: Situation, course: int) -> Slip:
    found = (slip for slip in open_slips(participant, situation) if slip.course == course)
    slip = next(found, None)
    if slip is None:
        raise _no_slip(course)
    return slip


def _follow(situation: Situation, course: int) -> Option:
    """The option that counts from where the course began. Raises NoSlip, or CannotMove where doses meet."""
    slip = next((row for row in slips(situation) if row.course == course), None)
    if slip is None or not is_followed(situation, slip):
        raise _no_slip(course)
    try:
        return follow_option(situation, slip)
    except ShiftRefused as refusal:
        raise CannotMove(refusal.sentence, {"course": refusal.sentence}) from refusal
    except CalendarRefusal:
        raise _no_slip(course) from None


def _begins(option: Option, situation: Situation) -> date:
    """Where the course of day 1 begins by this option: on day 1, or before it with what was missed."""
    first = situation.calendar().course(option.course)[0]
    return option.facts.placed.get((first.course, first.repeat), option.facts.first_injection)


def _no_slip(course: int) -> NoSlip:
    return NoSlip(
        _("Course %(course)s started on its planned day, or nothing follows it. There is nothing to change.")
        % {"course": course}
    )


def _write_choice(
    participant: Participant,
    situation: Situation,
    course_number: int,
    kind: ChoiceKind,
    start: date,
    reason: str,
    by: Delegation,
    at: datetime,
) -> CourseChoice:
    first = situation.calendar().course(course_number)[0]
    return CourseChoice.objects.create(
        participant=participant,
        sequence=CourseChoice.objects.filter(participant=participant).count() + 1,
        kind=kind,
        course=first.course,
        repeat=first.repeat,
        course_number=course_number,
        start=start,
        reason=require_reason(reason),
        by=by,
        at=at,
    )


def _replan(
    participant: CurrentParticipant,
    plan: Plan,
    option: Option,
    action: str,
    reason: str,
    by: Delegation,
    at: datetime,
) -> Plan:
    replanned = replace_plan(participant, plan.protocol_version, option.calendar, by, at, reason.strip())
    protocol = plan.protocol_version.protocol
    plan_reminders(participant=participant, calendar=option.calendar, protocol=protocol, at=at)
    body = {
        "changed": changed_days(option.changes),
        "course": option.course,
        "reason": reason.strip(),
        "start": option.start.isoformat() if option.start else None,
    }
    record_about(participant, action, by=by, at=at, body=body | replanned.facts)
    return replanned.plan


def changed_days(changes: Iterable[Change]) -> dict[str, list[str | None]]:
    """Old and new day of each change, by code, as the trail keeps them."""
    return {
        change.code: [entry.date.isoformat() if entry else None for entry in (change.old, change.new)]
        for change in changes
    }
