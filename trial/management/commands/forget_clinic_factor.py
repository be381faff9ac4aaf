"""`manage.py forget_clinic_factor`: a person has lost the second factor of the clinic door."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from trial.management.administrators import administrator_of, refused
from trial.management.terminal import confirm_identity, duties_of, need_words
from trial.people.log_in.lost import forget_clinic_factor
from trial.queries import find_trial
from trial.refusals import Refusal


class Command(BaseCommand):
    """The person logs in with the password and sets up a new one. The pharmacy door's own is not touched."""

    help = "Forget a person's second factor of the clinic door. By an administrator, with password."

    def add_arguments(self, parser: CommandParser) -> None:
        """Whose, in whose name, and why."""
        parser.add_argument("--trial", required=True, help="such as nct02059759")
        parser.add_argument("--user", required=True, metavar="USERNAME", help="who has lost it")
        parser.add_argument("--by", required=True, metavar="USERNAME", help="the administrator who acts")
        parser.add_argument("--reason", default="", help="asked for if it is not given")

    def handle(self, *args: Any, **options: Any) -> None:
        """Find both, ask for the password, and forget it."""
        by = None
        try:
            trial = find_trial(options["trial"])
            by = administrator_of(trial, options["by"])
            duty = duties_of(options["user"]).filter(trial=trial).select_related("user").first()
            if duty is None:
                raise CommandError(f"{options['user']} has no duty in this trial.")
            confirm_identity(by.user)
            reason = need_words(options["reason"], "How was it lost?")
            forget_clinic_factor(user=duty.user, by=by, at=timezone.now(), reason=reason)
        except Refusal as fault:
            raise refused(fault, command="forget_clinic_factor", by=by, subject=options["user"]) from fault
        self.stdout.write(f"The clinic door knows no second factor of {options['user']} any more.")
