"""`manage.py import_usdm FILE > draft.toml`: the draft of a protocol file from a USDM study definition."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from trial.core.usdm import Draft, NotUsdm, draft_protocol
from trial.protocol.files import UnreadableProtocol
from trial.protocol.judging import faults_in


class Command(BaseCommand):
    """Print the draft; say on the other channel what was not carried over. Needs no database."""

    help = "Drafts a protocol file from a USDM 4.0 study definition and lists what was not carried over."
    requires_system_checks: list[str] = []
    requires_migrations_checks = False

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the path of the study definition."""
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        """Draft, list, and check the draft as a protocol file."""
        draft = self._draft(options["file"])
        self.stdout.write(draft.text, ending="")
        for line in draft.lost:
            self.stderr.write(f"not carried over: {line}")
        try:
            faults = faults_in(draft.text)
        except UnreadableProtocol as refusal:
            faults = refusal.faults
        for fault in faults:
            self.stderr.write(f"to mend: {fault}")

    def _draft(self, file: Path) -> Draft:
        try:
            document = json.loads(file.read_text(encoding="utf-8"))
            return draft_protocol(document if isinstance(document, dict) else {})
        except OSError as fault:
            raise CommandError(f"{file} cannot be read: {fault.strerror}.") from fault
        except (ValueError, NotUsdm) as fault:
            raise CommandError(f"{file.name}: {fault}") from fault
