"""Confirming at a command what it asks about: `--confirm FIELD=VALUE`, of one very value."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandError, CommandParser

from trial.refusals import NotConfirmed, in_page_language


def add_confirm(parser: CommandParser) -> None:
    """Take what is confirmed: the very value, by the name under which it was asked about."""
    parser.add_argument(
        "--confirm",
        metavar="FIELD=VALUE",
        action="append",
        default=[],
        help="an unlikely value that is right",
    )


def confirmed_in(options: dict[str, Any]) -> dict[str, str]:
    """What was confirmed, by field."""
    pairs = [text.rpartition("=") for text in options["confirm"]]
    if wrong := [field + sign + value for field, sign, value in pairs if not (field and sign and value)]:
        raise CommandError(f"{wrong[0]} is not of the form FIELD=VALUE.")
    return {field: value for field, _sign, value in pairs}


def asked_in_words(reason: NotConfirmed) -> str:
    """Each question, with the words that confirm."""
    lines = [
        f"{in_page_language(doubt.asks)} --confirm {doubt.field}={doubt.value}" for doubt in reason.doubts
    ]
    return "\n".join(["Nothing was done.", *lines])
