"""A code that was broken without Velum, on paper or from a backup, entered later with its true time."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from randomization.models import Envelope
from randomization.queries import randomized_at
from randomization.sealed.models import CodeBreak, Means, OpenedElsewhere
from randomization.sealed.opening.revealing import enter_code_break, need_reason
from randomization.sealed.vault.trail import record_sealed
from trial.core.chain import moment
from trial.models import Delegation
from trial.permissions import Permission
from trial.policies import require
from trial.queries import NotFound
from trial.refusals import InvalidInput


@transaction.atomic
def reconcile_code_break(
    *,
    number: str,
    means: str,
    opened_by: str,
    happened_at: datetime,
    reason: str,
    by: Delegation,
    at: datetime,
) -> CodeBreak:
    """Enter that the code under a randomisation number was broken elsewhere. Nothing is opened here.

    Both trails and the trial manager learn of it as of any other code break.
    Raises NotPermitted, NotFound or InvalidInput.
    """
    envelope = _drawn(number, by)
    participant = envelope.participant
    assert participant is not None  # noqa: S101 - `_drawn` has seen to it
    require(by, Permission.BREAK_CODE, trial=participant.trial_id, site=participant.site)
    _refuse_impossible(means, opened_by, happened_at, envelope, at)
    row = enter_code_break(
        participant=participant, envelope=envelope, by=by, at=at, reason=need_reason(reason)
    )
    OpenedElsewhere.objects.create(
        code_break=row, means=means, opened_by=opened_by.strip(), happened_at=happened_at
    )
    body = {"happened_at": moment(happened_at), "means": means, "opened_by": opened_by.strip()}
    trial = participant.trial
    record_sealed(
        action="code_break.reconciled", subject=participant.number, by=by, at=at, trial=trial, body=body
    )
    return row


def _drawn(number: str, by: Delegation) -> Envelope:
    drawn = Envelope.objects.filter(stratum__list__trial=by.trial_id, number=number.strip().upper())
    related = ("participant__trial", "participant__site", "stratum__list", "paper_draw")
    envelope = drawn.exclude(participant=None).select_related(*related).first()
    if envelope is None or (
        by.site_id and envelope.participant and by.site_id != envelope.participant.site_id
    ):
        raise NotFound(
            _(
                "Nobody within your reach has the number %(number)s. If the sheet of an envelope that nobody "
                "has was opened, tell the statistician."
            )
            % {"number": number.strip()}
        )
    return envelope


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
