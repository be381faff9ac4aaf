"""Counts of tries that failed, and the alarms that they raise. Each door has tables of its own.

No row points at another: a try is counted while the rows of people and trials may be locked.
"""

from __future__ import annotations

from django.db import models

from trial.models.replay import NotReplayed


class TryCountBase(models.Model):
    """How often one secret was tried from one network address within an hour.

    `key` is a keyed digest of what was tried, for which account, and from where: a name that no account has
    is kept nowhere. `free_at` is the moment from which the next try is looked at.
    """

    replay = NotReplayed("a count that is written again and again; what was tried is entered, folded")

    key = models.CharField(max_length=64, primary_key=True)
    since = models.DateTimeField(db_index=True)
    count = models.PositiveIntegerField(default=0)
    free_at = models.DateTimeField()

    class Meta:
        abstract = True


class TryCount(TryCountBase):
    """A count of the clinic door."""


class AlarmBase(models.Model):
    """Somebody tries again and again to get in: what a person has to be told.

    `what` is the kind of secret, `account` a user name (empty where no account is meant), `told` the mail
    addresses that have it already, `claimed_until` the lease of whoever is sending it.
    """

    replay = NotReplayed("a letter to be sent; what raised it has its entries")

    what = models.CharField(max_length=24)
    account = models.CharField(max_length=150, blank=True)
    count = models.PositiveIntegerField()
    at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    claim = models.UUIDField(null=True)
    claimed_until = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    told = models.JSONField(default=list)

    class Meta:
        abstract = True
        ordering = ["-at", "-id"]


class Alarm(AlarmBase):
    """An alarm of the clinic door."""
