"""What a command asks of the person at the terminal."""

from __future__ import annotations

import getpass
import sys

from django.conf import settings
from django.core.management.base import CommandError

from trial.models import Delegation, User
from trial.models.people import DelegationQuerySet


def duties_of(username: str) -> DelegationQuerySet:
    """The running duties of the person who is named. Raises CommandError where the account is shut.

    A shut account has none, and whoever reads "no such duty" would give it another.
    """
    if User.objects.filter(username=username, is_active=False).exists():
        raise CommandError(f"The account of {username} is not active.")
    return Delegation.objects.running().filter(user__username=username)


def confirm_identity(user: User) -> None:
    """Ask for the person's password. Where standard input is no terminal, its first line is the password.

    What stands below that line is left there for the command. Raises CommandError; an inactive
    account is asked nothing.
    """
    if not user.is_active:
        raise CommandError(f"The account of {user.username} is not active.")
    given = getpass.getpass(f"Password of {user.username}: ") if sys.stdin.isatty() else _first_line()
    if not user.check_password(given):
        raise CommandError(f"That is not the password of {user.username}.")


def _first_line() -> str:
    """Read as bytes where that is possible, so that a file may follow in the same stream."""
    source = getattr(sys.stdin, "buffer", sys.stdin)
    line = source.readline()
    words = line if isinstance(line, str) else line.decode("utf-8", "replace")
    return words.rstrip("\r\n")


def need_words(given: str, question: str) -> str:
    """The words given with the command, or typed now. Raises CommandError where there are none."""
    words = given or (input(f"{question} ") if sys.stdin.isatty() else "")
    if not words.strip():
        raise CommandError(f"{question} This is needed.")
    return words.strip()


def clinic_address(given: str) -> str:
    """Where the clinic door is reached, as a person types it into a browser."""
    if given:
        return given.rstrip("/")
    return f"{'http' if settings.PLAIN_HTTP else 'https'}://{settings.ALLOWED_HOSTS[0]}"
