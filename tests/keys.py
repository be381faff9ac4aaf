"""The recovery key of a test's installation: taken off the server and proved, as a live list wants it."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import transaction

from trial.models import Delegation


def safe() -> Path:
    """The folder that stands for the safe, beside the one of the server's keys."""
    return Path(settings.VELUM_KEYS).parent / "safe"


def recovery_key_is_proved(by: Delegation, at: datetime) -> None:
    """Put the recovery key into the safe, and enter that it was proved. Doing so again changes nothing."""
    from randomization.sealed.models import KeyProof
    from randomization.sealed.vault.boxes import key_id
    from randomization.sealed.vault.keys import recipient_keys
    from randomization.sealed.vault.trail import record_sealed

    on_server = Path(settings.VELUM_KEYS) / "recovery.key"
    if on_server.exists():
        safe().mkdir(exist_ok=True)
        on_server.rename(safe() / "recovery.key")
    key = key_id(recipient_keys()["recovery"])
    if KeyProof.objects.filter(key_id=key).exists():
        return
    with transaction.atomic():
        KeyProof.objects.create(key_id=key, by=by, at=at)
        body = {"key": key}
        record_sealed(
            action="recovery_key.proved", subject=by.trial_id, by=by, at=at, trial=by.trial, body=body
        )
