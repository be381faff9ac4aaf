"""The page of one's own sessions."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.generic import View

from trial.models import User
from trial.people.log_in.sessions import SessionGone, end_session, end_sessions, sessions_of


class OwnSessions(View):
    """Where somebody is signed in at this door, and the end of it."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """The list."""
        rows = sessions_of(cast("User", request.user), here=request.session.session_key)
        return render(request, "account/sessions.html", {"sessions": rows, "others": len(rows) > 1})

    def post(self, request: HttpRequest) -> HttpResponse:
        """End one session, or all others."""
        wanted = request.POST.get("session", "")
        if wanted.isascii() and wanted.isdigit() and len(wanted) < 19:
            self._end_one(int(wanted))
        else:
            self._end_others()
        return redirect("account_sessions")

    def _end_one(self, number: int) -> None:
        try:
            end_session(cast("User", self.request.user), number)
            messages.success(self.request, _("This session has ended. Its pages open no more."))
        except SessionGone as reason:
            messages.info(self.request, str(reason))

    def _end_others(self) -> None:
        me, here = cast("User", self.request.user), self.request.session.session_key
        ended = end_sessions(me, but=here)
        said = ngettext("%(count)s other session has ended.", "%(count)s other sessions have ended.", ended)
        messages.success(self.request, said % {"count": ended})
