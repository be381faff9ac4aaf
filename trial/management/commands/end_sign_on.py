"""`manage.py end_sign_on`: somebody's account at the hospital lets nobody in at this door any more."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from trial.management.administrators import administrator_of, refused
from trial.management.terminal import confirm_identity, duties_of, need_words
from trial.people.sign_on.links import end_link_of
from trial.queries import find_trial
from trial.refusals import Refusal


class Command(BaseCommand):
    """The link of this door ends; the person logs in with the password, and may link another account."""

    help = "End the link of a person's account to the hospital's log-in. By an administrator, with password."

    def add_arguments(self, parser: CommandParser) -> None:
        """Whose, in whose name, and why."""
        parser.add_argument("--trial", required=True, help="such as nct02059759")
        parser.add_argument("--user", required=True, metavar="USERNAME", help="whose link ends")
        parser.add_argument("--by", required=True, metavar="USERNAME", help="the administrator who acts")
        parser.add_argument("--reason", default="", help="asked for if it is not given")

    def handle(self, *args: Any, **options: Any) -> None:
        """Find both, ask for the password, and end the link."""
        by = None
        try:
            trial = find_trial(options["trial"])
            by = administrator_of(trial, options["by"])
            duty = duties_of(options["user"]).filter(trial=trial).select_related("user").first()
            if duty is None:
                raise CommandError(f"{options['user']} has no duty in this trial.")
            confirm_identity(by.user)
            reason = need_words(options["reason"], "Why does the link end?")
            end_link_of(user=duty.user, by=by, at=timezone.now(), reason=reason)
        except Refusal as fault:
            raise refused(fault, command="end_sign_on", by=by, subject=options["user"]) from fault
        door, other = ("clinic", "pharmacy") if settings.CLINIC else ("pharmacy", "clinic")
        self.stdout.write(
            f"At the {door} door {options['user']} logs in with the Velum password now. Open sessions go on: "
            f"`manage.py end_sessions` ends them. The {other} door has a link of its own."
        )
