"""`manage.py ask_enrolment_code`: notes that somebody needs a code of the pharmacy door, which makes it."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from trial.management.administrators import administrator_of, refused
from trial.management.terminal import confirm_identity
from trial.models import User
from trial.people.duties.reviewing import ask_for_code
from trial.queries import find_trial
from trial.refusals import Refusal


class Command(BaseCommand):
    """No code is made: the page *People* of the pharmacy door shows that one was asked for."""

    help = "Ask for a new enrolment code for somebody. By an administrator, whose password is asked for."

    def add_arguments(self, parser: CommandParser) -> None:
        """For whom, and in whose name."""
        parser.add_argument("--trial", required=True, help="such as nct02059759")
        parser.add_argument("--user", required=True, metavar="USERNAME", help="who needs the code")
        parser.add_argument("--by", required=True, metavar="USERNAME", help="the administrator who acts")

    def handle(self, *args: Any, **options: Any) -> None:
        """Ask for the password, and note it."""
        by = None
        try:
            by = administrator_of(find_trial(options["trial"]), options["by"])
            confirm_identity(by.user)
            user = User.objects.filter(username=options["user"]).first()
            if user is None:
                raise CommandError(f"There is no account {options['user']}.")
            ask_for_code(user=user, by=by, at=timezone.now())
        except Refusal as fault:
            raise refused(fault, command="ask_enrolment_code", by=by, subject=options["user"]) from fault
        self.stdout.write(f"Noted. At the pharmacy door: `manage.py enrolment_code {user.username}`.")
