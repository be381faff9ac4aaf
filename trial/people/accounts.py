"""Accounts: sign-up is closed, and whether a session was opened with a second factor."""

from __future__ import annotations

from allauth.account.authentication import get_authentication_records
from django.http import HttpRequest

from trial.people.tries.log_in import CountsTries, has_factor


class ClosedDoorAdapter(CountsTries):
    """Nobody makes an account alone: an administrator makes it, for one named person."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Return False: accounts are made by command."""
        return False


def used_second_factor(request: HttpRequest) -> bool:
    """Whether this session was opened with a second factor."""
    return any(record.get("method") == "mfa" for record in get_authentication_records(request, request.user))


def has_second_factor(request: HttpRequest) -> bool:
    """Whether the person has enrolled a second factor at this door."""
    return has_factor(request.user)
