"""`manage.py demo_code`: the second factors of a demonstration's people, right now."""

from __future__ import annotations

import time
from typing import Any

from allauth.mfa import app_settings
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.core.management.base import BaseCommand, CommandError

from trial.demo.people import PEOPLE
from trial.models import Environment, Trial


class Command(BaseCommand):
    """Print what an authenticator app would show. For training trials only."""

    help = "Prints the six-digit codes of the demonstration's people; they change every 30 seconds."

    def handle(self, *args: Any, **options: Any) -> None:
        """Print one line for each person."""
        if Trial.objects.exclude(environment=Environment.TRAINING).exists():
            raise CommandError("This installation holds a trial that is not for training; it shows no codes.")
        names = [person.username for person in PEOPLE if person.needs_second_factor]
        rows = Authenticator.objects.filter(user__username__in=names, type=Authenticator.Type.TOTP)
        for row in rows.select_related("user").order_by("user__username"):
            secret = get_adapter().decrypt(row.data["secret"])
            counter, elapsed = divmod(int(time.time()), app_settings.TOTP_PERIOD)
            code = format_hotp_value(hotp_value(secret, counter))
            left = app_settings.TOTP_PERIOD - elapsed
            self.stdout.write(f"{row.user.username:<14} {code}   for {left} more seconds")
