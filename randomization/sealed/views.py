"""The first page of the pharmacy door."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from trial.models import Delegation
from trial.pages import navigation_of


def home(request: HttpRequest) -> HttpResponse:
    """The first page that the person's role opens."""
    by: Delegation = request.delegation  # type: ignore[attr-defined]
    return redirect(navigation_of(by.role)[0].name)
