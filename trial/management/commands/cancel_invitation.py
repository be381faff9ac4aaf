"""`manage.py cancel_invitation`: takes an open invitation back, in the name of an administrator."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from trial.management.administrators import administrator_of, refused
from trial.management.terminal import confirm_identity
from trial.people.duties.inviting import cancel_invitation
from trial.people.duties.log import open_invitations
from trial.queries import find_trial
from trial.refusals import Refusal


class Command(BaseCommand):
    """The link of the invitation works no more."""

    help = "Take an open invitation back. By an administrator, whose password is asked for."

    def add_arguments(self, parser: CommandParser) -> None:
        """Whose, and in whose name."""
        parser.add_argument("username", help="the log-in name that was invited")
        parser.add_argument("--trial", required=True, help="such as nct02059759")
        parser.add_argument("--by", required=True, metavar="USERNAME", help="the administrator who acts")

    def handle(self, *args: Any, **options: Any) -> None:
        """Ask for the password, and take it back."""
        at = timezone.now()
        by = None
        try:
            by = administrator_of(find_trial(options["trial"]), options["by"])
            confirm_identity(by.user)
            found = open_invitations(by, at).filter(username=options["username"]).first()
            if found is None:
                raise CommandError(
                    f"No open invitation of {options['username']} is within reach of {by.user.username}."
                )
            cancel_invitation(invitation=found, by=by, at=at)
        except Refusal as fault:
            raise refused(fault, command="cancel_invitation", by=by, subject=options["username"]) from fault
        self.stdout.write(f"The invitation of {options['username']} is taken back. Its link works no more.")
