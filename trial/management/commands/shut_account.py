"""`manage.py shut_account`, and with it what else is ended for one person: sessions, tokens, addresses."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from trial.management.administrators import administrator_of, refused
from trial.management.terminal import confirm_identity, need_words
from trial.models import User
from trial.people.duties import shutting
from trial.queries import find_trial
from trial.refusals import Refusal


class Command(BaseCommand):
    """One act about one person, in the name of an administrator."""

    help = "Shut somebody's account and end all duties. By an administrator, whose password is asked for."
    done = "The account of {} is shut."

    def add_arguments(self, parser: CommandParser) -> None:
        """Whom, in whose name, and why."""
        parser.add_argument("--trial", required=True, help="such as nct02059759")
        parser.add_argument("--user", required=True, metavar="USERNAME")
        parser.add_argument("--by", required=True, metavar="USERNAME", help="the administrator who acts")
        parser.add_argument("--reason", default="", help="asked for if it is not given")

    def handle(self, *args: Any, **options: Any) -> None:
        """Find both, ask for the password, and act."""
        by = None
        try:
            by = administrator_of(find_trial(options["trial"]), options["by"])
            confirm_identity(by.user)
            user = User.objects.filter(username=options["user"]).first()
            if user is None:
                raise CommandError(f"There is no account {options['user']}.")
            reason = need_words(options["reason"], "Why?")
            self.act(user=user, by=by, at=timezone.now(), reason=reason)
        except Refusal as fault:
            raise refused(
                fault, command=type(self).__module__.rpartition(".")[2], by=by, subject=options["user"]
            ) from fault
        self.stdout.write(self.done.format(options["user"]))

    def act(self, **what: Any) -> None:
        """Do it. Raises a Refusal."""
        shutting.shut_account(**what)
