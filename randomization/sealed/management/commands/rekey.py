"""Seal everything again for another key."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone

from randomization.key_files import RECIPIENTS
from randomization.sealed.lists.list_command import ListCommand
from randomization.sealed.vault.keys import read_opening_key, read_sealing_key
from randomization.sealed.vault.rekeying import rekey
from trial.models import Delegation, Trial


class Command(ListCommand):
    help = "Seal every box of a recipient anew for a new key, in one transaction. Stop the doors first."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--recipient", choices=RECIPIENTS, default="pharmacy", help="whose key changes")
        parser.add_argument(
            "--new-key", required=True, type=Path, metavar="FILE", help="the new public key, .pub"
        )
        parser.add_argument(
            "--opening-key",
            required=True,
            type=Path,
            metavar="FILE",
            help="the old key, or the other recipient's",
        )

    def act(self, trial: Trial, by: Delegation, options: dict[str, Any]) -> str:
        row = rekey(
            recipient=options["recipient"],
            new=read_sealing_key(options["new_key"]),
            opening=read_opening_key(options["opening_key"]),
            trial=trial,
            by=by,
            at=timezone.now(),
        )
        return (
            f"{row.boxes} boxes of the {row.recipient} are sealed for the key {row.key_id}. "
            "Put the new pair in the place of the old one, start the doors, and run verify"
        )
