"""What a command asks of the person at the terminal."""

from __future__ import annotations

import getpass
import sys

from django.core.management.base import CommandError

from trial.models import User


def confirm_identity(user: User) -> None:
    """Ask for the person's password; from standard input where there is no terminal. Raises CommandError."""
    question = f"Password of {user.username}: "
    given = getpass.getpass(question) if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
    if not user.check_password(given):
        raise CommandError(f"That is not the password of {user.username}.")


def need_words(given: str, question: str) -> str:
    """The words given with the command, or typed now. Raises CommandError where there are none."""
    words = given or (input(f"{question} ") if sys.stdin.isatty() else "")
    if not words.strip():
        raise CommandError(f"{question} This is needed.")
    return words.strip()
