"""Correcting how treatment or trial ended: the first entry stays, and the calendar goes on without it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from dosing.models import Plan
from dosing.reminders.planning import cancel_reminders, kinds_open, reopen_reminders
from dosing.services.common import require_reason
from dosing.services.early_visits import plan_early_visits
from dosing.services.ending import coded, confirmed_day, day_of_end, draft_after, end, noted, silence
from dosing.services.feeding import closed_with
from dosing.services.recording import move_on
from dosing.services.signed_ends import deed_of_end
from dosing.services.status import check_can_withdraw
from dosing.services.stops import SAID
from trial.audit import record_about
from trial.models import (
    CurrentParticipant,
    Delegation,
    Participant,
    ParticipantStatus,
    Signature,
    SignedAct,
    Status,
    WithdrawalScope,
    said_by_itself,
)
from trial.people.signing import Hand, sign
from trial.permissions import Permission
from trial.policies import require
from trial.queries import standing_rows
from trial.refusals import NOTHING, InvalidInput, Refusal, can
from trial.screening.services import add_status, locked

NEVER = "never"
"""Said instead of a scope: it never was so, and the participant is where he or she was before."""


AFTER_AN_END = {Status.FOLLOW_UP, Status.COMPLETED, Status.WITHDRAWN}
"""Nobody else has an end behind them, so nothing is read of them."""


class NoEnd(Refusal):
    """No withdrawal, death or loss is recorded that could be corrected."""

    code = "no_end"


@transaction.atomic
def correct_end(
    *,
    participant: Participant,
    scope: str,
    reason: str,
    by: Delegation,
    at: datetime,
    day: date | None = None,
    cause: str = "",
    hand: Hand | None = None,
    confirmed: Mapping[str, object] = NOTHING,
) -> ParticipantStatus:
    """Say that the latest withdrawal, death or loss was wrong: NEVER, or of another scope, day or cause.

    The wrong entry stays. The participant is where he or she was before it, or where the right end leads;
    days that lie ahead count again and so do their reminders. An address that was erased stays erased and is
    asked for anew; a calendar address that the end closed stays closed, and a new one is needed
    (`addresses_to_renew`). Raises NoEnd, WrongStatus, NotConfirmed or InvalidInput.
    """
    participant = locked(participant)
    require(by, Permission.WITHDRAW, trial=participant.trial_id, site=participant.site)
    before, wrong = check_can_correct_end(participant)
    reason = require_reason(reason)
    _refuse_same(wrong, scope, day, cause)
    _stand(participant, before)
    kept, drafts = {}, []
    if scope == NEVER:
        row = _restore(participant, before, wrong, reason, by, at)
    else:
        what = WithdrawalScope(scope)
        check_can_withdraw(participant, what)
        cause = _kept_code(what, cause, wrong)
        day = day_of_end(participant, what, day, at)
        kept = confirmed_day(participant, what, day, confirmed)
        _remind(participant, at)
        silence(participant, what, by, at)
        row = end(participant, what, reason, day, by, at, cause=cause, corrects=wrong)
        drafts = draft_after(participant, day, what, reason=reason, by=by, at=at) if kept else []
    deed = deed_of_end(participant, row, None, hand, SignedAct.WITHDRAWAL_CORRECTED)
    body = _body(wrong, scope, day, reason, row) | noted(kept, drafts) | deed.facts
    if closed := addresses_to_renew(row):
        body["addresses"] = closed
    entry = record_about(participant, "participant.end_corrected", by=by, at=at, body=body)
    sign(deed, into=Signature, entry=entry, by=by, at=at, site=participant.site)
    return row


def addresses_to_renew(row: ParticipantStatus) -> int:
    """How many calendar addresses the end that `row` corrects closed, of somebody who has not left."""
    return closed_with(row.corrects) if row.corrects and row.status != Status.WITHDRAWN else 0


def check_can_correct_end(participant: CurrentParticipant) -> tuple[ParticipantStatus, ParticipantStatus]:
    """The row that stood before the latest end, and that end. Raises NoEnd."""
    rows = standing_rows(participant) if participant.current_status in AFTER_AN_END else []
    ends = [place for place, row in enumerate(rows) if row.scope]
    if not ends:
        raise NoEnd(
            _("No withdrawal, death or loss of %(number)s is recorded, so there is none to correct.")
            % {"number": participant.number}
        )
    return rows[ends[-1] - 1], rows[ends[-1]]


def scopes_instead(participant: CurrentParticipant) -> list[WithdrawalScope]:
    """The ends that may take the place of the wrong one. Raises NoEnd."""
    before, _wrong = check_can_correct_end(participant)
    kept = participant.current_status, participant.current_scope
    _stand(participant, before)
    others: list[WithdrawalScope] = [what for what in WithdrawalScope if what != WithdrawalScope.REMINDERS]
    left = [what for what in others if can(check_can_withdraw, participant, what)]
    participant.current_status, participant.current_scope = kept
    return left


def _refuse_same(wrong: ParticipantStatus, scope: str, day: date | None, cause: str) -> None:
    sentence = ""
    if scope == WithdrawalScope.REMINDERS:
        sentence = _("Take the end back first; then end the reminders alone.")
    elif (scope, day) == (wrong.scope, wrong.ended_on) and cause in {"", wrong.cause}:
        sentence = _("This is what is recorded. There is nothing to correct.")
    if sentence:
        raise InvalidInput(sentence, {"scope": sentence})
    if scope == NEVER and cause:
        sentence = _("Remove the kind of reason: nothing ended.")
        raise InvalidInput(sentence, {"cause": sentence})


def _kept_code(what: WithdrawalScope, cause: str, wrong: ParticipantStatus) -> str:
    """The coded reason of the right end: the one that is said, else that of the wrong one if it fits."""
    fits = not said_by_itself(what) and wrong.scope in SAID
    return coded(what, cause or (wrong.cause if fits else ""))


def _stand(participant: CurrentParticipant, row: ParticipantStatus) -> None:
    """Let the participant stand where that row says, for the checks that follow."""
    participant.current_status, participant.current_scope = row.status, row.scope


def _restore(
    participant: CurrentParticipant,
    before: ParticipantStatus,
    wrong: ParticipantStatus,
    reason: str,
    by: Delegation,
    at: datetime,
) -> ParticipantStatus:
    row = add_status(
        participant=participant,
        status=Status(before.status),
        by=by,
        at=at,
        reason=reason,
        scope=before.scope,
        until=before.until,
        ended_on=before.ended_on,
        cause=before.cause,
        corrects=wrong,
        restores=before,
    )
    plan_early_visits(participant, reason, by, at)
    _remind(participant, at)
    move_on(participant, by, at)  # what was recorded meanwhile may have been the last
    return row


def _remind(participant: CurrentParticipant, at: datetime) -> None:
    """Remind of what lies ahead where the participant stands now, and of nothing else."""
    cancel_reminders(participant=participant)
    kinds = kinds_open(participant.current_status)
    if kinds and Plan.objects.filter(participant=participant, superseded_at=None).exists():
        reopen_reminders(participant=participant, at=at, kinds=kinds)


def _body(
    wrong: ParticipantStatus, scope: str, day: date | None, reason: str, row: ParticipantStatus
) -> dict[str, object]:
    before = {
        "cause": wrong.cause,
        "day": wrong.ended_on and wrong.ended_on.isoformat(),
        "scope": wrong.scope,
    }
    return {
        "cause": row.cause if scope != NEVER else "",
        "before": before,
        "day": day.isoformat() if day and scope != NEVER else None,
        "reason": reason,
        "scope": scope,
        "status": row.status,
    }
