"""The first page of the pharmacy door."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect

from trial.pages.frame import navigation_of
from trial.pages.middleware import OnDuty


def home(request: OnDuty) -> HttpResponse:
    """The first page that the person's role opens."""
    return redirect(navigation_of(request.delegation.role)[0].name)
