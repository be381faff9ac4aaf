"""Moving participants to a newer protocol version: a person does it, with a reason."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from dosing.core.options import Happened
from dosing.core.planned import Calendar
from dosing.core.refusals import CalendarRefusal
from dosing.models import Plan
from dosing.reading.situation import facts_of, happened, standing_of
from dosing.reading.versions import MOVABLE, behind, by_version, changes_by
from dosing.reminders.planning import plan_reminders
from dosing.services.choosing import changed_days, plan_to_change
from dosing.services.common import require_reason
from dosing.services.plans import replace_plan
from dosing.services.recording import move_on
from trial.audit import record_about
from trial.models import CurrentParticipant, Delegation, Participant, ProtocolVersion
from trial.permissions import Permission
from trial.policies import require
from trial.refusals import Refusal
from trial.screening.services import WrongStatus, locked


class CannotAmend(Refusal):
    """The participant cannot be moved to that version."""

    code = "cannot_amend"


@transaction.atomic
def move_to_version(
    *, participant: Participant, digest: str, reason: str, by: Delegation, at: datetime
) -> Plan:
    """Plan the participant's calendar by a newer version of the protocol, named by its digest.

    The facts stay: day 1, courses that were moved, what is recorded. Raises NothingPlanned,
    WrongStatus, CannotAmend or InvalidInput.
    """
    participant = locked(participant)
    require(by, Permission.AMEND, trial=participant.trial_id, site=participant.site)
    plan = plan_to_change(participant)
    version = participant.trial.protocol_versions.filter(digest=digest).first()
    if version is None:
        raise _not_newer(participant)
    calendar = check_can_move_to_version(participant, plan, version)
    changes = changes_by(participant, plan, version, at=at)
    replanned = replace_plan(participant, version, calendar, by, at, require_reason(reason))
    plan_reminders(participant=participant, calendar=calendar, protocol=version.protocol, at=at)
    move_on(participant, by, at)
    body = {
        "changed": changed_days(changes),
        "from": plan.protocol_version.digest,
        "protocol": version.digest,
        "reason": replanned.plan.reason,
    }
    record_about(participant, "calendar.amended", by=by, at=at, body=body | replanned.facts)
    return replanned.plan


@transaction.atomic
def move_everybody(*, digest: str, reason: str, by: Delegation, at: datetime) -> list[Plan]:
    """Move everybody within reach who is behind to that version: all of them, or, refused, none.

    Each has an entry of their own in the trail. Raises what `move_to_version` raises.
    """
    require(by, Permission.AMEND, trial=by.trial_id, site=by.site)
    return [
        move_to_version(participant=participant, digest=digest, reason=reason, by=by, at=at)
        for participant, _plan in list(behind(by))
    ]


def check_can_move_to_version(
    participant: CurrentParticipant, plan: Plan, version: ProtocolVersion
) -> Calendar:
    """The calendar by that version. Raises CannotAmend or WrongStatus where nobody is moved to it."""
    if version.pk <= plan.protocol_version_id:
        raise _not_newer(participant)
    if participant.current_status not in MOVABLE:
        raise WrongStatus(_("Only who is still treated or visited is moved to another protocol version."))
    return _calendar(participant, plan, version)


def _not_newer(participant: Participant) -> CannotAmend:
    return CannotAmend(
        _("%(number)s is on that version or a newer one, or the trial has no such version.")
        % {"number": participant.number}
    )


def _calendar(participant: Participant, plan: Plan, version: ProtocolVersion) -> Calendar:
    past, facts = happened(participant, plan), facts_of(plan, participant)
    try:
        calendar = by_version(version, facts, past, standing_of(plan, facts))
    except CalendarRefusal as refusal:
        raise CannotAmend(refusal.sentence) from refusal
    if _would_mean_something_else(past, plan, calendar):
        raise CannotAmend(
            _(
                "Version %(version)s numbers its injections or visits "
                "differently: what is recorded of %(number)s would no longer match."
            )
            % {"number": participant.number, "version": version.version}
        )
    return calendar


def _would_mean_something_else(past: Happened, plan: Plan, calendar: Calendar) -> bool:
    """Whether a recorded number or code names something else, or nothing, in the new calendar."""
    there = {row.number: (row.course, row.repeat, row.day_in_course, row.drug) for row in calendar.injections}
    here = {
        row.number: (row.course, row.repeat, row.day_in_course, row.drug) for row in plan.injections.all()
    }
    codes = {row.code for row in calendar.visits}
    return (
        any(here[number] != there.get(number) for number in past.recorded)
        or not {*past.visited, *past.moved} <= codes
    )
