"""What is sealed, as ciphertext, and the trail of who opened it.

These rows point at the blinded ones and never the other way round (`related_name="+"`): a query of
the clinic cannot walk from an envelope to its seal.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.db.models import Q
from django.db.models.functions import Length
from django.db.models.lookups import Exact
from django.utils.translation import gettext_lazy as _

from randomization.models import Envelope, RandomizationList
from randomization.sealed.boxes import ENVELOPE_BOX_BYTES
from randomization.sealed.enrolment_models import EnrolmentCode as EnrolmentCode
from randomization.sealed.enrolment_models import EnrolmentCodeUse as EnrolmentCodeUse
from randomization.sealed.job_models import Job as Job
from trial.models import AuditChainBase, AuditEntryBase, Delegation, KeptAnswer, Participant, Trial


class Recipient(models.TextChoices):
    """Whose private key opens a box: the pharmacy service's, or the recovery key kept off line."""

    PHARMACY = "pharmacy", "pharmacy"
    RECOVERY = "recovery", "recovery"


class Box(models.Model):
    """A box for one recipient; `key_id` says for which of the recipient's keys."""

    recipient = models.CharField(max_length=8, choices=Recipient)
    key_id = models.CharField(max_length=16)
    box = models.BinaryField()

    class Meta:
        abstract = True


@dataclass(frozen=True)
class BoxKind:
    """Boxes of one model: `owner` is the field that names what a box belongs to, `related` what its place
    needs, and `place` the context that is bound into the box of a recipient."""

    model: type[Box]
    owner: str
    related: tuple[str, ...]
    place: Callable[[Any, str], tuple[str, ...]]


class Seal(Box):
    """What one envelope holds. Every box has the same length, so its size betrays no arm."""

    envelope = models.ForeignKey(Envelope, models.PROTECT, related_name="+", db_index=False)

    class Meta:
        app_label = "sealed"
        constraints = [
            models.UniqueConstraint(
                fields=["envelope", "recipient"], name="one_seal_per_envelope_and_recipient"
            ),
            models.CheckConstraint(
                name="a_seal_betrays_nothing_by_its_length",
                condition=Exact(Length("box"), ENVELOPE_BOX_BYTES),
            ),
        ]


class ListSecret(Box):
    """A list's seed and design, from which the whole list can be made again."""

    list = models.ForeignKey(RandomizationList, models.PROTECT, related_name="+")

    class Meta:
        app_label = "sealed"
        constraints = [
            models.UniqueConstraint(fields=["list", "recipient"], name="one_secret_per_list_and_recipient"),
        ]


class SealedAuditChain(AuditChainBase):
    """The head of a trial's sealed trail."""

    class Meta:
        app_label = "sealed"
        constraints = [models.UniqueConstraint(fields=["trial"], name="a_trial_has_one_sealed_chain")]


class SealedAuditEntry(AuditEntryBase):
    """Who made, checked or opened what, when and why. Written before anything is opened."""

    chain = models.ForeignKey(SealedAuditChain, models.PROTECT, related_name="entries")

    class Meta:
        app_label = "sealed"
        ordering = ["chain", "sequence"]
        constraints = [
            models.UniqueConstraint(fields=["chain", "sequence"], name="sealed_entries_have_no_double"),
        ]


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


class KeyProof(models.Model):
    """Somebody showed that the private half of a recovery key exists and opens what is sealed for it."""

    key_id = models.CharField(max_length=16)
    by = models.ForeignKey(Delegation, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        app_label = "sealed"
        ordering = ["at", "id"]


class Rekeying(models.Model):
    """A recipient's boxes were sealed anew for another key. What they hold and its commitments stayed."""

    recipient = models.CharField(max_length=8, choices=Recipient)
    key_id = models.CharField(max_length=16)
    boxes = models.PositiveIntegerField()
    by = models.ForeignKey(Delegation, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        app_label = "sealed"
        ordering = ["at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["recipient", "key_id"], name="boxes_move_to_a_key_once"),
        ]


class SealedAnswer(KeptAnswer):
    """An answer of the pharmacy door's API to one `Idempotency-Key`. Never an arm or a lot in it."""

    class Meta:
        app_label = "sealed"
        constraints = [
            models.UniqueConstraint(fields=["delegation", "key"], name="a_sealed_key_is_answered_once"),
        ]
