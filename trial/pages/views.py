"""The pages that both doors share: health, language, duty, and what errors look like."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import check_for_language
from django.views.decorators.http import require_GET, require_POST

from trial.hooks import CatchesUp, ask_apps
from trial.pages.middleware import AtTheDoor
from trial.rest.problems import problem_page
from trial.wording.clock import clock_fault


@login_not_required
@require_GET
def health(request: AtTheDoor) -> HttpResponse:
    """Whether this door answers, reaches its database, and has a clock that can be right. Says nothing else.

    A wrong clock is `clock` with status 200: the door must not be taken away for it, but somebody must look.
    Who asks for it every few seconds also has the door do what another process of it has left lying.
    """
    try:
        for app in ask_apps(CatchesUp):
            app.catch_up(at=request.at)
        wrong = clock_fault(at=request.at)
    except DatabaseError:
        return JsonResponse({"status": "no database"}, status=503)
    return JsonResponse({"status": "clock" if wrong else "ok"})


@login_not_required
@require_POST
def choose_language(request: HttpRequest) -> HttpResponse:
    """Keep the person's language: in the account when logged in, in a cookie otherwise."""
    language = request.POST.get("language", "")
    response = redirect(_back(request))
    if language not in dict(settings.LANGUAGES) or not check_for_language(language):
        return response
    if request.user.is_authenticated:
        request.user.language = language
        request.user.save(update_fields=["language"])
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        secure=not settings.PLAIN_HTTP,
        httponly=True,
        samesite="Strict",
    )
    return response


@require_POST
def choose_duty(request: AtTheDoor) -> HttpResponse:
    """Act from now on in another of one's own delegations."""
    wanted = request.POST.get("delegation", "")
    if wanted in {str(row.pk) for row in request.delegations}:
        request.session["delegation"] = wanted
        request.session.cycle_key()
    return redirect("home")


def _back(request: HttpRequest) -> str:
    """The page to return to, if it is one of ours."""
    wanted = request.POST.get("next", "")
    good = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if good else "/"


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400, as a page or as problem details."""
    return problem_page(request, 400) or render(request, "400.html", status=400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403, as a page or as problem details."""
    return problem_page(request, 403) or render(request, "403.html", status=403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404, as a page or as problem details."""
    return problem_page(request, 404) or render(request, "404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """500: no context, no detail, no arm."""
    return problem_page(request, 500) or render(request, "500.html", status=500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that did not come from our page, or came too late."""
    return problem_page(request, 403) or render(request, "403.html", status=403)
