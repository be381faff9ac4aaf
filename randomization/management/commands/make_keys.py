"""Make the key files of an installation."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from randomization.key_files import KeyFault, make_door_secrets, make_key_files


class Command(BaseCommand):
    help = "Make the keys of an installation: pharmacy, recovery, list signing, and each door's secret key."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--without-door-secrets",
            action="store_true",
            help="only the keys of lists; the doors' secret keys come from elsewhere",
        )

    def handle(self, *args: Any, without_door_secrets: bool, **options: Any) -> None:
        try:
            made = make_key_files(Path(settings.VELUM_KEYS))
            if not without_door_secrets:
                made += make_door_secrets(Path(settings.VELUM_HOME) / "keys")
        except (KeyFault, OSError) as fault:
            raise CommandError(str(fault)) from fault
        for path in made:
            self.stdout.write(f"made {path}")
        self.stdout.write(
            "Move recovery.key off this machine to a safe: it is for the day when the pharmacy key is lost."
        )
