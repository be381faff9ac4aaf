"""The emergency page: what to do first, how a code is broken, and what to do when all is down."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from trial.hooks import OffersUnblinding, ask_apps

LINES = (
    _("Investigator on call"),
    _("Pharmacy on call"),
    _("Whoever runs Velum"),
    _("Sponsor"),
    _("Address of the pharmacy door"),
)
"""What no program can know on the night that it is down."""


@login_not_required
@require_safe
def emergency(request: HttpRequest) -> HttpResponse:
    """Open to everybody at both doors; behind the pharmacy door one step away from breaking a code."""
    unblinding = "".join(app.unblinding_page() for app in ask_apps(OffersUnblinding))
    return render(request, "trial/emergency.html", {"unblinding": unblinding, "lines": LINES})
