"""Say that the machine's clock was wrong and has been mended."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from randomization.sealed.vault.mended_clock import clock_was_mended
from trial.management.terminal import confirm_identity, duties_of
from trial.permissions import Role
from trial.queries import find_trial
from trial.refusals import Refusal


class Command(BaseCommand):
    help = "Enter that the clock was wrong until now, so that `verify` takes the times before as they are."

    def add_arguments(self, parser: CommandParser) -> None:
        """The trial, the administrator who says it, and why."""
        parser.add_argument("--trial", required=True)
        parser.add_argument("--by", required=True, metavar="USERNAME", help="an administrator of the trial")
        parser.add_argument("--reason", required=True, metavar="TEXT")

    def handle(self, *args: Any, **options: Any) -> None:
        """Ask for the password, and enter it in every chain of the trial."""
        try:
            trial = find_trial(options["trial"])
            duties = duties_of(options["by"]).filter(trial=trial, role=Role.ADMINISTRATOR, site=None)
            by = duties.select_related("user", "trial").first()
            if by is None:
                raise CommandError(f"{options['by']} is no administrator of {trial.pk}.")
            confirm_identity(by.user)
            count = clock_was_mended(trial=trial, by=by, at=timezone.now(), reason=options["reason"])
        except Refusal as reason:
            raise CommandError(str(reason)) from reason
        self.stdout.write(f"{count} audit chains of {trial.pk} say that the clock was mended.")
