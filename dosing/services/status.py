"""Hold, release, and every end: stop means stop, in the same transaction."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from dosing.core.events import FOLLOW_UP, TREATMENT
from dosing.reading.treatment import hold_counts_from
from dosing.reading.versions import version_of
from dosing.reminders.planning import cancel_reminders, reopen_reminders
from dosing.services.common import require_reason
from dosing.services.drafting import draft_hold, draft_longer_hold, numbers
from dosing.services.early_visits import plan_early_visits
from dosing.services.ending import coded, confirmed_day, day_of_end, draft_after, end, noted, silence
from dosing.services.recording import move_on
from dosing.services.signed_ends import deed_of_end
from trial.audit import record_about
from trial.core.dates import add_months
from trial.models import (
    CurrentParticipant,
    Delegation,
    Participant,
    ParticipantStatus,
    Signature,
    Status,
    WithdrawalScope,
)
from trial.people.signing import Hand, sign
from trial.permissions import Permission
from trial.policies import require
from trial.queries import standing_rows
from trial.refusals import NOTHING, InvalidInput, Refusal, can, kept_far_day
from trial.screening.services import WrongStatus, add_status, locked, refuse_mistake
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
    *,
    participant: Participant,
    reason: str,
    until: date | None,
    by: Delegation,
    at: datetime,
    deviation_reason: str = "",
    confirmed: Mapping[str, object] | None = None,
) -> ParticipantStatus:
    """Put treatment on hold, at the latest until a day. Visits go on, and so do their reminders; those of
    injections stop. Planned days stay as they are.

    The protocol limits how long a hold may last; one that begins within seven days of a release counts on
    from the first. Beyond that it takes a `deviation_reason`, and is drafted as a deviation. One of more than
    a year is asked about besides, and taken only if `confirmed` has that very day; None is for what cannot be
    asked. Raises WrongStatus, InvalidInput or NotConfirmed.
    """
    participant = locked(participant)
    require(by, Permission.HOLD, trial=participant.trial_id, site=participant.site)
    check_can_hold(participant)
    reason = require_reason(reason)
    today = day_at(participant.site, at)
    last = _longest(participant, today)
    until = _limited(until, today, last, deviation_reason)
    kept = kept_far_day("until", until or today, today, add_months(today, 12), confirmed)
    row = add_status(participant=participant, status=Status.ON_HOLD, by=by, at=at, reason=reason, until=until)
    drafts = draft_longer_hold(row, participant, last, deviation_reason.strip(), by=by, at=at)
    cancel_reminders(participant=participant, kinds=TREATMENT)
    body = {"reason": reason, "until": until and until.isoformat()} | kept
    longer = {"deviations": numbers(drafts), "deviation_reason": deviation_reason.strip()} if drafts else {}
    record_about(participant, "treatment.held", by=by, at=at, body=body | longer)
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


@transaction.atomic
def withdraw(
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
) -> ParticipantStatus | None:
    """Record a withdrawal in its scope, a death, or a loss to follow-up, and stop at once what it ends.

    TREATMENT ends injections and their reminders; visits go on. VISITS ends both, CONTACT and TRIAL
    everything, with the address. `day` is the day on which it was said, of the death or of the last contact;
    a withdrawal without one was said today. `cause` is the coded reason, an `EndReason`; without one the
    end is counted as not coded. An injection or a visit after that day is asked about: it is
    drafted as a deviation if `confirmed` has the very day under `day`. `hand` signs it. Returns the new
    status row; REMINDERS changes no status and returns None.
    Raises WrongStatus, NotConfirmed or InvalidInput.
    """
    participant = locked(participant)
    require(by, Permission.WITHDRAW, trial=participant.trial_id, site=participant.site)
    reason, what = require_reason(reason), WithdrawalScope(scope)
    check_can_withdraw(participant, what)
    cause = coded(what, cause)
    day = day_of_end(participant, what, day, at)
    kept = confirmed_day(participant, what, day, confirmed)
    silenced = silence(participant, what, by, at)
    ended = what != WithdrawalScope.REMINDERS
    row = end(participant, what, reason, day, by, at, cause=cause) if ended else None
    drafts = draft_after(participant, day, what, reason=reason, by=by, at=at) if kept else []
    deed = deed_of_end(participant, row, silenced, hand)
    said = {"cause": cause, "day": day.isoformat(), "reason": reason, "scope": what.value}
    body = said | noted(kept, drafts) | deed.facts
    entry = record_about(participant, "participant.withdrawn", by=by, at=at, body=body)
    sign(deed, into=Signature, entry=entry, by=by, at=at, site=participant.site)
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
    plan_early_visits(participant, reason, by, at)
    move_on(participant, by, at)  # every visit may have been done before
    reopen_reminders(participant=participant, at=at, kinds=FOLLOW_UP)
    record_about(participant, "participant.found", by=by, at=at, body={"reason": reason})
    return row


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
    refuse_mistake(participant)
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


def _longest(participant: Participant, today: date) -> date | None:
    """The last day that the protocol allows for a hold that begins today; None where it sets no limit."""
    longest = version_of(participant).protocol.limits.max_hold_days
    if longest is None:
        return None
    return hold_counts_from(standing_rows(participant), today) + timedelta(days=longest)


def _limited(until: date | None, today: date, last: date | None, why: str) -> date | None:
    """The last day of the hold. Beyond what the protocol allows it has to be said, with a reason."""
    words = {"last": medium_day(last) if last else "…", "today": medium_day(today)}
    sentence = ""
    if until is not None and until < today:
        sentence = _("Choose an end from %(today)s on.") % words
    elif until is None and last is not None and last < today:
        sentence = _(
            "The longest hold was used up on %(last)s, with the one before. Choose an end, and say why it is "
            "longer than the protocol allows."
        )
    elif until is not None and last is not None and until > last and not why.strip():
        sentence = _(
            "Choose an end between today and %(last)s: the protocol allows no longer hold. If it has to be "
            "longer, say why."
        )
    if sentence:
        raise InvalidInput(sentence % words, {"until": sentence % words})
    return until or last
