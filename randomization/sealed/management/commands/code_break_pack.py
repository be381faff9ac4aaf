"""Print the sealed sheets of a list, one for each number."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone

from randomization.sealed.lists.list_command import ListCommand, find_list
from randomization.sealed.opening.code_break_sheets import code_break_pack
from randomization.sealed.vault.private_files import new_private_file
from trial.models import Delegation, Trial

WARNING = (
    "UNBLINDED: this file names the arm of every number. Print it, fold and seal each sheet, hand the pack "
    "to the pharmacy, and delete the file."
)


class Command(ListCommand):
    help = "UNBLINDS a list: a PDF with one code-break sheet for each number, to be folded and sealed."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--list", required=True, help="name, id or number of the list")
        parser.add_argument(
            "--output", required=True, metavar="FILE", help="a new PDF file, or - for a printer's pipe"
        )

    def act(self, trial: Trial, by: Delegation, options: dict[str, Any]) -> str:
        if options["output"] == "-":
            return self.piped(trial, by, options)
        with new_private_file(Path(options["output"])) as file:
            file.write(self.pack(trial, by, options))
        self.stderr.write(WARNING)
        return f"wrote {options['output']}"

    def piped(self, trial: Trial, by: Delegation, options: dict[str, Any]) -> str:
        """To standard output, which has to lead somewhere else than to a screen."""
        if sys.stdout.isatty():
            raise CommandError("A screen is no place for this. Pipe it to a printer: … --output - | lp")
        content = self.pack(trial, by, options)
        self.stderr.write(WARNING)
        sys.stdout.buffer.write(content)
        return ""

    def pack(self, trial: Trial, by: Delegation, options: dict[str, Any]) -> bytes:
        """The sheets as a PDF."""
        return code_break_pack(list_=find_list(trial, options["list"]), by=by, at=timezone.now())
