"""Codes with which people set up their second factor, and the one use of each."""

from __future__ import annotations

from django.db import models

from trial.models import User
from trial.models.replay import NotReplayed


class EnrolmentCode(models.Model):
    """Leave for one person to set up a second factor, once, until `expires_at`. The newest one counts.

    Only the SHA-256 of the code is kept, on the sealed side: the clinic can neither read nor make one.
    """

    replay = NotReplayed("a person's, not a trial's; making and using one are entries", ("digest",))

    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    digest = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField()

    class Meta:
        app_label = "sealed"
        ordering = ["id"]


class EnrolmentCodeUse(models.Model):
    """The one use of an enrolment code. Written in the transaction that sets up the second factor."""

    replay = NotReplayed("a person's, not a trial's; making and using one are entries")

    code = models.OneToOneField(EnrolmentCode, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        app_label = "sealed"
