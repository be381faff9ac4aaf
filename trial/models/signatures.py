"""Electronic signatures: who signed what, with which meaning, when, and the digest of what was signed.

21 CFR 11.50 (name, time, meaning), 11.70 (linked to the record). The sealed side keeps a table of its own in
the same shape (`randomization.sealed`), which the clinic cannot read.
"""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from trial.core.chain import canonical
from trial.models.people import Delegation
from trial.models.replay import NotReplayed
from trial.models.trials import Site, Trial


def content_text(content: Mapping[str, object]) -> str:
    """What is signed as canonical JSON."""
    return canonical(dict(content))


def digest_of(content: Mapping[str, object]) -> str:
    """SHA-256 of that text, as lower-case hexadecimal."""
    return sha256(content_text(content).encode()).hexdigest()


class SignedAct(models.TextChoices):
    """What is signed with a secret that is given again."""

    DRAW = "draw", _("randomisation")
    PAPER_DRAW = "paper_draw", _("randomisation on paper, entered")
    TRUE_STRATUM = "true_stratum", _("correction of the stratum")
    DRAWN_IN_ERROR = "drawn_in_error", _("randomisation in error")
    ELIGIBILITY = "eligibility", _("confirmation of eligibility")
    WITHDRAWAL = "withdrawal", _("withdrawal, death or loss")
    WITHDRAWAL_CORRECTED = "withdrawal_corrected", _("correction of a withdrawal, death or loss")
    DEVIATION_CLOSED = "deviation_closed", _("closure of a deviation")
    DATA_LOCK = "data_lock", _("data lock")
    ACCESS_REVIEW = "access_review", _("review of access")
    LIST_MADE = "list_made", _("list made")
    LIST_BROUGHT = "list_brought", _("list brought")
    ORDER_KEPT = "order_kept", _("rare order of a list taken")
    LIST_CHECKED = "list_checked", _("list accepted")
    LIST_SEALED = "list_sealed", _("list sealed")
    LIST_ACTIVATED = "list_activated", _("list activated")
    LIST_SET_ASIDE = "list_set_aside", _("list set aside")
    RELEASE = "release", _("release of a preparation")
    CODE_BREAK = "code_break", _("code break")
    CODE_BREAK_ELSEWHERE = "code_break_elsewhere", _("code break elsewhere, entered")
    LINK_MADE = "link_made", _("one-time link made")
    DUTY_CONFIRMED = "duty_confirmed", _("duty confirmed")
    END_CONFIRMED = "end_confirmed", _("end of a duty confirmed")
    UNBLINDED_EXPORT = "unblinded_export", _("unblinded export")
    OPENING = "opening", _("opening at the end of the trial")


class SignatureBase(models.Model):
    """One signature; or, where a system acted by token, that nobody signed.

    `record` names what was signed, `content` says it as canonical JSON, `digest` is its SHA-256. `name` is
    the name as it was printed; it is empty where `system` acted for the person of `by`. `zone` is that in
    which `at` is shown. `both_parts` says that the user name was given with the secret. `audit_hash` is the
    entry of the act. `countersigns` is the act of a system under which a person put a signature afterwards.
    """

    trial = models.ForeignKey(Trial, models.PROTECT, related_name="+")
    site = models.ForeignKey(Site, models.PROTECT, null=True, related_name="+")
    act = models.CharField(max_length=24, choices=SignedAct)
    record = models.CharField(max_length=80)
    subject = models.CharField(max_length=120)
    content = models.TextField()
    digest = models.CharField(max_length=64)
    meaning = models.CharField(max_length=200)
    name = models.CharField(max_length=301, blank=True)
    role = models.CharField(max_length=24)
    system = models.CharField(max_length=80, blank=True)
    both_parts = models.BooleanField(default=False)
    by = models.ForeignKey(Delegation, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    zone = models.CharField(max_length=64)
    audit_hash = models.CharField(max_length=64)
    countersigns = models.OneToOneField("self", models.PROTECT, null=True, related_name="countersignature")

    class Meta:
        abstract = True


def constraints(table: str) -> list[models.BaseConstraint]:
    """What holds for the signatures of either door."""
    return [
        models.CheckConstraint(
            name=f"{table}_names_a_person_or_a_system",
            condition=(~Q(name="") & Q(system="")) | (Q(name="") & ~Q(system="") & Q(both_parts=False)),
        ),
        models.CheckConstraint(name=f"{table}_is_of_a_known_act", condition=Q(act__in=SignedAct.values)),
    ]


class Signature(SignatureBase):
    """A signature of the clinic's side."""

    replay = NotReplayed("written after its entry, whose hash and digest it names: compared with that")

    class Meta:
        ordering = ["id"]
        constraints = constraints("a_signature")
        indexes = [models.Index(fields=["act", "record"], name="signatures_of_a_record")]
