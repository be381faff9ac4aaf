"""Log-ins and passwords asked for again, with the tries counted: what the account library asks us to do."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.userkit import get_user_by_username
from django.apps import apps
from django.conf import settings
from django.contrib.auth import authenticate
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError
from django.http import HttpRequest

from trial.models import User
from trial.people.log_in.by_sign_on import METHOD, came_by_sign_on
from trial.people.tries.addresses import address_of
from trial.people.tries.noting import note_event
from trial.people.tries.turns import TooManyTries, Try, Turn, take_turn

TICKET = "too_soon"
"""Where a request keeps the refusal, for the page that says how long, and for the ticket's cookie."""


class CountsTries(DefaultAccountAdapter):
    """Looks at a password when it is its turn: by account and network address, whatever `Host` says."""

    turn: Turn

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Count the try before the password is looked at. Raises ValidationError when it is too soon."""
        name = str(credentials.get("username", "")).strip()
        user = get_user_by_username(name) if name else None
        self.turn = turn_for("log_in", request, user=user, name=name)

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """A wrong password, or a name that no account has."""
        self.turn.wrong()

    def _rollback_login_failed_rl_usage(self) -> None:
        """The library's word for: the password was right."""
        self.turn.right()

    def login(self, request: HttpRequest, user: Any) -> None:
        """Somebody is in: with all that was asked of them."""
        super().login(request, user)
        body = {"way": METHOD} if came_by_sign_on(request) else {}
        note_event("log_in.done", user=user, request=request, body=body)

    def logout(self, request: HttpRequest) -> None:
        """Somebody leaves."""
        if isinstance(request.user, User):
            note_event("log_out.done", user=request.user, request=request)
        super().logout(request)

    def set_password(self, user: Any, password: str) -> None:
        """Change the password and nothing else: a door's database role may touch no other column."""
        user.set_password(password)
        user.save(update_fields=["password"])
        note_event("password.changed", user=user, request=self.request)

    def reauthenticate(self, user: Any, password: str) -> bool:
        """Whether this is the person's password. Only whoever has their session can hold them up."""
        turn = turn_for("confirm", self.request, user=user)
        found = authenticate(self.request, username=user.username, password=password)
        right = found is not None and found.pk == user.pk
        (turn.right if right else turn.wrong)()
        return right


def turn_for(what: str, request: HttpRequest, *, user: User | None, name: str = "") -> Turn:
    """The turn of a try that came by a page. Raises ValidationError, which the page shows.

    A name that no account has is answered like the accounts that are usual behind this door.
    """
    slowed_only = has_factor(user) if user else not settings.CLINIC
    tried = Try(what, address_of(request), request.at, user=user, name=name, slowed_only=slowed_only)  # type: ignore[attr-defined]
    try:
        return take_turn(tried, ticket=request.COOKIES.get(ticket_cookie(), ""))
    except TooManyTries as reason:
        setattr(request, TICKET, reason)
        raise ValidationError(str(reason), code=reason.code) from reason


def has_factor(user: User | AnonymousUser) -> bool:
    """Whether a password alone opens nothing here, since the account has a second factor at this door."""
    if not apps.is_installed("allauth.mfa"):
        return False
    from allauth.mfa.utils import is_mfa_enabled

    return bool(is_mfa_enabled(user))


def ticket_cookie() -> str:
    """The name of the cookie that holds a ticket."""
    prefix = "" if settings.PLAIN_HTTP else "__Host-"
    return f"{prefix}velum-{settings.VELUM_DOOR}-turn"
