"""The recovery key of a test's installation: taken off the server and proved, as a live list wants it."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from django.conf import settings

from trial.models import Delegation


def safe() -> Path:
    """The folder that stands for the safe, beside the one of the server's keys."""
    return Path(settings.VELUM_KEYS).parent / "safe"


def recovery_key_is_proved(by: Delegation, at: datetime) -> None:
    """Put the recovery key into the safe, and enter that it was proved. Doing so again is harmless."""
    from randomization.sealed.models import KeyProof
    from randomization.sealed.vault.boxes import key_id
    from randomization.sealed.vault.keys import recipient_keys

    on_server = Path(settings.VELUM_KEYS) / "recovery.key"
    if on_server.exists():
        safe().mkdir(exist_ok=True)
        on_server.rename(safe() / "recovery.key")
    KeyProof.objects.create(key_id=key_id(recipient_keys()["recovery"]), by=by, at=at)
