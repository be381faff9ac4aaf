"""`manage.py export_data`: everything of a trial that is blinded, with its trail, certified by a digest."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from randomization.exporting.everything import export_blinded, faults_of
from trial.management.terminal import confirm_identity, duties_of
from trial.permissions import GRANTS, Permission
from trial.queries import find_trial
from trial.refusals import Refusal


class Command(BaseCommand):
    """Write it, read it again, and say its digest."""

    help = (
        "Writes everything blinded of a trial, with its trail and a manifest. By a monitor or trial manager."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Of which trial, in whose name, and where to."""
        parser.add_argument("--trial", required=True, help="such as nct02059759")
        parser.add_argument("--by", required=True, metavar="USERNAME", help="who exports")
        parser.add_argument("--output", required=True, type=Path, metavar="FILE", help="a zip, not there yet")

    def handle(self, *args: Any, **options: Any) -> None:
        """Find the person, ask for the password, export, compare."""
        roles = [role for role, granted in GRANTS.items() if Permission.EXPORT in granted]
        try:
            trial = find_trial(options["trial"])
            duties = duties_of(options["by"]).filter(trial=trial, role__in=roles, site=None)
            by = duties.select_related("user", "trial").first()
            if by is None:
                raise CommandError(f"{options['by']} does not export the data of {trial.pk}.")
            confirm_identity(by.user)
            digest = self._write(options["output"], trial=trial, by=by)
        except FileExistsError as fault:
            raise CommandError(f"{options['output']} is there already. Name another file.") from fault
        except Refusal as reason:
            raise CommandError(str(reason)) from reason
        self.stdout.write(f"Wrote {options['output']}. SHA-256 of its manifest, which the trail holds too:")
        self.stdout.write(digest)

    @staticmethod
    def _write(path: Path, **what: Any) -> str:
        with open(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), "w+b") as file:
            digest = export_blinded(at=timezone.now(), file=file, **what)
            file.seek(0)
            if faults := faults_of(file):
                raise CommandError("; ".join(faults))
        return digest
