"""The blinded half of a randomisation list. No arm and no block is stored here, sealed or not.

Envelopes point at nothing that is sealed; what is sealed points at them (`randomization.sealed`).
The triggers of `randomization.triggers` keep the promises that constraints cannot express.
"""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from randomization.correction_models import PaperDraw, RandomizedInError, TrueStratum
from trial.models import Delegation, Environment, Participant, Trial
from trial.models.replay import NotReplayed, Replayed

__all__ = [
    "CodeBreakNotice",
    "Envelope",
    "ListStep",
    "PaperDraw",
    "RandomizationList",
    "RandomizedInError",
    "Step",
    "Stratum",
    "TrueStratum",
]


class Step(models.TextChoices):
    """Where a list stands in its life. The latest step is the present one."""

    DRAFT = "draft", _("draft")
    CHECKED = "checked", _("checked")
    SEALED = "sealed", _("sealed")
    ACTIVATED = "activated", _("activated")
    EXHAUSTED = "exhausted", _("exhausted")
    CLOSED = "closed", _("closed")


class RandomizationList(models.Model):
    """One list, fixed when it is made: what its maker signed, and the signature.

    `sequence` counts the lists of the trial. `root` is the Merkle root over the envelopes' commitments;
    `design_commitment` is salted, since designs are few. Root, commitment, key and signature (Ed25519)
    are lower-case hexadecimal. A reserve list names the list after whose envelopes its own are drawn,
    stratum by stratum (`reserve_of`).
    """

    replay = NotReplayed("signed as a whole; see the check of lists", ("name",))

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    trial = models.ForeignKey(Trial, models.PROTECT, related_name="randomization_lists")
    sequence = models.PositiveSmallIntegerField()
    environment = models.CharField(max_length=8, choices=Environment)
    name = models.CharField(max_length=60)
    envelope_count = models.PositiveIntegerField()
    root = models.CharField(max_length=64)
    design_commitment = models.CharField(max_length=64)
    signature = models.CharField(max_length=128)
    signer_public_key = models.CharField(max_length=64)
    made_by = models.ForeignKey(Delegation, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    reserve_of = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["trial", "sequence"]
        constraints = [
            models.UniqueConstraint(fields=["trial", "sequence"], name="the_lists_of_a_trial_are_counted"),
            models.UniqueConstraint(fields=["trial", "name"], name="a_name_names_one_list"),
            models.CheckConstraint(
                name="a_list_is_training_test_or_live", condition=Q(environment__in=Environment.values)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.trial_id} {self.name}"


class ListStep(models.Model):
    """A step in a list's life: what, who, when. A new row for each."""

    replay = Replayed(
        key=("list__name", "sequence"),
        entered_by=(
            *("list.draft", "list.checked", "list.sealed", "list.activated", "list.exhausted"),
            "list.closed",
        ),
        trial="list__trial",
        participant="",
    )

    list = models.ForeignKey(RandomizationList, models.PROTECT, related_name="steps")
    sequence = models.PositiveSmallIntegerField()
    step = models.CharField(max_length=9, choices=Step)
    by = models.ForeignKey(Delegation, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["list", "sequence"]
        constraints = [
            models.UniqueConstraint(fields=["list", "sequence"], name="a_list_takes_one_step_at_a_time"),
            models.UniqueConstraint(fields=["list", "step"], name="a_list_takes_each_step_once"),
            models.CheckConstraint(name="a_step_is_known", condition=Q(step__in=Step.values)),
        ]


class Stratum(models.Model):
    """One stratum of a list. Its row is the lock under which envelopes are drawn."""

    replay = NotReplayed("signed as a whole; see the check of lists")

    list = models.ForeignKey(RandomizationList, models.PROTECT, related_name="strata")
    place = models.PositiveSmallIntegerField()
    key = models.CharField(max_length=95)
    size = models.PositiveIntegerField()

    class Meta:
        ordering = ["list", "place"]
        verbose_name_plural = "strata"
        constraints = [
            models.UniqueConstraint(fields=["list", "key"], name="a_stratum_occurs_once_in_a_list"),
            models.UniqueConstraint(fields=["list", "place"], name="strata_stand_in_one_order"),
        ]

    def __str__(self) -> str:
        return self.key


class Envelope(models.Model):
    """One envelope: its place in the list, its number, its commitment, and who drew it for whom.

    `audit_hash` is the audit entry of the draw; the receipt prints it as a witness.
    """

    replay = NotReplayed("signed as a whole, drawn with an entry; see the lists and draws", ("number",))

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    stratum = models.ForeignKey(Stratum, models.PROTECT, related_name="envelopes", db_index=False)
    position = models.PositiveIntegerField()
    number = models.CharField(max_length=31)
    commitment = models.CharField(max_length=64)
    participant = models.OneToOneField(Participant, models.PROTECT, null=True, related_name="envelope")
    drawn_by = models.ForeignKey(Delegation, models.PROTECT, null=True, related_name="+", db_index=False)
    drawn_at = models.DateTimeField(null=True)
    audit_hash = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering = ["stratum", "position"]
        indexes = [
            models.Index(
                fields=["stratum", "position"], name="free_envelopes", condition=Q(participant=None)
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["stratum", "position"], name="one_envelope_per_position"),
            models.UniqueConstraint(fields=["stratum", "number"], name="one_envelope_per_number"),
            models.CheckConstraint(
                name="a_drawn_envelope_says_for_whom_by_whom_and_when",
                condition=Q(participant=None, drawn_by=None, drawn_at=None, audit_hash="")
                | (
                    Q(participant__isnull=False, drawn_by__isnull=False, drawn_at__isnull=False)
                    & ~Q(audit_hash="")
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.number


class CodeBreakNotice(models.Model):
    """A code was broken: of whom, by whom, when and by what means. Neither arm nor reason.

    Pages of the participant say so by this row, and somebody has to be told. `at` is the true moment of the
    opening; `means` is empty where it was seen on the screen of `by`, who else has only entered or asked.

    Written with the code break; a worker of the clinic sends it (`randomization.code_break_mail`), so that
    dead mail delays no opening. `claimed_until` is the lease of the worker that is sending it; `told` are the
    duties (their ids) whose people have got it already, while another one has not.
    """

    replay = NotReplayed("a letter to be sent; the code break itself has its entries")

    participant = models.ForeignKey(Participant, models.PROTECT, related_name="code_break_notices")
    by = models.ForeignKey(Delegation, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    means = models.CharField(max_length=7, blank=True, default="", db_default="")
    attempts = models.PositiveSmallIntegerField(default=0)
    claim = models.UUIDField(null=True)
    claimed_until = models.DateTimeField(null=True)
    told = models.JSONField(null=True)
    sent_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["at", "id"]
