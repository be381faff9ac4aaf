"""Answers already given to state-changing API calls, kept for the whole trial."""

from __future__ import annotations

from django.db import models

from trial.models.people import Delegation
from trial.models.replay import NotReplayed


class KeptAnswer(models.Model):
    """The answer to one `Idempotency-Key` of one caller, written in the transaction it answers for."""

    delegation = models.ForeignKey(Delegation, models.PROTECT, related_name="+")
    key = models.CharField(max_length=100)
    fingerprint = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField()
    body = models.TextField()
    at = models.DateTimeField()

    class Meta:
        abstract = True


class IdempotentRequest(KeptAnswer):
    """An answer of the clinic door. Those of the pharmacy are sealed: when it acts is its own affair."""

    replay = NotReplayed("answers kept for repeated requests; the acts themselves have entries")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["delegation", "key"], name="a_key_is_answered_once"),
        ]
