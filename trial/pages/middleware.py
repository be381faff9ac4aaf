"""What every request passes through: headers, language, and the door itself."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import cast

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from trial.models import Delegation, User
from trial.people.accounts import has_second_factor, used_second_factor
from trial.people.duties.refused import enter_refused_post
from trial.people.log_in.sessions import is_over, keep_track, renews_itself
from trial.permissions import DOORS
from trial.policies import delegations_of, sessions_were_ended
from trial.refusals import Refusal
from trial.rest.problems import MEDIA_TYPE, problem_body

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


class EncipheredOnly:
    """Refuses what a program sends without TLS, where a browser would be led on to https.

    A program that is led on works, so nobody notices that its token or calendar address went over the wire
    in clear. Refused, it is mended; the sentence says what has been seen by others.
    """

    PROGRAMS = ("/api/", "/feeds/")

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, unless a program came in clear to an installation that demands TLS."""
        clear = settings.SECURE_SSL_REDIRECT and not request.is_secure()
        if not clear or not request.path.startswith(self.PROGRAMS):
            return self.get_response(request)
        said = _(
            "Use https. What was sent by http could be read on the way: have the token or address ended."
        )
        body = problem_body(400, detail=said)
        return JsonResponse(body, status=400, content_type=MEDIA_TYPE)


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
    between fourteen and fifteen minutes after the last page (four and five behind the pharmacy door), and
    after `VELUM_SESSION_HOURS` whatever was done in it. A page that renews itself counts for nothing.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: AtTheDoor) -> HttpResponse:
        """Note the minute, if it is another one than the last noted; or end what has lasted a working day."""
        if request.user.is_authenticated:
            if is_over(request, request.at):
                logout(request)
                messages.info(request, _("You were signed in for a whole working day. Sign in again."))
            elif not renews_itself(request):
                keep_track(request, request.user, request.at)
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
            return self._ended(request) or self._earlier_log_in(request) or self.get_response(request)
        began, roles = began_at(request), DOORS[settings.VELUM_DOOR]
        request.delegations = delegations_of(request.user, roles=roles, since=began, at=request.at)
        if any(getattr(duty, "sessions_over", False) for duty in request.delegations):
            return _log_in_again(request, said=_("Your sessions were ended. Log in again."))
        request.delegation = _chosen(request)
        if request.delegation is None:
            return self._without_duty(request)
        return self._second_factor(request) or self.get_response(request)

    @staticmethod
    def _without_duty(request: AtTheDoor) -> HttpResponse:
        """The page that says that there is no duty. What was sent all the same is refused, and entered."""
        if request.method == "POST":
            enter_refused_post(request, cast(User, request.user))
        return render(request, "trial/no_duty.html", {"sent": request.method == "POST"}, status=403)

    @staticmethod
    def _ended(request: AtTheDoor) -> HttpResponseRedirect | None:
        """Ends a session on the account's own pages, which know no duty, if the person's were ended."""
        if not request.user.is_authenticated or not request.path.startswith("/accounts/"):
            return None
        over = sessions_were_ended(request.user, since=began_at(request), at=request.at)
        return _log_in_again(request, said=_("Your sessions were ended. Log in again.")) if over else None

    @staticmethod
    def process_exception(request: HttpRequest, fault: Exception) -> HttpResponse | None:
        """What is refused while a page is made, as a protocol whose text was changed, is a page as well."""
        if not isinstance(fault, Refusal):
            return None
        said = {"reason": str(fault), "title": _("This cannot be done")}
        return render(request, "trial/refused.html", said, status=fault.status)

    @staticmethod
    def _is_open(request: HttpRequest) -> bool:
        """Accounts' own pages, static files, the API (which has tokens), the worst night: no delegation."""
        static = f"/{settings.STATIC_URL.strip('/')}/"
        own = ("/accounts/", "/api/", "/emergency/", "/health", "/language/", static)
        return request.path.startswith(own)

    @staticmethod
    def _second_factor(request: HttpRequest) -> HttpResponseRedirect | None:
        if not settings.VELUM_SECOND_FACTOR or used_second_factor(request):
            return None
        if not has_second_factor(request):
            return redirect("mfa_activate_totp")
        return _log_in_again(request, f"?next={request.path}")

    @staticmethod
    def _earlier_log_in(request: HttpRequest) -> HttpResponseRedirect | None:
        """Ends a session that began before the person had a second factor, on the account's pages as well.

        Whoever knew the password then could read the recovery codes in it now.
        """
        if not request.path.startswith("/accounts/") or used_second_factor(request):
            return None
        return _log_in_again(request) if has_second_factor(request) else None


def began_at(request: HttpRequest) -> datetime:
    """The moment of the log-in; of a session that does not know it, the beginning of time."""
    return datetime.fromtimestamp(request.session.get("began", 0), UTC)


def note_log_in(request: AtTheDoor) -> None:
    """Keep in the session when it began: with the request that logged in, as every request through the door.

    Where a program makes a session without one, its first page notes it (`StillHere`).
    """
    if (at := getattr(request, "at", None)) is not None:
        request.session["began"] = at.timestamp()


def _log_in_again(request: HttpRequest, then: str = "", said: str = "") -> HttpResponseRedirect:
    logout(request)
    messages.info(request, said or _("Log in again, with your second factor."))
    return redirect(reverse("account_login") + then)


def _chosen(request: AtTheDoor) -> Delegation | None:
    """The delegation that the session names, or else the oldest."""
    wanted = request.session.get("delegation")
    chosen = [row for row in request.delegations if str(row.pk) == wanted]
    return next(iter(chosen or request.delegations), None)
