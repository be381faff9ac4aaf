"""Hold, release and withdrawal: stop means stop, in the same transaction."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from dosing.drafting import draft_hold, numbers
from dosing.notices import cancel_reminders, reopen_reminders
from dosing.services.common import enter, require_reason
from dosing.services.recording import move_on
from trial.clock import day_at
from trial.models import Delegation, Participant, ParticipantStatus, Status, WithdrawalScope
from trial.permissions import Permission
from trial.policies import require
from trial.refusals import InvalidInput, Refusal
from trial.services import WrongStatus, add_status, locked, withdraw_contact


class NotOnHold(Refusal):
    """Only what is on hold can be released."""

    code = "not_on_hold"


@transaction.atomic
def hold(
    *, participant: Participant, reason: str, until: date | None, by: Delegation, at: datetime
) -> ParticipantStatus:
    """Put treatment on hold, at the latest until a day. Reminders stop; planned days stay as they are.

    The protocol limits how long a hold may last. Raises WrongStatus or InvalidInput.
    """
    participant = locked(participant)
    require(by, Permission.HOLD, trial=participant.trial_id, site=participant.site)
    if participant.current_status not in {Status.RANDOMIZED, Status.ON_TREATMENT}:  # type: ignore[attr-defined]
        raise WrongStatus(_("Only a participant who is randomised or on treatment can be put on hold."))
    reason = require_reason(reason)
    until = _limited(participant, until, at)
    row = add_status(participant=participant, status=Status.ON_HOLD, by=by, at=at, reason=reason, until=until)
    cancel_reminders(participant=participant)
    enter("treatment.held", participant, by, at, {"reason": reason, "until": until and until.isoformat()})
    return row


@transaction.atomic
def release(*, participant: Participant, reason: str, by: Delegation, at: datetime) -> ParticipantStatus:
    """End a hold: the participant is where he or she was before. Reminders still ahead open again."""
    participant = locked(participant)
    require(by, Permission.HOLD, trial=participant.trial_id, site=participant.site)
    if participant.current_status != Status.ON_HOLD:  # type: ignore[attr-defined]
        raise NotOnHold(_("%(number)s is not on hold.") % {"number": participant.number})
    reason = require_reason(reason)
    held = participant.statuses.order_by("-sequence")[0]
    drafts = draft_hold(held, participant, by=by, at=at)
    before = participant.statuses.exclude(status=Status.ON_HOLD).order_by("-sequence")[0].status
    row = add_status(participant=participant, status=Status(before), by=by, at=at, reason=reason)
    move_on(participant, by, at)  # all that was left may have been missed meanwhile
    reopen_reminders(participant=participant, at=at)
    enter("treatment.released", participant, by, at, {"deviations": numbers(drafts), "reason": reason})
    return row


@transaction.atomic
def withdraw(
    *, participant: Participant, scope: str, reason: str, by: Delegation, at: datetime
) -> ParticipantStatus | None:
    """Record a withdrawal: of treatment (visits go on), from the whole trial, or of reminders only.

    Returns the new status row; a withdrawal of reminders changes no status and returns None.
    """
    participant = locked(participant)
    require(by, Permission.WITHDRAW, trial=participant.trial_id, site=participant.site)
    reason, what = require_reason(reason), WithdrawalScope(scope)
    if participant.current_status == Status.WITHDRAWN:  # type: ignore[attr-defined]
        raise WrongStatus(_("%(number)s has left the trial already.") % {"number": participant.number})
    row = None
    if what == WithdrawalScope.REMINDERS:
        withdraw_contact(participant=participant, by=by, at=at)
        cancel_reminders(participant=participant, recipient="participant")
    else:
        row = _end(participant, what, reason, by, at)
    enter("participant.withdrawn", participant, by, at, {"reason": reason, "scope": what.value})
    return row


def _end(
    participant: Participant, what: WithdrawalScope, reason: str, by: Delegation, at: datetime
) -> ParticipantStatus:
    treated = participant.current_status in {  # type: ignore[attr-defined]
        Status.RANDOMIZED,
        Status.ON_TREATMENT,
        Status.ON_HOLD,
    }
    if what == WithdrawalScope.TREATMENT and not treated:
        raise WrongStatus(_("Treatment has not begun or has ended; there is nothing to withdraw from."))
    whole = what == WithdrawalScope.TRIAL
    cancel_reminders(participant=participant, events=None if whole else ("injection:", "course:"))
    if not whole:
        reopen_reminders(participant=participant, at=at, events=("visit:",))
    return add_status(
        participant=participant,
        status=Status.WITHDRAWN if whole else Status.FOLLOW_UP,
        by=by,
        at=at,
        reason=reason,
        scope=what.value,
    )


def _limited(participant: Participant, until: date | None, at: datetime) -> date | None:
    today = day_at(participant.site, at)
    longest = participant.trial.protocol_version.protocol.limits.max_hold_days
    last = today + timedelta(days=longest) if longest is not None else None
    if until is not None and (until < today or (last is not None and until > last)):
        sentence = _("A hold ends between today and %(last)s; the protocol allows no longer one.") % {
            "last": last.isoformat() if last else "…"
        }
        raise InvalidInput(sentence, {"until": sentence})
    return until or last
