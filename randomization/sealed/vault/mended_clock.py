"""A clock that ran wrong and was mended: an entry in every chain of a trial explains the times before it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from randomization.sealed.models import SealedAuditChain
from randomization.sealed.vault.trail import record_sealed
from randomization.verifying.chains import CLOCK_MENDED
from trial.audit import record
from trial.models import AuditChain, ChainKind, Delegation, Trial
from trial.permissions import Permission
from trial.policies import require
from trial.refusals import InvalidInput


@transaction.atomic
def clock_was_mended(*, trial: Trial, by: Delegation | None, at: datetime, reason: str) -> int:
    """Say that the clock was wrong until now, and why. Returns how many chains say so.

    In each of them times may run backwards once, to this moment; what lies ahead of the clock before it is
    explained. `by` is empty where the demonstration tells an invented past. Raises NotPermitted or
    InvalidInput.
    """
    if by is not None:
        require(by, Permission.DELEGATE, trial=trial)
    if not reason.strip():
        raise InvalidInput(_("Enter the reason, in a few words."), {"reason": _("An answer is required.")})
    said: dict[str, Any] = {"action": CLOCK_MENDED, "subject": trial.pk, "by": by, "at": at, "trial": trial}
    said |= {"body": {"reason": reason.strip()}}
    blinded = list(AuditChain.objects.filter(trial=trial, sequence__gt=0).select_related("site"))
    for chain in blinded:
        record(**said, site=chain.site, kind=ChainKind(chain.kind))
    sealed = list(SealedAuditChain.objects.filter(trial=trial, sequence__gt=0))
    for row in sealed:
        record_sealed(**said, kind=ChainKind(row.kind))
    return len(blinded) + len(sealed)
