"""What every request passes through: headers, language, and the door itself."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from trial.models import Delegation
from trial.people.accounts import has_second_factor, used_second_factor
from trial.permissions import DOORS
from trial.policies import delegations_of

Answer = Callable[[HttpRequest], HttpResponse]

PERMISSIONS_POLICY = "camera=(), geolocation=(), microphone=(), payment=(), usb=()"


class AtTheDoor(HttpRequest):
    """A request that brings its moment, and once the door has looked, in which roles the person could act."""

    at: datetime
    delegation: Delegation | None
    delegations: list[Delegation]


class OnDuty(AtTheDoor):
    """A request of somebody who acts: the role, the site and the trial are known."""

    delegation: Delegation


class ReadClock:
    """Reads the clock, once: whatever the request does, shows and records has this one moment, `request.at`.

    It is the moment of arrival. No page, no endpoint and nothing below them reads a clock again.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: AtTheDoor) -> HttpResponse:
        """Read the clock once, then answer."""
        request.at = timezone.now()
        return self.get_response(request)


class SecurityHeaders:
    """Headers that Django has no setting for. Nothing but static files may be stored."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, with the headers added."""
        response = self.get_response(request)
        response.headers["Permissions-Policy"] = PERMISSIONS_POLICY
        response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
        if not request.path.startswith(f"/{settings.STATIC_URL.strip('/')}/"):
            response.headers["Cache-Control"] = "no-store"
        return response


class PersonLanguage:
    """A person who has chosen a language gets it wherever they log in."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer in the person's language, if one was chosen."""
        language = getattr(request.user, "language", "")
        if language:
            translation.activate(language)
            request.LANGUAGE_CODE = translation.get_language()
        return self.get_response(request)


class StillHere:
    """Keeps a session alive while somebody works, by saving it at most once a minute.

    Saving it with every page would be a write to the database for every look at one. A session then ends
    between fourteen and fifteen minutes after the last page (four and five behind the pharmacy door).
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: AtTheDoor) -> HttpResponse:
        """Note the minute, if it is another one than the last noted."""
        minute = int(request.at.timestamp()) // 60
        if request.user.is_authenticated and request.session.get("minute") != minute:
            request.session["minute"] = minute
        return self.get_response(request)


class Door:
    """Sets `request.delegation`: in which role, at which site, in which trial the person acts.

    Whoever has no duty behind this door goes no further than a page that says so. The pharmacy
    door also wants a second factor; of who has none it opens the account's own pages, to set one up.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: AtTheDoor) -> HttpResponse:
        """Answer, unless the person cannot use this door."""
        request.delegation = None
        if not request.user.is_authenticated or self._is_open(request):
            return self._earlier_log_in(request) or self.get_response(request)
        request.delegations = delegations_of(request.user, roles=DOORS[settings.VELUM_DOOR])
        request.delegation = _chosen(request)
        if request.delegation is None:
            return render(request, "trial/no_duty.html", status=403)
        return self._second_factor(request) or self.get_response(request)

    @staticmethod
    def _is_open(request: HttpRequest) -> bool:
        """Accounts' own pages, static files, the API (which has tokens), the worst night: no delegation."""
        static = f"/{settings.STATIC_URL.strip('/')}/"
        own = ("/accounts/", "/api/", "/emergency/", "/health", "/language/", static)
        return request.path.startswith(own)

    @staticmethod
    def _second_factor(request: HttpRequest) -> HttpResponseRedirect | None:
        if settings.VELUM_DOOR != "pharmacy" or used_second_factor(request):
            return None
        if not has_second_factor(request):
            return redirect("mfa_activate_totp")
        return _log_in_again(request, f"?next={request.path}")

    @staticmethod
    def _earlier_log_in(request: HttpRequest) -> HttpResponseRedirect | None:
        """Ends a session that began before the person had a second factor, on the account's pages as well.

        Whoever knew the password then could read the recovery codes in it now.
        """
        if settings.CLINIC or not request.path.startswith("/accounts/") or used_second_factor(request):
            return None
        return _log_in_again(request) if has_second_factor(request) else None


def _log_in_again(request: HttpRequest, then: str = "") -> HttpResponseRedirect:
    logout(request)
    messages.info(request, _("Log in again, with your second factor."))
    return redirect(reverse("account_login") + then)


def _chosen(request: AtTheDoor) -> Delegation | None:
    """The delegation that the session names, or else the oldest."""
    wanted = request.session.get("delegation")
    chosen = [row for row in request.delegations if str(row.pk) == wanted]
    return next(iter(chosen or request.delegations), None)
