"""Lock the data of a trial and close its lists."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from randomization.closing import lock_data
from trial.management.terminal import confirm_identity, duties_of, need_words
from trial.people.signing.hands import hand_of_person
from trial.permissions import GRANTS, Permission
from trial.queries import find_trial
from trial.refusals import Refusal


class Command(BaseCommand):
    help = "Lock the data of a trial for good: nothing more is recorded or drawn. By the trial manager."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--trial", required=True)
        parser.add_argument("--by", required=True, metavar="USERNAME")
        parser.add_argument("--statement", default="", help="on what ground; asked for if it is not given")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            trial = find_trial(options["trial"])
            roles = [role for role, granted in GRANTS.items() if Permission.LOCK_DATA in granted]
            duties = duties_of(options["by"]).filter(trial=trial, role__in=roles)
            by = duties.select_related("user", "trial").first()
            if by is None:
                raise CommandError(
                    f"{options['by']} does not lock the data of {trial.pk}; a trial manager does."
                )
            confirm_identity(by.user)
            hand = hand_of_person(by, both_parts=True)  # the name came with the command
            statement = need_words(options["statement"], "On what ground are the data locked?")
            lock_data(trial=trial, by=by, at=timezone.now(), statement=statement, hand=hand)
        except Refusal as reason:
            raise CommandError(str(reason)) from reason
        self.stdout.write(f"The data of {trial.pk} are locked and its lists closed.")
