"""Ends of duties and tokens: the column that a trigger writes, beside the row that ends them."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Exists, F, OuterRef, Q

from randomization.verifying.reports import Report
from trial.core.sentences import Sentence
from trial.models import ApiToken, AuditEntry, Delegation, Trial
from trial.permissions import GRANTS, Permission

CODE_BREAKERS = [role for role, granted in GRANTS.items() if Permission.BREAK_CODE in granted]
"""The end of such a duty may wait until somebody confirms it at the pharmacy door."""


def endings() -> Iterator[Report]:
    """Every trial: a duty or a token has ended when, and only when, a row ended it."""
    for trial in Trial.objects.order_by("pk"):
        duties = Delegation.objects.filter(trial=trial).select_related("user")
        tokens = ApiToken.objects.filter(delegation__trial=trial)
        ended = duties.filter(Q(end__isnull=False) | Q(ended_at__isnull=False)).count()
        yield Report(
            Sentence("ends of duties of %(trial)s", trial=trial.pk), ended, next(_of_duties(trial), "")
        )
        revoked = tokens.filter(Q(revoked__isnull=False) | Q(revoked_at__isnull=False)).count()
        yield Report(
            Sentence("ends of tokens of %(trial)s", trial=trial.pk), revoked, next(_of_tokens(trial), "")
        )


def _of_duties(trial: Trial) -> Iterator[Sentence]:
    """A duty that runs although it was ended, then one that has ended without a row, or at another moment."""
    duties = Delegation.objects.filter(trial=trial).select_related("user")
    for duty in duties.filter(end__isnull=False, ended_at=None).exclude(role__in=CODE_BREAKERS):
        yield Sentence(
            "the duty %(role)s of %(person)s was ended, and its row says that it runs",
            role=duty.role,
            person=duty.user.username,
        )
    told = AuditEntry.objects.filter(
        action="delegation.ended", subject=OuterRef("user__username"), at=OuterRef("ended_at"), rows=None
    )  # from before ends had rows of their own
    ended = duties.filter(ended_at__isnull=False).exclude(end__at=F("ended_at"))
    for duty in ended.exclude(Exists(told)):
        yield Sentence(
            "the duty %(role)s of %(person)s has ended, and no row ended it at that moment",
            role=duty.role,
            person=duty.user.username,
        )


def _of_tokens(trial: Trial) -> Iterator[Sentence]:
    tokens = ApiToken.objects.filter(delegation__trial=trial)
    for token in tokens.filter(revoked__isnull=False).exclude(revoked__at=F("revoked_at")):
        yield Sentence("the token %(name)s was revoked, and its row says that it is good", name=token.name)
    for token in tokens.filter(revoked_at__isnull=False, revoked=None):
        yield Sentence("the token %(name)s has ended, and no row revoked it", name=token.name)
