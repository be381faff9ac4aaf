"""`manage.py create_account`: one account for one person, with a first duty."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone

from trial.hooks import MakesEnrolmentCodes, ask_apps
from trial.models import Site, Trial, User
from trial.people.delegating import delegate
from trial.permissions import DOORS, Role
from trial.refusals import Refusal

NEXT = (
    "Nobody can log in with the account yet. At the clinic door `manage.py password_link {name}` prints "
    "the link by which that person sets the password, and nobody else."
)


class Command(BaseCommand):
    """Make an account, or give an existing one a further duty."""

    help = "Makes an account for one person and delegates a duty. The person sets the password by a link."

    def add_arguments(self, parser: CommandParser) -> None:
        """Who, in which trial, as what, where."""
        parser.add_argument("username")
        parser.add_argument("--trial", required=True)
        parser.add_argument("--role", choices=Role.values, required=True)
        parser.add_argument("--site", help="site number; leave out for all sites")
        parser.add_argument("--first-name", default="")
        parser.add_argument("--last-name", default="")
        parser.add_argument("--email", default="")

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        """Make the account if it is new, then delegate."""
        trial = Trial.objects.filter(pk=options["trial"]).first()
        if trial is None:
            raise CommandError(f"There is no trial {options['trial']}. Run install_trial first.")
        site = Site.objects.filter(trial=trial, number=options["site"]).first()
        if options["site"] and site is None:
            raise CommandError(f"{trial.key} has no site {options['site']}.")
        known = User.objects.filter(username=options["username"]).first()
        user = known or self._make(options)
        role, at = Role(options["role"]), timezone.now()
        try:
            delegate(user=user, trial=trial, role=role, site=site, by=None, at=at)
        except Refusal as reason:
            raise CommandError(str(reason)) from reason
        self.stdout.write(f"{user.username} is {role.label} in {trial.acronym}.")
        if known is None and role != Role.SITE_SYSTEM:
            self.stdout.write(NEXT.format(name=user.username))
        if role in DOORS["pharmacy"]:
            self._enrolment(user, at)

    def _enrolment(self, user: User, at: datetime) -> None:
        """How the person gets past the pharmacy door; only a process of that door can make the code."""
        if settings.CLINIC:
            self.stdout.write(
                f"For the pharmacy door: `manage.py enrolment_code {user.username}`, run there."
            )
        for code in filter(
            None, [app.enrolment_code(user=user, at=at) for app in ask_apps(MakesEnrolmentCodes)]
        ):
            self.stdout.write(f"Enrolment code for the second factor, shown only now: {code}")

    @staticmethod
    def _make(options: dict[str, Any]) -> User:
        user = User(
            username=options["username"],
            first_name=options["first_name"],
            last_name=options["last_name"],
            email=options["email"],
        )
        user.set_unusable_password()
        user.save()
        return user
