"""Hold, release, and every end: stop means stop, in the same transaction."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import assert_never

from django.db import transaction
from django.utils.translation import gettext as _

from dosing.core.events import FOLLOW_UP, TREATMENT
from dosing.reading.latest_records import latest_records, seen_on
from dosing.reading.versions import version_of
from dosing.reminders.planning import cancel_reminders, reopen_reminders
from dosing.services.common import require_reason
from dosing.services.drafting import draft_hold, numbers
from dosing.services.feeding import revoke_feeds_of
from dosing.services.recording import move_on
from trial.audit import record_about
from trial.core.protocol import ReminderFor
from trial.models import (
    CurrentParticipant,
    Delegation,
    Participant,
    ParticipantStatus,
    Status,
    WithdrawalScope,
)
from trial.permissions import Permission
from trial.policies import require
from trial.refusals import InvalidInput, Refusal, can
from trial.screening.services import WrongStatus, add_status, locked, withdraw_contact
from trial.wording.clock import day_at
from trial.wording.words import medium_day


class NotOnHold(Refusal):
    """The participant is not on hold, so nothing can be released."""

    code = "not_on_hold"


class NotLost(Refusal):
    """The participant was not lost to follow-up, so nobody can be found again."""

    code = "not_lost"


@transaction.atomic
def hold(
    *, participant: Participant, reason: str, until: date | None, by: Delegation, at: datetime
) -> ParticipantStatus:
    """Put treatment on hold, at the latest until a day. Reminders stop; planned days stay as they are.

    The protocol limits how long a hold may last. Raises WrongStatus or InvalidInput.
    """
    participant = locked(participant)
    require(by, Permission.HOLD, trial=participant.trial_id, site=participant.site)
    check_can_hold(participant)
    reason = require_reason(reason)
    until = _limited(participant, until, at)
    row = add_status(participant=participant, status=Status.ON_HOLD, by=by, at=at, reason=reason, until=until)
    cancel_reminders(participant=participant)
    record_about(
        participant,
        "treatment.held",
        by=by,
        at=at,
        body={"reason": reason, "until": until and until.isoformat()},
    )
    return row


@transaction.atomic
def release(*, participant: Participant, reason: str, by: Delegation, at: datetime) -> ParticipantStatus:
    """End a hold: the participant is where he or she was before. Reminders still ahead open again."""
    participant = locked(participant)
    require(by, Permission.HOLD, trial=participant.trial_id, site=participant.site)
    check_can_release(participant)
    reason = require_reason(reason)
    held = participant.statuses.order_by("-sequence")[0]
    drafts = draft_hold(held, participant, by=by, at=at)
    before = participant.statuses.exclude(status=Status.ON_HOLD).order_by("-sequence")[0].status
    row = add_status(participant=participant, status=Status(before), by=by, at=at, reason=reason)
    move_on(participant, by, at)  # all that was left may have been missed meanwhile
    reopen_reminders(participant=participant, at=at)
    record_about(
        participant,
        "treatment.released",
        by=by,
        at=at,
        body={"deviations": numbers(drafts), "reason": reason},
    )
    return row


AFTER: dict[WithdrawalScope, set[WithdrawalScope]] = {
    WithdrawalScope.VISITS: {
        WithdrawalScope.CONTACT,
        WithdrawalScope.TRIAL,
        WithdrawalScope.REMINDERS,
        WithdrawalScope.LOST,
        WithdrawalScope.DEATH,
    },
    WithdrawalScope.LOST: {
        WithdrawalScope.VISITS,
        WithdrawalScope.CONTACT,
        WithdrawalScope.TRIAL,
        WithdrawalScope.DEATH,
    },
    WithdrawalScope.CONTACT: {WithdrawalScope.DEATH},
    WithdrawalScope.TRIAL: {WithdrawalScope.DEATH},
    WithdrawalScope.DEATH: set(),
    WithdrawalScope.TREATMENT: set(),
    WithdrawalScope.REMINDERS: set(),
}
"""What may still be recorded of somebody who has left, by how they left."""

TREATED = {Status.RANDOMIZED, Status.ON_TREATMENT, Status.ON_HOLD}
"""In these there is treatment to withdraw from."""

WITH_A_DAY = {WithdrawalScope.DEATH, WithdrawalScope.LOST}
NO_ADDRESS = {
    WithdrawalScope.CONTACT,
    WithdrawalScope.TRIAL,
    WithdrawalScope.REMINDERS,
    WithdrawalScope.DEATH,
}
"""After these nobody may write to the participant any more, so the address is erased."""


@transaction.atomic
def withdraw(
    *,
    participant: Participant,
    scope: str,
    reason: str,
    by: Delegation,
    at: datetime,
    day: date | None = None,
) -> ParticipantStatus | None:
    """Record a withdrawal in its scope, a death, or a loss to follow-up, and stop at once what it ends.

    TREATMENT ends injections and their reminders; visits go on. VISITS ends both, CONTACT and TRIAL
    everything, with the address. `day` is the day of the death or of the last contact, and belongs to
    these two only. Returns the new status row; REMINDERS changes no status and returns None.
    Raises WrongStatus or InvalidInput.
    """
    participant = locked(participant)
    require(by, Permission.WITHDRAW, trial=participant.trial_id, site=participant.site)
    reason, what = require_reason(reason), WithdrawalScope(scope)
    check_can_withdraw(participant, what)
    _refuse_day(participant, what, day, at)
    if what in NO_ADDRESS:
        withdraw_contact(participant=participant, by=by, at=at)
    if what in NO_ADDRESS - {WithdrawalScope.REMINDERS}:
        revoke_feeds_of(participant, at)
    if what == WithdrawalScope.REMINDERS:
        row = None
        cancel_reminders(participant=participant, recipient=ReminderFor.PARTICIPANT)
    else:
        row = _end(participant, what, reason, day, by, at)
    body = {"day": day and day.isoformat(), "reason": reason, "scope": what.value}
    record_about(participant, "participant.withdrawn", by=by, at=at, body=body)
    return row


@transaction.atomic
def find_again(*, participant: Participant, reason: str, by: Delegation, at: datetime) -> ParticipantStatus:
    """Somebody who was lost to follow-up is found: the visits that lie ahead go on, treatment does not.

    Raises NotLost or InvalidInput.
    """
    participant = locked(participant)
    require(by, Permission.WITHDRAW, trial=participant.trial_id, site=participant.site)
    check_can_find_again(participant)
    reason = require_reason(reason)
    row = add_status(participant=participant, status=Status.FOLLOW_UP, by=by, at=at, reason=reason)
    move_on(participant, by, at)  # every visit may have been done before
    reopen_reminders(participant=participant, at=at, kinds=FOLLOW_UP)
    record_about(participant, "participant.found", by=by, at=at, body={"reason": reason})
    return row


def _ends_everything(what: WithdrawalScope) -> bool:
    """Whether the participant leaves with it, or goes on to the visits."""
    match what:
        case WithdrawalScope.TREATMENT:
            return False
        case (
            WithdrawalScope.VISITS
            | WithdrawalScope.CONTACT
            | WithdrawalScope.TRIAL
            | WithdrawalScope.DEATH
            | WithdrawalScope.LOST
        ):
            return True
        case WithdrawalScope.REMINDERS:
            raise ValueError("The end of reminders ends neither treatment nor visits.")
        case _:
            assert_never(what)


def check_can_hold(participant: CurrentParticipant) -> None:
    """Raises WrongStatus unless there is treatment that can pause."""
    if participant.current_status not in {Status.RANDOMIZED, Status.ON_TREATMENT}:
        raise WrongStatus(_("Only a participant who is randomised or on treatment can be put on hold."))


def check_can_release(participant: CurrentParticipant) -> None:
    """Raises NotOnHold unless the participant is on hold."""
    if participant.current_status != Status.ON_HOLD:
        raise NotOnHold(_("%(number)s is not on hold.") % {"number": participant.number})


def check_can_find_again(participant: CurrentParticipant) -> None:
    """Raises NotLost unless the participant is lost to follow-up."""
    if participant.current_scope != WithdrawalScope.LOST:
        raise NotLost(_("%(number)s is not lost to follow-up.") % {"number": participant.number})


def check_can_withdraw(participant: CurrentParticipant, what: WithdrawalScope) -> None:
    """Raises WrongStatus where nothing is left to withdraw from in this scope, by status and earlier end."""
    status, scope = participant.current_status, participant.current_scope
    if status == Status.WITHDRAWN and what not in AFTER[WithdrawalScope(scope)]:
        raise WrongStatus(_("%(number)s has left the trial already.") % {"number": participant.number})
    if status == Status.COMPLETED and what not in {WithdrawalScope.REMINDERS, WithdrawalScope.CONTACT}:
        raise WrongStatus(
            _("%(number)s has completed the trial; there is nothing left to withdraw from.")
            % {"number": participant.number}
        )
    if what == WithdrawalScope.TREATMENT and status not in TREATED:
        raise WrongStatus(_("Treatment has not begun or has ended; there is nothing to withdraw from."))


def scopes_left(participant: CurrentParticipant) -> list[WithdrawalScope]:
    """The ends that can still be recorded of this participant."""
    return [what for what in WithdrawalScope if can(check_can_withdraw, participant, what)]


def check_can_end(participant: CurrentParticipant) -> None:
    """Raises WrongStatus where no end at all can be recorded any more."""
    if not scopes_left(participant):
        check_can_withdraw(participant, WithdrawalScope.DEATH)


def _refuse_day(participant: Participant, what: WithdrawalScope, day: date | None, at: datetime) -> None:
    """A death and a loss have a day that has come, and after it nobody was injected or seen."""
    sentence = ""
    if day is None and what in WITH_A_DAY:
        sentence = _("Enter the date of the death or of the last contact.")
    elif day is not None and what not in WITH_A_DAY:
        sentence = _("Enter a date only for a death or a loss to follow-up.")
    elif day is not None and day > day_at(participant.site, at):
        sentence = _("%(day)s is in the future. Enter today or an earlier day.") % {"day": medium_day(day)}
    elif day is not None and _seen_after(participant, day):
        sentence = _(
            "An injection or a visit is recorded after %(day)s. Correct that record first, or the day."
        ) % {"day": medium_day(day)}
    if sentence:
        raise InvalidInput(sentence, {"day": sentence})


def _seen_after(participant: Participant, day: date) -> bool:
    moments = latest_records().filter(participant=participant).values_list("happened_at", flat=True)
    days = [day_at(participant.site, moment) for moment in moments if moment]
    return any(seen > day for seen in (*days, *seen_on(participant)))


def _end(
    participant: CurrentParticipant,
    what: WithdrawalScope,
    reason: str,
    day: date | None,
    by: Delegation,
    at: datetime,
) -> ParticipantStatus:
    whole = _ends_everything(what)
    cancel_reminders(participant=participant, kinds=None if whole else TREATMENT)
    if not whole:
        reopen_reminders(participant=participant, at=at, kinds=FOLLOW_UP)
    row = add_status(
        participant=participant,
        status=Status.WITHDRAWN if whole else Status.FOLLOW_UP,
        by=by,
        at=at,
        reason=reason,
        scope=what.value,
        ended_on=day,
    )
    move_on(participant, by, at)  # every visit may be over already
    return row


def _limited(participant: Participant, until: date | None, at: datetime) -> date | None:
    today = day_at(participant.site, at)
    longest = version_of(participant).protocol.limits.max_hold_days
    last = today + timedelta(days=longest) if longest is not None else None
    if until is not None and (until < today or (last is not None and until > last)):
        sentence = _("Choose an end between today and %(last)s: the protocol allows no longer hold.") % {
            "last": medium_day(last) if last else "…"
        }
        raise InvalidInput(sentence, {"until": sentence})
    return until or last
