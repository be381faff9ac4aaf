"""Makes a bearer token for the API of this door, and prints it once."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from trial.management.terminal import duties_of
from trial.models import Delegation
from trial.people.delegating import create_token
from trial.permissions import Role
from trial.refusals import Refusal

MOST_DAYS = 3660


class Command(BaseCommand):
    """The token goes to the standard output and nowhere else; only its digest is kept."""

    help = "Make a bearer token for a person or a system, for this door."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Whose duty, for how long, and under which name."""
        parser.add_argument("--user", required=True, help="user name")
        parser.add_argument("--trial", required=True, help="such as nct02059759")
        parser.add_argument("--site", help="the site's number, where the person has duties at several")
        parser.add_argument("--role", choices=Role.values, help="where the person has several roles")
        parser.add_argument("--days", type=int, required=True, help="days until it ends")
        parser.add_argument("--name", required=True, help="what the token is for")

    def handle(self, *args: Any, **options: Any) -> None:
        """Find the one duty that is meant, and make a token for it."""
        if not 1 <= options["days"] <= MOST_DAYS:
            raise CommandError(f"A token lasts from 1 to {MOST_DAYS} days.")
        if not options["name"].strip() or len(options["name"]) > 80:
            raise CommandError("Give the token a name of 1 to 80 characters.")
        at = timezone.now()
        try:
            token = create_token(
                delegation=_one_duty(options),
                name=options["name"].strip(),
                expires_at=at + timedelta(days=options["days"]),
                door=settings.VELUM_DOOR,
                at=at,
            )
        except Refusal as reason:
            raise CommandError(str(reason)) from reason
        self.stdout.write(token)


def _one_duty(options: dict[str, Any]) -> Delegation:
    duties = duties_of(options["user"]).filter(trial=options["trial"].lower())
    duties = duties.select_related("user", "trial", "site")
    if options["site"]:
        duties = duties.filter(site__number=options["site"])
    if options["role"]:
        duties = duties.filter(role=options["role"])
    found = list(duties)
    if len(found) != 1:
        raise CommandError(_which(options["user"], found))
    return found[0]


def _which(user: str, duties: list[Delegation]) -> str:
    if not duties:
        return f"{user} has no such duty in this trial. Delegate it first."
    told = "; ".join(f"{row.role} at {row.site.number if row.site else 'all sites'}" for row in duties)
    return f"{user} has several duties ({told}). Say which with --role and --site."
