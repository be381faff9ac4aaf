"""Check everything that is signed, chained or committed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from randomization.dumps import UnreadableDump, reading
from randomization.verification import verify
from randomization.verifying.reports import Report
from trial.core.sentences import Words
from trial.wording.clock import clock_fault

TO_AMEND = "A new protocol file would be stopped by what stands above as to amend. An amendment mends it."
NOT_ALL = "Everything that was checked holds. Something could not be checked; see above."


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

        parser.add_argument(
            "--anchor-file",
            action="append",
            default=[],
            metavar="FILE",
            type=Path,
            help="an anchor that was made at night, whose heads must still be there; as often as you like",
        )

    def handle(self, *args: Any, database_dump: Path | None, anchor: list[str], **options: Any) -> None:
        try:
            nights = [path.read_text(encoding="utf-8") for path in options["anchor_file"]]
        except (OSError, UnicodeDecodeError) as unreadable:
            raise CommandError(f"The anchor cannot be read: {unreadable}") from unreadable
        if database_dump is None:
            if fault := clock_fault(at=timezone.now()):
                self.stderr.write(self.style.WARNING(fault))
            return self.report(anchor, nights)
        try:
            with reading(database_dump):
                return self.report(anchor, nights)
        except UnreadableDump as fault:
            raise CommandError(str(fault)) from fault

    def report(self, anchors: list[str], nights: list[str]) -> None:
        """A line for each check; then the first bad row, as an error."""
        reports = []
        for report in verify(anchors, nights=nights, clock=timezone.now):
            reports.append(report)
            self.stdout.write(line_of(report))
        if faults := [f"{report.what}: {bare(report.fault)}." for report in reports if report.fault]:
            raise CommandError("\n".join(faults))
        if any(report.to_amend for report in reports):
            self.stdout.write(TO_AMEND)
        unchecked = any(report.unchecked for report in reports)
        self.stdout.write(NOT_ALL if unchecked else "Everything checked holds.")


def bare(fault: Words) -> str:
    """The sentence without its full stop: the line has its own."""
    return str(fault).rstrip(".")


def line_of(report: Report) -> str:
    """What the report says of one check."""
    if report.unchecked and not report.fault:
        return f"not checked  {report.what}: {bare(report.unchecked)}"
    if report.to_amend:
        return f"to amend  {report.what}: {bare(report.to_amend)}"
    return f"{'BAD' if report.fault else 'ok '} {report.what}: {report.rows} rows"
