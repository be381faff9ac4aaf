"""`manage.py export_unblinded`: everything of a trial, unblinded, after its data lock and signed opening."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone

from dosing.pharmacy.exporting.everything import export_unblinded
from randomization.sealed.lists.list_command import ListCommand
from randomization.sealed.vault.private_files import new_private_file
from trial.models import Delegation, Trial
from trial.people.signing.hands import hand_of_person


class Command(ListCommand):
    """Write it, and say its digest."""

    help = "UNBLINDS the whole trial: every table with its trail, every arm, a manifest that is signed."

    def add_arguments(self, parser: CommandParser) -> None:
        """Where to."""
        super().add_arguments(parser)
        parser.add_argument("--output", required=True, type=Path, metavar="FILE", help="a zip, not there yet")

    def act(self, trial: Trial, by: Delegation, options: dict[str, Any]) -> str:
        """Export; a file that was not finished is removed."""
        hand = hand_of_person(by, both_parts=True)  # the name came with the command
        with new_private_file(options["output"]) as file:
            digest = export_unblinded(trial=trial, by=by, at=timezone.now(), file=file, hand=hand)
        return (
            f"Wrote {options['output']}: it names every arm. Check it with verify_export.\n"
            f"SHA-256 of its manifest, which the sealed trail holds too:\n{digest}"
        )
