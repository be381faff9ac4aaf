"""What the commands share that say from which day a site is open or closed."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from trial.management.administrators import administrator_of, refused
from trial.management.confirming import add_confirm, asked_in_words
from trial.management.terminal import confirm_identity
from trial.models import Delegation, Site
from trial.queries import find_trial, sites_for
from trial.refusals import NotConfirmed, Refusal


class SiteCommand(BaseCommand):
    """An act of an administrator on one site, from a day on."""

    def add_arguments(self, parser: CommandParser) -> None:
        """Which site, from which day, and in whose name."""
        parser.add_argument("--trial", required=True, help="such as nct02059759")
        parser.add_argument("--site", required=True, help="the site's number")
        parser.add_argument("--on", required=True, type=date.fromisoformat, metavar="YYYY-MM-DD")
        parser.add_argument("--by", required=True, metavar="USERNAME", help="the administrator who acts")
        add_confirm(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        """Find who acts and the site, ask for the password, and act."""
        by = None
        try:
            trial = find_trial(options["trial"])
            by = administrator_of(trial, options["by"])
            site = next((row for row in sites_for(by) if row.number == options["site"]), None)
            if site is None:
                raise CommandError(f"{trial.key} has no site {options['site']} that {options['by']} reaches.")
            confirm_identity(by.user)
            self.stdout.write(self.act(site, by, options))
        except NotConfirmed as asked:
            raise CommandError(asked_in_words(asked)) from asked
        except Refusal as fault:
            command = type(self).__module__.rpartition(".")[2]
            raise refused(fault, command=command, by=by, subject=options["site"]) from fault

    def act(self, site: Site, by: Delegation, options: dict[str, Any]) -> str:
        """Do it, and say what is so now."""
        raise NotImplementedError
