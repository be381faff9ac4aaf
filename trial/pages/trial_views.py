"""The first page, and the trail for those who watch over the trial."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.generic import TemplateView

from trial.models import AuditEntry
from trial.pages.frame import Page, navigation_of
from trial.pages.middleware import OnDuty
from trial.permissions import Permission
from trial.queries import chains_for, trail_for

ENTRIES = 50


def home(request: OnDuty) -> HttpResponse:
    """The first page that the person's role opens."""
    for entry in navigation_of(request.delegation.role):
        return redirect(entry.name)
    return render(request, "trial/no_pages.html")


class AuditTrail(Page, TemplateView):
    """The blinded trail within reach, newest first; one participant's or one person's with `?q=`."""

    permission = Permission.VIEW_AUDIT
    template_name = "trial/audit.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        """One page of entries, and the heads of the chains as they stand now."""
        typed = self.request.GET.get("q", "").strip()
        entries = trail_for(self.by)
        if typed:
            entries = entries.filter(subject__iexact=typed) | entries.filter(actor__iexact=typed)
        page = Paginator(entries, ENTRIES).get_page(self.request.GET.get("page"))
        return super().get_context_data(
            page=page,
            rows=[(entry, details(entry)) for entry in page],
            chains=chains_for(self.by),
            q=typed,
            at=self.at,
            **context,
        )


def details(entry: AuditEntry) -> list[tuple[str, str]]:
    """What an entry says beyond its headline, as names and values."""
    return [(name, _flat(value)) for name, value in entry.shown().items() if value not in (None, "", [], {})]


def _flat(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name}: {_flat(inner)}" for name, inner in value.items())
    return ", ".join(map(_flat, value)) if isinstance(value, list) else str(value)
