"""The first page of the pharmacy door."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect

from trial.middleware import OnDuty
from trial.pages import navigation_of


def home(request: OnDuty) -> HttpResponse:
    """The first page that the person's role opens."""
    return redirect(navigation_of(request.delegation.role)[0].name)
