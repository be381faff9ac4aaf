"""A code that was broken without Velum, on paper or from a backup, entered later with its true time."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from randomization.models import Envelope
from randomization.queries import randomized_at
from randomization.sealed.models import CodeBreak, Means, OpenedElsewhere
from randomization.sealed.opening.outbox import enter_waiting
from randomization.sealed.opening.revealing import envelope_to_open, need_reason, seal_code_break
from randomization.sealed.vault.signing import deed_of_elsewhere, sign_sealed
from randomization.sealed.vault.trail import record_sealed
from trial.core.chain import moment
from trial.models import CurrentParticipant, Delegation
from trial.people.signing import Hand
from trial.permissions import Permission
from trial.policies import require
from trial.queries import NotFound, find_participant
from trial.refusals import InvalidInput


def reconcile_code_break(
    *,
    number: str,
    means: str,
    opened_by: str,
    happened_at: datetime,
    reason: str,
    by: Delegation,
    at: datetime,
    hand: Hand | None = None,
) -> CodeBreak:
    """Enter that the code of whoever has this number was broken elsewhere. Nothing is opened here.

    Both trails and the trial manager learn of it as of any other code break.
    `hand` is that of whoever enters it, and signs. Raises NotPermitted, NotFound, NotRandomized or
    InvalidInput.
    """
    participant = whose(number, by)
    envelope = envelope_to_open(participant)
    require(by, Permission.BREAK_CODE, trial=participant.trial_id, site=participant.site)
    _refuse_impossible(means, opened_by, happened_at, envelope, at)
    reason, said = need_reason(reason), {"means": means, "opened_by": opened_by.strip()}
    with transaction.atomic():
        row = seal_code_break(participant=participant, envelope=envelope, by=by, at=at, reason=reason)
        opened = OpenedElsewhere.objects.create(code_break=row, happened_at=happened_at, **said)
        deed = deed_of_elsewhere(opened, envelope.number, hand)
        entry = record_sealed(
            action="code_break.reconciled",
            subject=participant.number,
            by=by,
            at=at,
            trial=participant.trial,
            body=said | {"happened_at": moment(happened_at)} | deed.facts,
        )
        sign_sealed(deed, entry, by=by, at=at, site=participant.site)
    enter_waiting(at=at, site=participant.site)
    return row


def whose(number: str, by: Delegation) -> CurrentParticipant:
    """Whoever has that number, which may be either of the two. Raises NotFound."""
    try:
        return find_participant(by, number)
    except NotFound as unknown:
        raise NotFound(
            _("%(why)s If the sheet of an envelope that nobody has was opened, tell the statistician.")
            % {"why": unknown}
        ) from unknown


def _refuse_impossible(
    means: str, opened_by: str, happened_at: datetime, envelope: Envelope, at: datetime
) -> None:
    errors = {}
    if means not in {Means.PAPER, Means.OFFLINE}:
        errors["means"] = _("Say whether it was a printed sheet or a backup.")
    if not opened_by.strip():
        errors["opened_by"] = _("Enter who opened it.")
    drawn_at = randomized_at(envelope)
    if happened_at > at or (drawn_at and happened_at < drawn_at):
        errors["happened_at"] = _("It was opened after the participant was randomised, and before now.")
    if errors:
        raise InvalidInput(_("Some answers are missing or not possible."), errors)
