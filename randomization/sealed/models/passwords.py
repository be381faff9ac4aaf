"""Passwords of the pharmacy door: copies of their own, which the clinic can neither read nor write."""

from __future__ import annotations

from django.db import models

from trial.models import User
from trial.models.replay import NotReplayed


class PharmacyPassword(models.Model):
    """The digest that counts at this door, whatever stands in the account. The newest row of a person does.

    The clinic's role may write the account's password, since people change theirs there. An empty digest: the
    account's own counts again, until a second factor is set up with a code of this door.
    """

    replay = NotReplayed("a digest of a password; that one was set is entered at the door")

    user = models.ForeignKey(User, models.PROTECT, db_constraint=False, related_name="+")
    at = models.DateTimeField()
    digest = models.CharField(max_length=128, blank=True)

    class Meta:
        app_label = "sealed"
        ordering = ["id"]
