"""Write the published archive of a trial whose opening two people have signed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone

from randomization.sealed.ending.archive import export_archive
from randomization.sealed.lists.list_command import ListCommand
from randomization.sealed.vault.private_files import new_private_file
from trial.models import Delegation, Trial


class Command(ListCommand):
    help = "UNBLINDS the whole trial: writes the archive that tools/verify_trial.py checks."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "--output", required=True, type=Path, metavar="FILE", help="a zip file, not there yet"
        )

    def act(self, trial: Trial, by: Delegation, options: dict[str, Any]) -> str:
        with new_private_file(options["output"]) as file:
            known = export_archive(trial=trial, by=by, at=timezone.now(), file=file)
        return (
            f"wrote {options['output']}: it names every arm. Check it with tools/verify_trial.py\n"
            "Write down, apart from the file, whose it is: public key and last hash of each audit chain.\n"
            f"{' '.join(known)}"
        )
