"""What is refused to people whose duty has ended is entered: the 1st, 10th, 100th time within an hour.

By the door at which they came, in its own trail, with the network address and in no role: they have none.
"""

from __future__ import annotations

from django.http import HttpRequest

from trial.models import ApiToken, Delegation, User
from trial.people.tries.counting import add, key_of
from trial.people.tries.noting import note_event
from trial.people.tries.pace import is_tenfold


def enter_refused_post(request: HttpRequest, user: User) -> None:
    """Enter that a form came from somebody without a duty at this door; of whoever never had one, nothing."""
    elsewhere = Delegation.objects.running().filter(user=user).exists()
    why = "no duty behind this door" if elsewhere else "duty ended"
    action = "act.refused" if elsewhere else "form.refused"
    _enter(action, user, request, {"path": request.path, "why": why}, which="form")


def enter_refused_token(request: HttpRequest, token: ApiToken) -> None:
    """Enter that a token was tried whose duty or account has ended, or which is revoked."""
    said = {"name": token.name, "why": "duty ended"}
    _enter("token.refused", token.user, request, said, which=str(token.pk), by=token.delegation)


def _enter(
    action: str,
    user: User,
    request: HttpRequest,
    body: dict[str, str],
    *,
    which: str,
    by: Delegation | None = None,
) -> None:
    at = request.at  # type: ignore[attr-defined]  # set by the outermost middleware
    count = add(key_of(action, user.username, which), at=at)
    if is_tenfold(count):
        note_event(action, user=user, request=request, by=by, body=body | {"count": count})
