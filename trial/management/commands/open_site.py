"""`manage.py open_site`: says from which day a site may screen, in the name of an administrator."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from trial.management.administrators import administrator_of
from trial.management.terminal import confirm_identity
from trial.models import Delegation, Site
from trial.people.installing import open_site
from trial.queries import find_trial
from trial.refusals import Refusal


class Command(BaseCommand):
    """A site opens for screening, or opens again after it closed."""

    help = "Open a site for screening. By an administrator, whose password is asked for."

    def add_arguments(self, parser: CommandParser) -> None:
        """Which site, from which day, and in whose name."""
        parser.add_argument("--trial", required=True, help="such as nct02059759")
        parser.add_argument("--site", required=True, help="the site's number")
        parser.add_argument("--on", required=True, type=date.fromisoformat, metavar="YYYY-MM-DD")
        parser.add_argument("--by", required=True, metavar="USERNAME", help="the administrator who acts")

    def handle(self, *args: Any, **options: Any) -> None:
        """Find the site, ask for the password, and open it."""
        try:
            trial = find_trial(options["trial"])
            site = Site.objects.filter(trial=trial, number=options["site"]).first()
            if site is None:
                raise CommandError(f"{trial.key} has no site {options['site']}.")
            by = administrator_of(Delegation.objects.filter(trial=trial, ended_at=None), options["by"])
            confirm_identity(by.user)
            open_site(site=site, on=options["on"], by=by, at=timezone.now())
        except Refusal as fault:
            raise CommandError(str(fault)) from fault
        self.stdout.write(f"Site {site.number} is open from {options['on']}.")
