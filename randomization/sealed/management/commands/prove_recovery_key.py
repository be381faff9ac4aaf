"""Show that the recovery key exists and opens what is sealed for it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone

from randomization.sealed.lists.list_command import ListCommand
from randomization.sealed.vault.key_proofs import prove_recovery_key
from randomization.sealed.vault.keys import read_opening_key
from trial.models import Delegation, Trial


class Command(ListCommand):
    help = "Open a test seal with the recovery key. A live list is activated only after this."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "--key", required=True, type=Path, metavar="FILE", help="recovery.key, brought here for this"
        )

    def act(self, trial: Trial, by: Delegation, options: dict[str, Any]) -> str:
        key = read_opening_key(options["key"])
        proof = prove_recovery_key(key=key, trial=trial, by=by, at=timezone.now())
        return f"the recovery key {proof.key_id} opens what is sealed for it. Take it back to the safe"
