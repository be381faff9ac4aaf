"""`manage.py import_usdm FILE > draft.toml`: the draft of a protocol file from a USDM study definition."""

from __future__ import annotations

import sys
from io import TextIOWrapper
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from trial.core.judges.unfinished import unfinished
from trial.core.usdm.document import parse_json
from trial.core.usdm.draft import Draft, draft_protocol
from trial.core.usdm.tree import NotUsdm
from trial.protocol.countries import ATLAS
from trial.protocol.files import parse_toml


class Command(BaseCommand):
    """Print the draft; say on the other channel what was not carried over. Needs no database."""

    help = "Drafts a protocol file from a USDM 4.0 study definition and lists what was not carried over."
    requires_system_checks: list[str] = []
    requires_migrations_checks = False

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the path of the study definition."""
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        """Draft, list, and say how much is left to a person. A file that is refused prints no draft."""
        draft = _draft(options["file"])
        if isinstance(sys.stdout, TextIOWrapper):
            sys.stdout.reconfigure(encoding="utf-8")
        self.stdout.write(draft.text, ending="")
        for line in draft.lost:
            self.stderr.write(f"not carried over: {line}")
        self.stderr.write(f"to do: {_to_do(draft.text)}; check_protocol names each with its line.")


def _draft(file: Path) -> Draft:
    try:
        return draft_protocol(parse_json(file.read_bytes()), ATLAS)
    except OSError as fault:
        raise CommandError(f"{file} cannot be read: {fault.strerror}.") from fault
    except NotUsdm as fault:
        raise CommandError(f"{file.name}: {fault}") from fault


def _to_do(text: str) -> str:
    """How much of a draft is left to a person."""
    data = parse_toml(text)
    unsaid, assumed = len(unfinished(data)), len(data["assumptions"])
    return f"{unsaid} value{'s' * (unsaid != 1)} to be given, {assumed} open assumption{'s' * (assumed != 1)}"
