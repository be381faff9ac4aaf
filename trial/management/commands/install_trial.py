"""`manage.py install_trial FILE`: a trial, its protocol version and its sites."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from trial.models import Environment, Site
from trial.people.installing import install_trial
from trial.people.site_days import open_site
from trial.protocol.files import load_protocol
from trial.refusals import Refusal


class Command(BaseCommand):
    """Install a trial from a checked protocol file."""

    help = "Installs a trial from its protocol file. Running it again with the same file changes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        """The file, the environment, and from which day the sites may screen."""
        parser.add_argument("file")
        parser.add_argument("--environment", choices=Environment.values, required=True)
        parser.add_argument("--open-sites-on", type=date.fromisoformat, metavar="YYYY-MM-DD")

    def handle(self, *args: Any, **options: Any) -> None:
        """Install, open the sites if a day is given, and say what there is now."""
        at = timezone.now()
        try:
            trial = install_trial(
                file=load_protocol(options["file"]), environment=options["environment"], at=at
            )
        except (Refusal, OSError) as reason:
            raise CommandError(str(reason)) from reason
        opening = options["open_sites_on"]
        for site in Site.objects.filter(trial=trial, opened_on=None) if opening else ():
            open_site(site=site, on=opening, by=None, at=at)
        self.stdout.write(f"{trial.acronym} ({trial.key}) is installed as a {trial.environment} trial.")
