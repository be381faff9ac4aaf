"""Check everything that is signed, chained or committed."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from randomization.verification import verify


class Command(BaseCommand):
    help = "Check the audit chains, the order of the lists, numbers, commitments and signatures."

    def handle(self, *args: Any, **options: Any) -> None:
        faults = []
        for report in verify():
            self.stdout.write(f"{'BAD' if report.fault else 'ok '} {report.what}: {report.rows} rows")
            if report.fault:
                faults.append(f"{report.what}: {report.fault}.")
        if faults:
            raise CommandError(faults[0])
        self.stdout.write("Everything checked holds.")
