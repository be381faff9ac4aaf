"""What this browser keeps between the question and the answer: a signed cookie, good for ten minutes.

No row is written for whoever presses the button, so strangers who press it fill nothing.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import timedelta
from hmac import compare_digest
from secrets import token_urlsafe

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

LASTS = timedelta(minutes=10)
_SALT = "velum.sign_on"


@dataclass(frozen=True)
class Ticket:
    """One question: its own name, what the answer must repeat, and what it is for.

    `links` is the person who links an account while they are logged in; empty for a log-in.
    """

    asked_at: float
    verifier: str
    links: str = ""
    then: str = ""
    state: str = field(default_factory=lambda: token_urlsafe(32))
    nonce: str = field(default_factory=lambda: token_urlsafe(32))


def give_ticket(answer: HttpResponse, ticket: Ticket) -> None:
    """Let this browser, and no page's script, keep the ticket."""
    answer.set_cookie(
        _name(),
        signing.dumps(asdict(ticket), salt=_SALT),
        max_age=int(LASTS.total_seconds()),
        secure=not settings.PLAIN_HTTP,
        httponly=True,
        samesite="Strict",
    )


def take_ticket(request: HttpRequest) -> Ticket | None:
    """The ticket of the question to which this request brings the answer; None where there is no such."""
    try:
        ticket = Ticket(**signing.loads(request.COOKIES.get(_name(), ""), salt=_SALT))
    except (signing.BadSignature, TypeError, ValueError):
        return None
    age = request.at.timestamp() - ticket.asked_at  # type: ignore[attr-defined]  # set by the outermost middleware
    same = compare_digest(ticket.state.encode(), request.GET.get("state", "").encode())
    return ticket if same and 0 <= age < LASTS.total_seconds() else None


def use_up(answer: HttpResponse) -> None:
    """Let the browser forget its ticket."""
    answer.delete_cookie(_name(), samesite="Strict")


def _name() -> str:
    prefix = "" if settings.PLAIN_HTTP else "__Host-"
    return f"{prefix}velum-{settings.VELUM_DOOR}-sign-on"
