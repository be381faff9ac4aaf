"""`manage.py close_site`: says from which day a site takes nobody more, in the name of an administrator."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone

from trial.management.confirming import confirmed_in
from trial.management.site_command import SiteCommand
from trial.management.terminal import need_words
from trial.models import Delegation, Site
from trial.people.site_days import close_site


class Command(SiteCommand):
    """Nobody more is screened or randomised there; who is in the trial goes on."""

    help = "Close a site to recruitment. By an administrator, whose password is asked for."

    def add_arguments(self, parser: CommandParser) -> None:
        """And why."""
        super().add_arguments(parser)
        parser.add_argument("--reason", default="", help="asked for if it is not given")

    def act(self, site: Site, by: Delegation, options: dict[str, Any]) -> str:
        """Close it."""
        reason = need_words(options["reason"], "Why does the site close?")
        confirmed = confirmed_in(options)
        close_site(site=site, on=options["on"], reason=reason, by=by, at=timezone.now(), confirmed=confirmed)
        return f"Site {site.number} is closed to recruitment from {options['on']}."
