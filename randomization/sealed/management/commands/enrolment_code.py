"""A new enrolment code for somebody who has to set up a second factor, or has lost the one they had."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone

from randomization.sealed.enrolment.codes import make_code, remove_second_factor
from randomization.sealed.enrolment.passwords import forget_password
from trial.models import User
from trial.refusals import Refusal


class Command(BaseCommand):
    help = "Make a new enrolment code for one person. It is printed once, and an earlier one becomes useless."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")
        parser.add_argument(
            "--lost",
            action="store_true",
            help="the person has lost the second factor and all recovery codes: forget them first",
        )
        parser.add_argument(
            "--password-forgotten",
            action="store_true",
            help="the account's own password counts again at this door, with the new code: forget both here",
        )

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(username=options["username"]).first()
        if user is None:
            raise CommandError(f"There is no account {options['username']}. Make it with create_account.")
        at = timezone.now()
        if options["password_forgotten"]:
            forget_password(user, at=at)
        if options["lost"] or options["password_forgotten"]:
            remove_second_factor(user=user, at=at)
        try:
            self.stdout.write(make_code(user=user, at=at))
        except Refusal as reason:
            raise CommandError(str(reason)) from reason
