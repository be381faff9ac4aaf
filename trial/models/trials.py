"""Trials, the versions of their protocols, and their sites."""

from __future__ import annotations

import uuid
from functools import lru_cache
from zoneinfo import ZoneInfo

from django.db import models
from django.utils.translation import gettext_lazy as _

from trial.core.protocol import Protocol
from trial.core.zones import zone
from trial.protocol.files import LocatedFault, parse_protocol
from trial.protocol.judging import faults_in


class Environment(models.TextChoices):
    """What a trial and its lists are for. The three can never serve one another."""

    TRAINING = "training", _("training")
    TEST = "test", _("test")
    LIVE = "live", _("live")


class Trial(models.Model):
    """One trial in one installation."""

    key = models.SlugField(primary_key=True, max_length=32)
    acronym = models.CharField(max_length=40)
    environment = models.CharField(max_length=8, choices=Environment)
    installed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="a_trial_is_training_test_or_live",
                condition=models.Q(environment__in=Environment.values),
            )
        ]

    def __str__(self) -> str:
        return self.acronym

    @property
    def protocol_version(self) -> ProtocolVersion:
        """The newest protocol version of this trial."""
        return self.protocol_versions.order_by("-id")[0]


class ProtocolVersion(models.Model):
    """One protocol file, kept word for word; its digest is the SHA-256 of its bytes."""

    trial = models.ForeignKey(Trial, models.PROTECT, related_name="protocol_versions")
    version = models.CharField(max_length=40)
    digest = models.CharField(max_length=64)
    text = models.TextField()
    installed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["trial", "digest"], name="a_protocol_file_is_installed_once"),
        ]

    def __str__(self) -> str:
        return f"{self.trial_id} {self.version}"

    @property
    def protocol(self) -> Protocol:
        """The protocol as values. Parsed once per process and digest."""
        return _parsed(self.text)

    @property
    def faults(self) -> tuple[LocatedFault, ...]:
        """What stops a new file today: for this version, which stays as it is, work for an amendment."""
        return faults_in(self.text)


@lru_cache(maxsize=32)
def _parsed(text: str) -> Protocol:
    return parse_protocol(text).protocol


class Site(models.Model):
    """A hospital that takes part. It screens and randomises from `opened_on` until before `closed_on`."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    trial = models.ForeignKey(Trial, models.PROTECT, related_name="sites")
    number = models.CharField(max_length=6)
    name = models.CharField(max_length=120)
    city = models.CharField(max_length=80)
    zone = models.CharField(max_length=64)
    opened_on = models.DateField(null=True)
    closed_on = models.DateField(null=True)
    last_serial = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["trial", "number"], name="a_site_number_names_one_site"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.city}"

    @property
    def tzinfo(self) -> ZoneInfo:
        """The zone in which this site counts its days."""
        return zone(self.zone)
