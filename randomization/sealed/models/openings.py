"""Whose code was broken, by whom, why and how; and who signed for opening the whole trial. Not the arms."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from trial.models import Delegation, Participant, Trial
from trial.models.replay import NotReplayed, Replayed


class Means(models.TextChoices):
    """How a code was broken, where that was not on the screen of the person who asked."""

    LINK = "link", _("by a one-time link")
    PAPER = "paper", _("from a printed sheet")
    OFFLINE = "offline", _("from a backup, off line")


class CodeBreak(models.Model):
    """One emergency unblinding of one participant (ICH E6(R3) 4.1.4): who, when, why. Not the arm.

    No foreign key of the database points at the clinic's tables: to check one, PostgreSQL locks the row that
    is pointed at, and a process of the clinic that holds that row would keep a doctor waiting. A trigger
    looks instead, which waits for nobody (decision 39). `question` is the form that asked: sent twice, it
    breaks the code once.
    """

    replay = Replayed(key=("participant__number", "at"), entered_by=("envelope.opened",), sealed=True)

    participant = models.ForeignKey(Participant, models.PROTECT, related_name="+", db_constraint=False)
    by = models.ForeignKey(Delegation, models.PROTECT, related_name="+", db_constraint=False)
    at = models.DateTimeField()
    reason = models.TextField()
    question = models.UUIDField(null=True, unique=True)

    class Meta:
        app_label = "sealed"
        ordering = ["at", "id"]
        constraints = [
            models.CheckConstraint(name="a_code_break_has_a_reason", condition=~Q(reason="")),
        ]


class CodeBreakEntered(models.Model):
    """That the blinded trail has learnt of a code break, and when. One without this row waits."""

    replay = NotReplayed("marks what has left the outbox; the blinded entry itself is compared")

    code_break = models.OneToOneField(CodeBreak, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        app_label = "sealed"


class OpenedElsewhere(models.Model):
    """Of a code break that was no page of ours: by what means, who really opened it, and when."""

    replay = Replayed(
        key=("code_break__participant__number", "code_break__at"),
        entered_by=("code_break.reconciled", "code_break.link_used"),
        trial="code_break__participant__trial",
        participant="code_break__participant__number",
        at="code_break__at",
        by="code_break__by",
        sealed=True,
    )

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

    replay = Replayed(key=("digest",), entered_by=("code_break.link_made",), sealed=True)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    participant = models.ForeignKey(Participant, models.PROTECT, related_name="+", db_constraint=False)
    by = models.ForeignKey(Delegation, models.PROTECT, related_name="+", db_constraint=False)
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

    replay = Replayed(
        key=("link__digest",),
        entered_by=("code_break.link_used",),
        trial="link__participant__trial",
        participant="link__participant__number",
        by="link__by",
        sealed=True,
    )

    link = models.OneToOneField(OneTimeLink, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        app_label = "sealed"


class DoctorAddress(models.Model):
    """Where a treating doctor is reached by mail, entered beforehand by somebody who breaks no codes."""

    replay = Replayed(
        key=("trial", "doctor", "entered_at"),
        entered_by=("doctor_address.entered", "doctor_address.ended"),
        trial="trial",
        participant="",
        at="entered_at",
        by="entered_by",
        sealed=True,
    )

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    trial = models.ForeignKey(Trial, models.PROTECT, related_name="+", db_constraint=False)
    doctor = models.CharField(max_length=120)
    email = models.EmailField()
    entered_by = models.ForeignKey(Delegation, models.PROTECT, related_name="+", db_constraint=False)
    entered_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "sealed"
        ordering = ["doctor", "entered_at"]


class OneTimeLinkMailed(models.Model):
    """To which address this door mailed a link that nobody here has seen, and why it is the doctor's.

    Either the address was entered beforehand (`known`), or somebody called the hospital back and asked.
    """

    replay = Replayed(
        key=("link__digest",),
        entered_by=("code_break.link_mailed",),
        trial="link__participant__trial",
        participant="link__participant__number",
        by="link__by",
        sealed=True,
    )

    link = models.OneToOneField(OneTimeLink, models.PROTECT, related_name="+")
    email = models.EmailField()
    known = models.ForeignKey(DoctorAddress, models.PROTECT, null=True, related_name="+")
    called_number = models.CharField(max_length=40, blank=True)
    called_by = models.CharField(max_length=120, blank=True)
    at = models.DateTimeField()

    class Meta:
        app_label = "sealed"
        constraints = [
            models.CheckConstraint(
                name="an_address_is_known_or_confirmed_by_a_call",
                condition=Q(known__isnull=False) | (~Q(called_number="") & ~Q(called_by="")),
            ),
        ]


class OneTimeLinkCancelled(models.Model):
    """A link that was taken back before it was used."""

    replay = Replayed(
        key=("link__digest",),
        entered_by=("code_break.link_cancelled",),
        trial="link__participant__trial",
        participant="link__participant__number",
        sealed=True,
    )

    link = models.OneToOneField(OneTimeLink, models.PROTECT, related_name="+")
    by = models.ForeignKey(Delegation, models.PROTECT, related_name="+", db_constraint=False)
    at = models.DateTimeField()

    class Meta:
        app_label = "sealed"


class OpeningSignature(models.Model):
    """One of the two signatures without which the envelopes of a trial are not opened as a whole."""

    replay = Replayed(
        key=("part",), entered_by=("opening.signed",), trial="trial", participant="", sealed=True
    )

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
