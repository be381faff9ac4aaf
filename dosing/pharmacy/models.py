"""What was prepared and what moved in the stock, as ciphertext.

In clear stands only what is the same in every arm: for whom and for which day, which step, by whom
and when. Product, lot, dose, notes, even whether a movement received or destroyed something, are in
boxes of one length. A syringe of any arm leaves the same rows: a step, a movement, their boxes.
Nothing of the clinic points here (`related_name="+"`), and a movement names no lot in clear: grouped
by lot, syringes would fall into arms.
"""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.db.models.functions import Length
from django.db.models.lookups import Exact
from django.utils.translation import gettext_lazy as _

from randomization.sealed.models import BOX_OVERHEAD_BYTES, Box
from trial.models import Delegation, Participant, Site
from trial.models.replay import Replayed

CONTENT_BYTES = 1024
"""Every content is padded to this many bytes."""
BOX_BYTES = CONTENT_BYTES + BOX_OVERHEAD_BYTES


class Preparation(models.Model):
    """One syringe for one injection of one participant. Written when it is first prepared.

    `id` follows from the other three (`dosing.pharmacy.slots.preparation_id`), so that a preparation
    has an address before anything is written.
    """

    replay = Replayed(
        key=("pk",),
        entered_by=("syringe.prepared",),
        at="",
        by="",
        sealed=True,
    )

    id = models.UUIDField(primary_key=True, editable=False)
    participant = models.ForeignKey(Participant, models.PROTECT, related_name="+")
    number = models.PositiveSmallIntegerField()
    date = models.DateField()

    class Meta:
        app_label = "pharmacy"
        constraints = [
            models.UniqueConstraint(
                fields=["participant", "number", "date"], name="one_preparation_per_injection_and_day"
            ),
        ]


class Step(models.TextChoices):
    """Where a syringe stands. After `discarded` another may be prepared."""

    PREPARED = "prepared", _("prepared")
    CHECKED = "checked", _("checked")
    RELEASED = "released", _("released")
    DISCARDED = "discarded", _("discarded")


class PreparationStep(models.Model):
    """One step of one syringe: what, by whom, when. The highest `sequence` is the present."""

    replay = Replayed(
        key=("preparation_id", "sequence"),
        entered_by=("syringe.prepared", "syringe.checked", "syringe.released", "syringe.discarded"),
        trial="preparation__participant__trial",
        participant="preparation__participant__number",
        sealed=True,
    )

    preparation = models.ForeignKey(Preparation, models.PROTECT, related_name="+")
    sequence = models.PositiveSmallIntegerField()
    step = models.CharField(max_length=9, choices=Step)
    by = models.ForeignKey(Delegation, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        app_label = "pharmacy"
        ordering = ["preparation", "sequence"]
        constraints = [
            models.UniqueConstraint(
                fields=["preparation", "sequence"], name="a_syringe_takes_one_step_at_a_time"
            ),
            models.CheckConstraint(name="a_step_of_a_syringe_is_known", condition=Q(step__in=Step.values)),
        ]


class Announcement(models.Model):
    """A released syringe that the clinic is to be told of, from `due_at` on the grid and not before.

    The clinic's own row (`dosing.models.Readiness`) is written when the grid has come to it, with all
    others of that moment (`dosing.pharmacy.publishing`). A syringe that is discarded is withdrawn.
    """

    replay = Replayed(
        key=("step__preparation_id", "step__sequence"),
        entered_by=("syringe.released",),
        trial="step__preparation__participant__trial",
        participant="step__preparation__participant__number",
        at="step__at",
        by="step__by",
        free={
            "published_at": "when the clinic's row was written, which is compared",
            "withdrawn_at": "when the clinic's row was taken away, which is compared",
        },
        sealed=True,
    )

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    step = models.OneToOneField(PreparationStep, models.PROTECT, related_name="+")
    due_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "pharmacy"
        indexes = [
            models.Index(
                fields=["due_at"],
                condition=Q(published_at=None, withdrawn_at=None),
                name="announcements_that_wait",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="nothing_is_published_before_it_is_due",
                condition=Q(published_at=None) | Q(published_at__gte=models.F("due_at")),
            ),
        ]


class StepBox(Box):
    """What a step says beyond its name: product, dose, volume, lot, vial, note."""

    replay = Replayed(
        key=("step__preparation_id", "step__sequence", "recipient"),
        entered_by=("syringe.prepared", "syringe.checked", "syringe.released", "syringe.discarded"),
        trial="step__preparation__participant__trial",
        participant="step__preparation__participant__number",
        at="step__at",
        by="step__by",
        sealed=True,
    )

    step = models.ForeignKey(PreparationStep, models.PROTECT, related_name="+")

    class Meta:
        app_label = "pharmacy"
        constraints = [
            models.UniqueConstraint(fields=["step", "recipient"], name="one_box_per_step_and_recipient"),
            models.CheckConstraint(
                name="a_step_betrays_nothing_by_its_length", condition=Exact(Length("box"), BOX_BYTES)
            ),
        ]


class StockEntry(models.Model):
    """One movement in the stock of a site. `sequence` counts the movements of the site, from 1."""

    replay = Replayed(
        key=("site__number", "sequence"),
        entered_by=(
            *("stock.received", "stock.quarantined", "stock.freed", "stock.destroyed"),
            "syringe.prepared",
        ),
        trial="site__trial",
        participant="",
        sealed=True,
    )

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    site = models.ForeignKey(Site, models.PROTECT, related_name="+")
    sequence = models.PositiveIntegerField()
    by = models.ForeignKey(Delegation, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        app_label = "pharmacy"
        ordering = ["site", "sequence"]
        constraints = [
            models.UniqueConstraint(fields=["site", "sequence"], name="movements_of_a_site_are_counted"),
        ]


class StockBox(Box):
    """What moved: kind of movement, lot, product, expiry, quantity, syringe, reason."""

    replay = Replayed(
        key=("entry__site__number", "entry__sequence", "recipient"),
        entered_by=(
            *("stock.received", "stock.quarantined", "stock.freed", "stock.destroyed"),
            "syringe.prepared",
        ),
        trial="entry__site__trial",
        participant="",
        at="entry__at",
        by="entry__by",
        sealed=True,
    )

    entry = models.ForeignKey(StockEntry, models.PROTECT, related_name="+")

    class Meta:
        app_label = "pharmacy"
        constraints = [
            models.UniqueConstraint(fields=["entry", "recipient"], name="one_box_per_movement_and_recipient"),
            models.CheckConstraint(
                name="a_movement_betrays_nothing_by_its_length", condition=Exact(Length("box"), BOX_BYTES)
            ),
        ]
