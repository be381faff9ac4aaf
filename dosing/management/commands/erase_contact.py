"""`manage.py erase_contact`: erases every address of a participant, in the name of an investigator."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from trial.management.terminal import confirm_identity, duties_of, need_words
from trial.models import Delegation
from trial.permissions import Role
from trial.queries import find_participant, find_trial
from trial.refusals import Refusal
from trial.screening.erasing import erase_contact


class Command(BaseCommand):
    """What the page *Erase the address* does, where nobody can open it."""

    help = "Erase every address of a participant for good. By an investigator, whose password is asked for."

    def add_arguments(self, parser: CommandParser) -> None:
        """Whose address, in whose name, and why."""
        parser.add_argument("number", help="the participant's number")
        parser.add_argument("--trial", required=True, help="such as nct02059759")
        parser.add_argument("--by", required=True, metavar="USERNAME", help="the investigator who acts")
        parser.add_argument("--reason", default="", help="asked for if it is not given")

    def handle(self, *args: Any, **options: Any) -> None:
        """Find both, ask for the password, erase."""
        try:
            by = _investigator(options)
            participant = find_participant(by, options["number"])
            confirm_identity(by.user)
            reason = need_words(options["reason"], "Why is the address erased?")
            count = erase_contact(participant=participant, reason=reason, by=by, at=timezone.now())
        except Refusal as fault:
            raise CommandError(str(fault)) from fault
        self.stdout.write(f"Erased for {participant.number}: {count} addresses, present and earlier ones.")


def _investigator(options: dict[str, Any]) -> Delegation:
    trial = find_trial(options["trial"])
    duties = duties_of(options["by"]).filter(trial=trial, role=Role.INVESTIGATOR)
    if duty := duties.select_related("user", "trial", "site").first():
        return duty
    raise CommandError(f"{options['by']} is no investigator of this trial.")
