"""Check everything that is signed, chained or committed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from randomization.dumps import UnreadableDump, reading
from randomization.verification import verify
from trial.clock_check import clock_fault


class Command(BaseCommand):
    help = "Check the audit chains, the order of the lists, numbers, commitments and signatures."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--database-dump", metavar="FILE", type=Path, help="check this instead")
        parser.add_argument(
            "--anchor",
            action="append",
            default=[],
            metavar="HASH",
            help="a hash from a receipt or a page's foot, which must still be there; as often as you like",
        )

    def handle(self, *args: Any, database_dump: Path | None, anchor: list[str], **options: Any) -> None:
        if database_dump is None:
            if fault := clock_fault(at=timezone.now()):
                self.stderr.write(self.style.WARNING(fault))
            return self.report(anchor)
        try:
            with reading(database_dump):
                return self.report(anchor)
        except UnreadableDump as fault:
            raise CommandError(str(fault)) from fault

    def report(self, anchors: list[str]) -> None:
        """A line for each check; then the first bad row, as an error."""
        faults = []
        for report in verify(anchors):
            self.stdout.write(f"{'BAD' if report.fault else 'ok '} {report.what}: {report.rows} rows")
            if report.fault:
                faults.append(f"{report.what}: {report.fault}.")
        if faults:
            raise CommandError("\n".join(faults))
        self.stdout.write("Everything checked holds.")
