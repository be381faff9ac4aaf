"""Announcing in the sealed trail that boxes will be opened, before they are."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from randomization.sealed.vault.trail import record_sealed
from trial.models import Delegation


def announce(
    action: str, subject: object, by: Delegation, at: datetime, body: Mapping[str, object] | None = None
) -> None:
    """Commit an entry of its own, which outlives whatever fails afterwards.

    Must not run inside a transaction (Django raises RuntimeError).
    """
    with transaction.atomic(durable=True):
        record_sealed(action=action, subject=subject, by=by, at=at, trial=by.trial, body=body)
