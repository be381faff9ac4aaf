"""Sign that the envelopes of a trial may be opened as a whole."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from randomization.sealed.ending.end_of_trial import PARTS, sign_opening
from trial.management.terminal import confirm_identity, duties_of
from trial.people.signing.hands import hand_of_person
from trial.permissions import GRANTS
from trial.queries import find_trial
from trial.refusals import Refusal


class Command(BaseCommand):
    """One of two signatures, with the password."""

    help = "Sign the opening of a trial whose data are locked. It takes a statistician and an investigator."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the trial and the person who signs."""
        parser.add_argument("--trial", required=True)
        parser.add_argument("--by", required=True, metavar="USERNAME")

    def handle(self, *args: Any, **options: Any) -> None:
        """Ask for the password, and sign."""
        try:
            trial = find_trial(options["trial"])
            roles = [role for role, granted in GRANTS.items() if granted & set(PARTS)]
            duties = duties_of(options["by"]).filter(trial=trial, role__in=roles)
            by = duties.select_related("user", "trial").first()
            if by is None:
                raise CommandError(f"{options['by']} has no part in the opening of {trial.pk}.")
            confirm_identity(by.user)
            hand = hand_of_person(by, both_parts=True)  # the name came with the command
            signature = sign_opening(trial=trial, by=by, at=timezone.now(), hand=hand)
        except Refusal as reason:
            raise CommandError(str(reason)) from reason
        self.stdout.write(f"{by.user.shown_name} has signed the opening of {trial.pk} ({signature.part})")
