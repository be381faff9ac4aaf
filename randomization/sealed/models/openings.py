"""Whose code was broken, by whom, why and how; and who signed for opening the whole trial. Not the arms."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from trial.models import Delegation, Participant, Trial


class Means(models.TextChoices):
    """How a code was broken, where that was not on the screen of the person who asked."""

    LINK = "link", _("by a one-time link")
    PAPER = "paper", _("from a printed sheet")
    OFFLINE = "offline", _("from a backup, off line")


class CodeBreak(models.Model):
    """One emergency unblinding of one participant (ICH E6(R3) 4.1.4): who, when, why. Not the arm."""

    participant = models.ForeignKey(Participant, models.PROTECT, related_name="+")
    by = models.ForeignKey(Delegation, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    reason = models.TextField()

    class Meta:
        app_label = "sealed"
        ordering = ["at", "id"]
        constraints = [
            models.CheckConstraint(name="a_code_break_has_a_reason", condition=~Q(reason="")),
        ]


class OpenedElsewhere(models.Model):
    """Of a code break that was no page of ours: by what means, who really opened it, and when."""

    code_break = models.OneToOneField(CodeBreak, models.PROTECT, related_name="+")
    means = models.CharField(max_length=7, choices=Means)
    opened_by = models.CharField(max_length=120)
    happened_at = models.DateTimeField()

    class Meta:
        app_label = "sealed"
        constraints = [
            models.CheckConstraint(name="a_means_is_known", condition=Q(means__in=Means.values)),
            models.CheckConstraint(name="somebody_opened_it", condition=~Q(opened_by="")),
        ]


class OneTimeLink(models.Model):
    """A way for the treating doctor to learn one arm, which the person who asked never sees.

    Only the SHA-256 of the secret in the address is kept.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    participant = models.ForeignKey(Participant, models.PROTECT, related_name="+")
    by = models.ForeignKey(Delegation, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    reason = models.TextField()
    doctor = models.CharField(max_length=120)
    digest = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField()

    class Meta:
        app_label = "sealed"
        ordering = ["at", "id"]


class OneTimeLinkUse(models.Model):
    """The one use of a link. Written before the envelope is opened."""

    link = models.OneToOneField(OneTimeLink, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        app_label = "sealed"


class OpeningSignature(models.Model):
    """One of the two signatures without which the envelopes of a trial are not opened as a whole."""

    trial = models.ForeignKey(Trial, models.PROTECT, related_name="+")
    part = models.CharField(max_length=16)
    by = models.ForeignKey(Delegation, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        app_label = "sealed"
        ordering = ["at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["trial", "part"], name="each_part_of_the_opening_is_signed_once"),
        ]
