"""What a door's answers tell: files and prints taken, acts refused, and that it was too soon for a try."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from trial.models import Delegation
from trial.people.tries.addresses import address_of
from trial.people.tries.counting import add, key_of
from trial.people.tries.folding import count_failure
from trial.people.tries.log_in import TICKET, ticket_cookie
from trial.people.tries.noting import note_event
from trial.people.tries.pace import is_tenfold
from trial.people.tries.turns import TICKET_LASTS, TooManyTries

PRINTS = frozenset({"calendar", "delegation_log", "receipt", "sheets"})
"""The pages that are made to be printed, by the names of their addresses."""
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
REFUSED = frozenset({403, 404, 409, 410})
"""Answers to an act that was understood and not done."""
COUNTED_ELSEWHERE = frozenset({"wrong_password", "wrong_second_factor", "too_many_requests"})


class Watch:
    """Enters what people take along and what they were refused; turns "too soon" into an answer 429."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, and note what the answer means."""
        response = self.get_response(request)
        by: Delegation | None = getattr(request, "delegation", None) or _of_token(request)
        if by is not None:
            _note(request, response, by)
        elif response.status_code == 401 and "Authorization" in request.headers:
            count_failure("token", address=address_of(request), at=request.at)  # type: ignore[attr-defined]
        reason: TooManyTries | None = getattr(request, TICKET, None)
        if reason:
            _say_when(response, reason)
        return response


def _of_token(request: HttpRequest) -> Delegation | None:
    """Whose token came with a request to the API."""
    return getattr(getattr(request, "auth", None), "delegation", None)


def _note(request: HttpRequest, response: HttpResponseBase, by: Delegation) -> None:
    """Enter a file, a print or a refusal; of the same refusal the 1st, 10th, 100th within an hour."""
    place = request.resolver_match
    if place is None:
        return
    page = place.url_name or request.path
    number = str(place.kwargs.get("number", ""))[:40]
    if request.method == "GET" and response.status_code == 200:
        if action := _taken(page, response):
            note_event(action, user=by.user, request=request, by=by, subject=number, body={"page": page})
    elif _is_refused(request, response):
        body = {"page": page, "status": response.status_code}
        if code := getattr(request, "refusal", ""):
            body["code"] = code
        count = add(key_of("refused", by.user.username, page, str(response.status_code)), at=request.at)  # type: ignore[attr-defined]
        if is_tenfold(count):
            said = body | {"count": count}
            note_event("act.refused", user=by.user, request=request, by=by, subject=number, body=said)


def _taken(page: str, response: HttpResponseBase) -> str:
    if response.headers.get("Content-Disposition", "").startswith("attachment"):
        return "file.taken"
    return "print.taken" if page in PRINTS else ""


def _is_refused(request: HttpRequest, response: HttpResponseBase) -> bool:
    if getattr(request, "refusal", "") in COUNTED_ELSEWHERE:
        return False
    return response.status_code == 403 or (request.method not in SAFE and response.status_code in REFUSED)


def _say_when(response: HttpResponse, reason: TooManyTries) -> None:
    response.status_code = reason.status
    response.headers["Retry-After"] = str(reason.seconds)
    if reason.ticket:
        response.set_cookie(
            ticket_cookie(),
            reason.ticket,
            max_age=int(TICKET_LASTS.total_seconds()),
            secure=not settings.PLAIN_HTTP,
            httponly=True,
            samesite="Strict",
        )
