"""Accounts: sign-up is closed, and a password can be asked for again."""

from __future__ import annotations

from allauth.account.adapter import DefaultAccountAdapter, get_adapter
from allauth.account.authentication import get_authentication_records
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext as _

from trial.refusals import Refusal


class ClosedDoorAdapter(DefaultAccountAdapter):
    """Nobody makes an account alone: an administrator makes it, for one named person."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Return False: accounts are made by command."""
        return False

    def set_password(self, user: AbstractBaseUser, password: str) -> None:
        """Change the password and nothing else: a door's database role may touch no other column."""
        user.set_password(password)
        user.save(update_fields=["password"])


class WrongPassword(Refusal):
    """The password that was asked for again is not this person's."""

    code = "wrong_password"
    status = 403


class TooManyTries(Refusal):
    """The password was wrong too often in a short time."""

    code = "too_many_requests"
    status = 429


def confirm_password(request: HttpRequest, password: str) -> None:
    """Check the password of the person at the screen once more (21 CFR 11.200(a)).

    Counts towards the same rate limit as a log-in. Raises WrongPassword or TooManyTries.
    """
    try:
        right = bool(password) and get_adapter(request).reauthenticate(request.user, password)
    except ValidationError as limit:
        sentence = _("Too many wrong passwords. Wait five minutes, then try again.")
        raise TooManyTries(sentence, {"password": sentence}) from limit
    if not right:
        sentence = _("That is not your password. Type the password you logged in with.")
        raise WrongPassword(sentence, {"password": sentence})


def used_second_factor(request: HttpRequest) -> bool:
    """Whether this session was opened with a second factor."""
    return any(record.get("method") == "mfa" for record in get_authentication_records(request, request.user))


def has_second_factor(request: HttpRequest) -> bool:
    """Whether the person has enrolled a second factor. Asked at the pharmacy door only."""
    from allauth.mfa.utils import is_mfa_enabled  # not installed at the clinic door

    return bool(is_mfa_enabled(request.user))
