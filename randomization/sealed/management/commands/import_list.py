"""Import a statistician's list and seal it; it is then a draft."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone

from randomization.core.brought.headings import ROLES
from randomization.core.brought.list_numbers import MOST_DIGITS
from randomization.core.brought.table_file import ENCODINGS, MOST_BYTES
from randomization.core.imported import OURS, THEIRS
from randomization.sealed.lists.importing import ListRefused, expected_of, import_list
from randomization.sealed.lists.list_command import (
    ListCommand,
    add_reason,
    find_list,
)
from randomization.sealed.lists.progress_bar import ProgressBar
from trial.core.sentences import Words
from trial.management.confirming import add_confirm, confirmed_in
from trial.models import Delegation, Environment, Trial
from trial.refusals import in_page_language


class Command(ListCommand):
    help = "Import a randomisation list from CSV, Excel, Stata, SPSS or SAS, as a statistician has it."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "file",
            metavar="FILE",
            help="the file; - reads it from standard input, below a line with the password",
        )
        parser.add_argument("--environment", required=True, choices=Environment.values)
        pair: dict[str, Any] = {"action": "append", "default": [], "type": _pair}
        parser.add_argument("--arm", metavar="NAME=CODE", help="the file's name of an arm", **pair)
        parser.add_argument("--stratum", metavar="NAME=KEY", help="the file's name of a stratum", **pair)
        column = f"what a column is, by its heading or number: a factor's code, {', '.join(ROLES)}"
        parser.add_argument("--column", metavar="NAME=ROLE", help=column, **pair)
        parser.add_argument("--encoding", choices=tuple(ENCODINGS), default="", help="of a CSV file")
        parser.add_argument("--sheet", metavar="NAME", default="", help="of a workbook with several")
        parser.add_argument("--size", metavar="KEY=N", help="envelopes of a stratum", **pair)
        parser.add_argument("--numbers", choices=[OURS, THEIRS], default=OURS, help="whose numbers")
        parser.add_argument("--uneven", action="store_true", help="counts may be off the ratio")
        parser.add_argument("--first-number", metavar="N", type=_count, help="where the file's count begins")
        parser.add_argument("--name", default="", help="what people call the list")
        add_reason(parser)
        parser.add_argument("--reserve-of", metavar="LIST", help="the list after which this one is drawn")
        add_confirm(parser)

    def act(self, trial: Trial, by: Delegation, options: dict[str, Any]) -> str:
        try:
            return self._imported(trial, by, options)
        except ListRefused as reason:
            raise CommandError(reason.for_command) from reason

    def _imported(self, trial: Trial, by: Delegation, options: dict[str, Any]) -> str:
        expected = expected_of(
            trial,
            options["environment"],
            arm_names=dict(options["arm"]),
            stratum_names=dict(options["stratum"]),
            sizes={key: _whole(n) for key, n in options["size"]},
            numbers=options["numbers"],
            uneven=options["uneven"],
            first_number=options["first_number"],
            columns=dict(options["column"]),
            encoding=options["encoding"],
            sheet=options["sheet"],
        )
        made = import_list(
            trial=trial,
            data=_read(options["file"]),
            expected=expected,
            name=options["name"],
            reserve_of=find_list(trial, options["reserve_of"]) if options["reserve_of"] else None,
            confirmed=confirmed_in(options),
            by=by,
            at=timezone.now(),
            hand=self.hand,
            reason=options["reason"],
            progress=ProgressBar(sum(expected.sizes.values()), self.stderr, "envelopes sealed"),
            tell=self._tell,
        )
        return f"imported “{made.name}”, {made.envelope_count} envelopes, a draft; root {made.root}"

    def _tell(self, notes: tuple[Words, ...]) -> None:
        """What was passed over, on the terminal of the person who brought the file, and nowhere else."""
        for note in notes:
            self.stdout.write(in_page_language(note))


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
