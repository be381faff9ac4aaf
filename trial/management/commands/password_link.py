"""`manage.py password_link`: prints the link by which one person sets the password; nobody else types it."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.urls import reverse
from django.utils import timezone

from trial.management.terminal import clinic_address
from trial.models import User
from trial.people.log_in.password_link import make_password_link
from trial.refusals import Refusal


class Command(BaseCommand):
    """For the first password of an account, and for one that was forgotten."""

    help = "Print a one-time link by which a person sets the password. Hand it to that person alone."

    def add_arguments(self, parser: CommandParser) -> None:
        """Whose, and where the clinic door is."""
        parser.add_argument("username")
        parser.add_argument(
            "--address", default="", help="of the clinic door, if not the first of VELUM_HOSTS"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Make the link and show it once."""
        if not settings.CLINIC:
            raise CommandError("The link opens at the clinic door: run this with VELUM_DOOR=clinic.")
        user = User.objects.filter(username=options["username"]).first()
        if user is None:
            raise CommandError(f"There is no account {options['username']}.")
        try:
            secret, until = make_password_link(user=user, at=timezone.now())
        except Refusal as reason:
            raise CommandError(str(reason)) from reason
        link = clinic_address(options["address"]) + reverse("invitation", args=[secret])
        self.stdout.write(
            f"Shown only now. {user.username} sets the password at\n{link}\n"
            f"once, until {until:%Y-%m-%d %H:%M} UTC."
        )
