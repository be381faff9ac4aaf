"""Import a statistician's list and seal it; it is then a draft."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone

from randomization.core.brought.list_numbers import MOST_DIGITS
from randomization.core.brought.table_file import MOST_BYTES
from randomization.core.imported import OURS, THEIRS
from randomization.sealed.lists.importing import expected_of, import_list
from randomization.sealed.lists.list_command import ListCommand, find_list
from randomization.sealed.lists.progress_bar import ProgressBar
from trial.models import Delegation, Environment, Trial


class Command(ListCommand):
    help = "Import a randomisation list from CSV (blockrand, Sealed Envelope, NCI, or Velum's columns)."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "file",
            metavar="FILE",
            help="the CSV file; - reads it from standard input, below a line with the password",
        )
        parser.add_argument("--environment", required=True, choices=Environment.values)
        pair: dict[str, Any] = {"action": "append", "default": [], "type": _pair}
        parser.add_argument("--arm", metavar="NAME=CODE", help="the file's name of an arm", **pair)
        parser.add_argument("--stratum", metavar="NAME=KEY", help="the file's name of a stratum", **pair)
        parser.add_argument("--size", metavar="KEY=N", help="envelopes of a stratum", **pair)
        parser.add_argument("--numbers", choices=[OURS, THEIRS], default=OURS, help="whose numbers")
        parser.add_argument("--uneven", action="store_true", help="counts may be off the ratio")
        parser.add_argument("--first-number", metavar="N", type=_count, help="where the file's count begins")
        parser.add_argument("--name", default="", help="what people call the list")
        parser.add_argument("--reserve-of", metavar="LIST", help="the list after which this one is drawn")

    def act(self, trial: Trial, by: Delegation, options: dict[str, Any]) -> str:
        expected = expected_of(
            trial,
            options["environment"],
            arm_names=dict(options["arm"]),
            stratum_names=dict(options["stratum"]),
            sizes={key: _whole(n) for key, n in options["size"]},
            numbers=options["numbers"],
            uneven=options["uneven"],
            first_number=options["first_number"],
        )
        made = import_list(
            trial=trial,
            data=_read(options["file"]),
            expected=expected,
            name=options["name"],
            reserve_of=find_list(trial, options["reserve_of"]) if options["reserve_of"] else None,
            by=by,
            at=timezone.now(),
            progress=ProgressBar(sum(expected.sizes.values()), self.stderr, "envelopes sealed"),
        )
        return f"imported “{made.name}”, {made.envelope_count} envelopes, a draft; root {made.root}"


def _read(path: str) -> bytes:
    """The file's bytes, one more than is allowed at most. Never copied to a file of the server's."""
    if path == "-":
        return sys.stdin.buffer.read(MOST_BYTES + 1)
    with Path(path).open("rb") as file:
        return file.read(MOST_BYTES + 1)


def _pair(text: str) -> tuple[str, str]:
    name, sign, meaning = text.rpartition("=")
    if not sign or not name or not meaning:
        raise CommandError(f"{text} is not of the form NAME=MEANING.")
    return name, meaning


def _count(text: str) -> int:
    if not (text.isascii() and text.isdecimal()) or len(text) > MOST_DIGITS:
        raise CommandError(f"{text} is no number to count from.")
    return int(text)


def _whole(text: str) -> int:
    if not (text.isascii() and text.isdecimal()) or len(text) > MOST_DIGITS:
        raise CommandError(f"{text} is no number of envelopes.")
    return int(text)
