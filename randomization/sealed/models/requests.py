"""Answers of the pharmacy door's API that are kept for a repeated request."""

from __future__ import annotations

from django.db import models

from trial.models import KeptAnswer
from trial.models.replay import NotReplayed


class SealedAnswer(KeptAnswer):
    """An answer of the pharmacy door's API to one `Idempotency-Key`. Never an arm or a lot in it."""

    replay = NotReplayed("answers kept for repeated requests; the acts themselves have entries")

    class Meta:
        app_label = "sealed"
        constraints = [
            models.UniqueConstraint(fields=["delegation", "key"], name="a_sealed_key_is_answered_once"),
        ]
