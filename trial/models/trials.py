"""Trials, the versions of their protocols, and their sites."""

from __future__ import annotations

import uuid
from functools import lru_cache
from zoneinfo import ZoneInfo

from django.db import models
from django.utils.translation import gettext_lazy as _

from trial.core.protocol import Protocol
from trial.core.zones import zone
from trial.models.prepared import Prepared
from trial.models.replay import Replayed
from trial.protocol.files import LocatedFault
from trial.protocol.intact import digest_of, parse_intact
from trial.protocol.judging import faults_in


class Environment(models.TextChoices):
    """What a trial and its lists are for. The three can never serve one another."""

    TRAINING = "training", _("training")
    TEST = "test", _("test")
    LIVE = "live", _("live")


class Trial(models.Model):
    """One trial in one installation."""

    replay = Replayed(
        key=("pk",), entered_by=("trial.installed",), trial="pk", participant="", at="installed_at", by=""
    )

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
        newest = _newest_version(trial=self.pk)[0]
        newest.trial = self
        return newest

    def sensitive_answers(self) -> frozenset[str]:
        """What any version of the protocol calls sensitive: an amendment may find out later that it is."""
        return frozenset().union(
            *(row.protocol.sensitive_answers() for row in self.protocol_versions.order_by("id"))
        )


class ProtocolVersion(models.Model):
    """One protocol file, kept word for word; its digest is the SHA-256 of its bytes."""

    replay = Replayed(
        key=("digest",),
        entered_by=("trial.installed", "protocol.amended"),
        trial="trial",
        participant="",
        at="installed_at",
        by="",
        free={"text": "compared with its digest, which the row's key is"},
    )

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
        """The protocol as values. Parsed once per process and digest. Raises ProtocolChanged."""
        return _parsed(self.text, self.digest, self.version)

    @property
    def is_intact(self) -> bool:
        """Whether the text is the one that was installed."""
        return digest_of(self.text) == self.digest

    @property
    def faults(self) -> tuple[LocatedFault, ...]:
        """What stops a new file today: for this version, which stays as it is, work for an amendment."""
        return faults_in(self.text)


@lru_cache(maxsize=32)
def _parsed(text: str, digest: str, version: str) -> Protocol:
    """The values of a text that has its digest. A refusal is not kept, and costs the same each time."""
    return parse_intact(text, digest=digest, version=version)


class Site(models.Model):
    """A hospital that takes part. It screens and randomises from `opened_on` until before `closed_on`."""

    replay = Replayed(
        key=("trial_id", "number"),
        entered_by=("trial.installed", "protocol.amended", "site.opened", "site.closed"),
        trial="trial",
        participant="",
        at="",
        by="",
        free={"last_serial": "counts numbers given, each of which is a participant"},
    )

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


_newest_version: Prepared[ProtocolVersion] = Prepared(
    lambda trial: ProtocolVersion.objects.filter(trial=trial).order_by("-id")[:1]
)
