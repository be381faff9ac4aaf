"""The first page of the pharmacy door."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from trial.models import Delegation
from trial.pages import NAVIGATION
from trial.permissions import may


def home(request: HttpRequest) -> HttpResponse:
    """The first page that the person's role opens."""
    by: Delegation = request.delegation  # type: ignore[attr-defined]
    names = [name for name, _label, permission in NAVIGATION["pharmacy"] if may(by.role, permission)]
    return redirect(names[0])
