"""Every component of the design on one page, for whoever works on it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from trial.demo.component_samples import sample


def components(request: HttpRequest) -> HttpResponse:
    """Every component of the design. Demonstrations only."""
    return render(request, "trial/components.html", {"sample": sample()})
