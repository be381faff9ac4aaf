"""`manage.py end_duty`: ends one person's duty in a trial, in the name of an administrator."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from trial.management.administrators import administrator_of, refused
from trial.management.terminal import confirm_identity, duties_of, need_words
from trial.models import Delegation, Trial
from trial.people.delegating import end_delegation
from trial.permissions import Role
from trial.queries import find_trial
from trial.refusals import Refusal

WAITS = (
    "Without it nobody could break a code at that site at once, so the pharmacy door keeps it until the end "
    "is confirmed there: on the page People, or with `manage.py confirm_duty`."
)


class Command(BaseCommand):
    """The duty ends at once, with its tokens and calendar addresses, and stays in the delegation log."""

    help = "End a person's duty in a trial. By an administrator, whose password is asked for."

    def add_arguments(self, parser: CommandParser) -> None:
        """Whose duty, in whose name, and why."""
        parser.add_argument("--trial", required=True, help="such as nct02059759")
        parser.add_argument("--user", required=True, metavar="USERNAME", help="whose duty ends")
        parser.add_argument("--role", choices=Role.values, help="where the person has several duties")
        parser.add_argument("--site", help="the site's number, where the person has duties at several")
        parser.add_argument("--by", required=True, metavar="USERNAME", help="the administrator who acts")
        parser.add_argument("--reason", default="", help="asked for if it is not given")

    def handle(self, *args: Any, **options: Any) -> None:
        """Find both, ask for the password, and end the duty."""
        by = None
        try:
            trial = find_trial(options["trial"])
            by = administrator_of(trial, options["by"])
            confirm_identity(by.user)
            duty = _one_duty(trial, options)
            reason = need_words(options["reason"], "Why does the duty end?")
            end_delegation(delegation=duty, by=by, at=timezone.now(), reason=reason)
        except Refusal as fault:
            raise refused(fault, command="end_duty", by=by, subject=options["user"]) from fault
        self.stdout.write(f"The duty of {options['user']} has ended: {_told(duty)}.")
        if Delegation.objects.filter(pk=duty.pk, ended_at=None).exists():
            self.stdout.write(WAITS)


def _one_duty(trial: Trial, options: dict[str, Any]) -> Delegation:
    duties = duties_of(options["user"]).filter(trial=trial).select_related("site")
    if options["role"]:
        duties = duties.filter(role=options["role"])
    if options["site"]:
        duties = duties.filter(site__number=options["site"])
    found = list(duties.order_by("site__number", "role"))
    if len(found) == 1:
        return found[0]
    if not found:
        raise CommandError(f"{options['user']} has no such duty in this trial.")
    told = "; ".join(map(_told, found))
    raise CommandError(f"{options['user']} has several duties: {told}. Say which with --role and --site.")


def _told(duty: Delegation) -> str:
    return f"{duty.role} at {duty.site.number if duty.site else 'all sites'}"
