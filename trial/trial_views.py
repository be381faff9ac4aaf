"""The first page, and the trail for those who watch over the trial."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.generic import TemplateView

from trial.audit import shown
from trial.models import AuditChain, AuditEntry, Delegation
from trial.pages import Page, navigation_of
from trial.permissions import Permission
from trial.samples import sample

ENTRIES = 50


def home(request: HttpRequest) -> HttpResponse:
    """The first page that the person's role opens."""
    by: Delegation = request.delegation  # type: ignore[attr-defined]
    for entry in navigation_of(by.role):
        return redirect(entry.name)
    return render(request, "trial/no_pages.html")


def components(request: HttpRequest) -> HttpResponse:
    """Every component of the design, for whoever works on it. Demonstrations only."""
    return render(request, "trial/components.html", {"sample": sample()})


class AuditTrail(Page, TemplateView):
    """The blinded trail within reach, newest first; one participant's or one person's with `?q=`."""

    permission = Permission.VIEW_AUDIT
    template_name = "trial/audit.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        """One page of entries, and the heads of the chains as they stand now."""
        typed = self.request.GET.get("q", "").strip()
        entries = trail(self.by)
        if typed:
            entries = entries.filter(subject__iexact=typed) | entries.filter(actor__iexact=typed)
        page = Paginator(entries, ENTRIES).get_page(self.request.GET.get("page"))
        return super().get_context_data(
            page=page,
            rows=[(entry, details(entry)) for entry in page],
            chains=chains(self.by),
            q=typed,
            at=timezone.now(),
            **context,
        )


def chains(by: Delegation) -> QuerySet[AuditChain]:
    """The chains of this trial that the delegation reaches: its site's and the trial's own."""
    heads = AuditChain.objects.filter(trial_id=by.trial_id).select_related("site").order_by("site__number")
    return heads.filter(site__in=[by.site_id]) | heads.filter(site=None) if by.site_id else heads


def trail(by: Delegation) -> QuerySet[AuditEntry]:
    """The entries of those chains, newest first."""
    return (
        AuditEntry.objects.filter(chain__in=chains(by)).select_related("chain__site").order_by("-at", "-id")
    )


def details(entry: AuditEntry) -> list[tuple[str, str]]:
    """What an entry says beyond its headline, as names and values."""
    return [(name, _flat(value)) for name, value in shown(entry).items() if value not in (None, "", [], {})]


def _flat(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name}: {_flat(inner)}" for name, inner in value.items())
    return ", ".join(map(_flat, value)) if isinstance(value, list) else str(value)
