"""Long work of the pharmacy door: one row for each, with what was asked and what came of it sealed."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from trial.models import Delegation, Trial
from trial.models.replay import NotReplayed


class JobKind(models.TextChoices):
    """The kinds of long work."""

    SIMULATION = "simulation", _("comparison of designs")
    VERIFICATION = "verification", _("verification of trails and lists")


class JobState(models.TextChoices):
    """The states of a job. WAITING and RUNNING may still lead to one of the others."""

    WAITING = "waiting", _("waiting")
    RUNNING = "running", _("running")
    DONE = "done", pgettext_lazy("job", "done")
    FAILED = "failed", _("failed")
    STOPPED = "stopped", pgettext_lazy("job", "stopped")


class Job(models.Model):
    """Something that takes longer than a page may.

    `question` and `answer` are boxes for the pharmacy's key: a design that is only being tried out tells
    block sizes. How far it is (`done` of `total` steps) is plain. `claimed_until` is the lease of the
    process that works on it; when it has run out, another one starts from the beginning.
    """

    replay = NotReplayed("work in progress, whose question and answer are boxes; asking is an entry")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    trial = models.ForeignKey(Trial, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12, choices=JobKind)
    by = models.ForeignKey(Delegation, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    question = models.BinaryField()
    total = models.PositiveBigIntegerField()
    done = models.PositiveBigIntegerField(default=0)
    state = models.CharField(max_length=7, choices=JobState, default=JobState.WAITING)
    claim = models.UUIDField(null=True)
    claimed_until = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    answer = models.BinaryField(null=True)

    class Meta:
        app_label = "sealed"
        ordering = ["-at", "-id"]
        constraints = [
            models.CheckConstraint(
                name="a_job_that_ended_says_when",
                condition=models.Q(state__in=["waiting", "running"], ended_at=None)
                | models.Q(state__in=["done", "failed", "stopped"], ended_at__isnull=False),
            ),
        ]

    @property
    def over(self) -> bool:
        """Whether nothing more will happen to it."""
        return self.ended_at is not None

    @property
    def percent(self) -> int:
        """How much of it is done, in whole per cent; a hundred only when it is."""
        if self.state == JobState.DONE:
            return 100
        return min(99, 100 * self.done // self.total) if self.total else 0
