"""`manage.py confirm_duty`: gives a duty behind this door that was accepted, or lets an end count here."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from trial.people.duties.log import waiting_duties
from trial.people.duties.settling import codes_asked, confirm_duty, confirm_end, waiting_ends
from trial.queries import find_trial
from trial.refusals import Refusal


class Command(BaseCommand):
    """Run by the owner, who has asked the person, and whoever invited, by another way than Velum."""

    help = "Show what waits for the pharmacy door; with --user confirm it for that person."

    def add_arguments(self, parser: CommandParser) -> None:
        """Which trial, and whose duty or end."""
        parser.add_argument("--trial", required=True)
        parser.add_argument("--user", metavar="USERNAME", help="confirm what waits for this person")

    def handle(self, *args: Any, **options: Any) -> None:
        """Show, or confirm."""
        try:
            trial = find_trial(options["trial"])
            found = self._confirm(trial.pk, options["user"]) if options["user"] else self._show(trial.pk)
        except Refusal as reason:
            raise CommandError(str(reason)) from reason
        if not found:
            raise CommandError("Nothing waits to be confirmed." if options["user"] else "Nothing waits.")

    def _show(self, trial: str) -> int:
        lines = [
            *(
                f"duty: {row.log_in_name} ({row.invited}), {row.role} "
                f"at {row.site.number if row.site else 'all sites'}, "
                f"invited by {row.by.user.username if row.by else 'the owner'}"
                for row in waiting_duties(trial)
            ),
            *(
                f"end: {row.delegation.user.username}, {row.delegation.role}: {row.reason}"
                for row in waiting_ends(trial)
            ),
            *(f"enrolment code asked for: {row.user.username}" for row in codes_asked(trial)),
        ]
        self.stdout.write("\n".join(lines))
        return len(lines)

    def _confirm(self, trial: str, username: str) -> int:
        at, done = timezone.now(), 0
        for row in waiting_duties(trial):
            if row.log_in_name != username:
                continue
            confirm_duty(invitation=row, at=at)
            self.stdout.write(f"{username} is {row.role} now. Next: `manage.py enrolment_code {username}`.")
            done += 1
        for end in waiting_ends(trial).filter(delegation__user__username=username):
            confirm_end(end=end, at=at)
            self.stdout.write(
                f"The duty of {username} has ended at this door as well: {end.delegation.role}."
            )
            done += 1
        return done
