"""Moving participants to a newer protocol version: a person does it, with a reason."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from dosing.core.changes import Change
from dosing.core.options import Happened
from dosing.core.planned import Calendar, Planned, PlannedInjection
from dosing.core.refusals import CalendarRefusal
from dosing.models import InjectionOutcome, InjectionRecord, Plan, VisitOutcome, VisitRecord
from dosing.reading.situation import facts_of, happened, standing_of
from dosing.reading.versions import MOVABLE, behind, by_version, changes_by, put_into_past
from dosing.reminders.planning import plan_reminders
from dosing.services.choosing import changed_days, plan_to_change
from dosing.services.common import require_reason
from dosing.services.plans import replace_plan
from dosing.services.recording import move_on
from trial.audit import record_about
from trial.core.protocol import EarlyVisit
from trial.models import CurrentParticipant, Delegation, Participant, ProtocolVersion
from trial.permissions import Permission
from trial.policies import require
from trial.refusals import InvalidInput, Refusal
from trial.screening.services import WrongStatus, locked


class CannotAmend(Refusal):
    """The participant cannot be moved to that version."""

    code = "cannot_amend"


@transaction.atomic
def move_to_version(
    *,
    participant: Participant,
    digest: str,
    reason: str,
    by: Delegation,
    at: datetime,
    not_applicable: Collection[str] = (),
) -> Plan:
    """Plan the participant's calendar by a newer version of the protocol, named by its digest.

    The facts stay: day 1, courses that were moved, what is recorded. `not_applicable` names days that the
    version puts into the past, by code: nothing was due on them, so nobody is asked and nothing deviates;
    what happened all the same is recorded as a correction. Raises NothingPlanned, WrongStatus, CannotAmend or
    InvalidInput.
    """
    participant = locked(participant)
    require(by, Permission.AMEND, trial=participant.trial_id, site=participant.site)
    plan = plan_to_change(participant)
    version = participant.trial.protocol_versions.filter(digest=digest).first()
    if version is None:
        raise _not_newer(participant)
    calendar = check_can_move_to_version(participant, plan, version)
    changes = changes_by(participant, plan, version, at=at)
    void = _not_applicable(not_applicable, put_into_past(participant, plan, version, changes, at=at))
    replanned = replace_plan(participant, version, calendar, by, at, require_reason(reason))
    _write_not_applicable(participant, void, replanned.plan.reason, by, at)
    plan_reminders(participant=participant, calendar=calendar, protocol=version.protocol, at=at)
    move_on(participant, by, at)
    body: dict[str, object] = {
        "changed": changed_days(changes),
        "from": plan.protocol_version.digest,
        "protocol": version.digest,
        "reason": replanned.plan.reason,
    }
    if void:
        body["not_applicable"] = sorted(entry.code for entry in void)
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


def _not_applicable(codes: Collection[str], past: Iterable[Change]) -> list[Planned]:
    """The days that are meant. Raises InvalidInput for one that the version does not put into the past."""
    found = {change.code: change.new for change in past if change.new}
    unknown = sorted(set(codes) - set(found))
    if unknown:
        sentence = _(
            "This version does not put %(codes)s into the past. Look at the days again, "
            "and say it of those alone."
        ) % {"codes": ", ".join(unknown)}
        raise InvalidInput(sentence, {"not_applicable": sentence})
    return [entry for code, entry in found.items() if code in set(codes)]


def _write_not_applicable(
    participant: Participant, days: Iterable[Planned], reason: str, by: Delegation, at: datetime
) -> None:
    """Say of each of these days that nothing was due on it."""
    for entry in days:
        words: dict[str, Any] = {"reason": reason, "recorded_by": by, "recorded_at": at}
        if isinstance(entry, PlannedInjection):
            doses = InjectionRecord.objects.filter(participant=participant, number=entry.number)
            InjectionRecord.objects.create(
                participant=participant,
                number=entry.number,
                sequence=doses.count() + 1,
                outcome=InjectionOutcome.NOT_APPLICABLE,
                **words,
            )
        else:
            seen = VisitRecord.objects.filter(participant=participant, code=entry.code)
            VisitRecord.objects.create(
                participant=participant,
                code=entry.code,
                sequence=seen.count() + 1,
                outcome=VisitOutcome.NOT_APPLICABLE,
                **words,
            )


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
        there = facts_of(plan, participant, protocol=version.protocol)
        calendar = by_version(version, there, past, standing_of(plan, facts))
    except CalendarRefusal as refusal:
        raise CannotAmend(refusal.sentence) from refusal
    if _would_mean_something_else(past, plan, calendar, version.protocol.early_visits):
        raise CannotAmend(
            _(
                "Version %(version)s numbers its injections or visits "
                "differently: what is recorded of %(number)s would no longer match."
            )
            % {"number": participant.number, "version": version.version}
        )
    return calendar


def _would_mean_something_else(
    past: Happened, plan: Plan, calendar: Calendar, early: Iterable[EarlyVisit]
) -> bool:
    """Whether a recorded number or code names something else, or nothing, in the new calendar."""
    there = {row.number: (row.course, row.repeat, row.day_in_course, row.drug) for row in calendar.injections}
    here = {
        row.number: (row.course, row.repeat, row.day_in_course, row.drug) for row in plan.injections.all()
    }
    codes = {row.code for row in calendar.visits} | {visit.code for visit in early}
    return (
        any(here[number] != there.get(number) for number in past.recorded)
        or not {*past.visited, *past.moved} <= codes
    )
