"""What is sealed, as ciphertext, and the trail of who opened it.

These rows point at the blinded ones and never the other way round (`related_name="+"`): a query of
the clinic cannot walk from an envelope to its seal.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Length
from django.db.models.lookups import Exact

from randomization.models import Envelope, RandomizationList
from randomization.sealed.boxes import ENVELOPE_BOX_BYTES
from trial.models import AuditChainBase, AuditEntryBase, Delegation, KeptAnswer, Participant


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


class Seal(Box):
    """What one envelope holds. Every box has the same length, so its size betrays no arm."""

    envelope = models.ForeignKey(Envelope, models.PROTECT, related_name="+")

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


class CodeBreak(models.Model):
    """One emergency unblinding of one participant (ICH E6(R3) 4.1.4): who, when, why. Not the arm."""

    participant = models.ForeignKey(Participant, models.PROTECT, related_name="+")
    by = models.ForeignKey(Delegation, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    reason = models.TextField()

    class Meta:
        app_label = "sealed"
        ordering = ["at", "id"]
        constraints = [models.CheckConstraint(name="a_code_break_has_a_reason", condition=~Q(reason=""))]


class SealedAnswer(KeptAnswer):
    """An answer of the pharmacy door's API to one `Idempotency-Key`. Never an arm or a lot in it."""

    class Meta:
        app_label = "sealed"
        constraints = [
            models.UniqueConstraint(fields=["delegation", "key"], name="a_sealed_key_is_answered_once"),
        ]
