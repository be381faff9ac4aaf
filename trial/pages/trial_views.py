"""The first page, and the blinded trail for those who watch over the trial."""

from __future__ import annotations

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render

from trial.models import AuditChain, AuditEntry
from trial.pages.frame import navigation_of
from trial.pages.middleware import OnDuty
from trial.pages.trail import Trail
from trial.permissions import Permission
from trial.queries import chains_for, trail_for


def home(request: OnDuty) -> HttpResponse:
    """The first page that the person's role opens."""
    for entry in navigation_of(request.delegation.role):
        return redirect(entry.name)
    return render(request, "trial/no_pages.html")


class AuditTrail(Trail):
    """The blinded trail within reach."""

    permission = Permission.VIEW_AUDIT

    def entries(self) -> QuerySet[AuditEntry]:
        """The entries of the person's site and of the trial."""
        return trail_for(self.by)

    def chains(self) -> QuerySet[AuditChain]:
        """Their chains."""
        return chains_for(self.by)
