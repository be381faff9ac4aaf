"""`manage.py install_trial FILE`: a trial, its protocol version and its sites."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone

from trial.core.judges.untranslated import untranslated
from trial.management.confirming import add_confirm, asked_in_words, confirmed_in
from trial.models import Environment, Site, Trial
from trial.people.installing import install_trial
from trial.people.site_days import open_site
from trial.protocol.files import load_protocol
from trial.refusals import NotConfirmed, Refusal


class Command(BaseCommand):
    """Install a trial from a checked protocol file."""

    help = "Installs a trial from its protocol file. Running it again with the same file changes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        """The file, the environment, and from which day the sites may screen."""
        parser.add_argument("file")
        parser.add_argument("--environment", choices=Environment.values, required=True)
        parser.add_argument("--open-sites-on", type=date.fromisoformat, metavar="YYYY-MM-DD")
        add_confirm(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        """Install, open the sites if a day is given, and say what there is now."""
        try:
            trial = self._installed(options)
        except NotConfirmed as asked:
            raise CommandError(asked_in_words(asked)) from asked
        except (Refusal, OSError) as reason:
            raise CommandError(str(reason)) from reason
        self.stdout.write(f"{trial.acronym} ({trial.key}) is installed as a {trial.environment} trial.")
        if note := untranslated(trial.protocol_version.protocol):
            self.stderr.write(str(note))

    @transaction.atomic
    def _installed(self, options: dict[str, Any]) -> Trial:
        """The trial with its sites open, or, where the day of the opening is asked about, neither."""
        at, opening = timezone.now(), options["open_sites_on"]
        trial = install_trial(file=load_protocol(options["file"]), environment=options["environment"], at=at)
        for site in Site.objects.filter(trial=trial, opened_on=None) if opening else ():
            open_site(site=site, on=opening, by=None, at=at, confirmed=confirmed_in(options))
        return trial
