"""`manage.py demo_people`: the accounts and second factors of a demonstration. Used by `demo`."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from trial.demo.people import PEOPLE, DemoPerson, demo_password
from trial.models import Environment, Site, Trial, User
from trial.people.delegating import delegate
from trial.people.installing import tell_an_invented_past


class Command(BaseCommand):
    """Make the accounts of a demonstration that are not there yet."""

    help = "Makes the people of a demonstration. Refuses anything but a training trial."

    def add_arguments(self, parser: CommandParser) -> None:
        """Which trial, and since when the people have had their duties."""
        parser.add_argument("--trial", required=True)
        parser.add_argument("--since", type=datetime.fromisoformat, required=True)

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        """Make each person who is missing."""
        trial = Trial.objects.get(pk=options["trial"])
        if trial.environment != Environment.TRAINING:
            raise CommandError("Demonstration accounts are for a training trial only.")
        password = demo_password(settings.VELUM_HOME)
        tell_an_invented_past(trial=trial, since=options["since"])
        for person in PEOPLE:
            if not User.objects.filter(username=person.username).exists():
                self._make(person, trial, password, options["since"])

    @staticmethod
    def _make(person: DemoPerson, trial: Trial, password: str, since: datetime) -> None:
        user = User.objects.create_user(
            person.username,
            email=f"{person.username}@example.org",
            password=password,
            first_name=person.first_name,
            last_name=person.last_name,
        )
        site = Site.objects.filter(trial=trial).first() if person.at_site else None
        delegate(user=user, trial=trial, role=person.role, site=site, by=None, at=since)
        if person.needs_second_factor and not Authenticator.objects.filter(user=user).exists():
            TOTP.activate(user, generate_totp_secret())
            RecoveryCodes.activate(user)
