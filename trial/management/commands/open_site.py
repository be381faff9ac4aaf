"""`manage.py open_site`: says from which day a site may screen, in the name of an administrator."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from trial.management.confirming import confirmed_in
from trial.management.site_command import SiteCommand
from trial.models import Delegation, Site
from trial.people.site_days import open_site


class Command(SiteCommand):
    """A site opens for screening, or opens again after it closed."""

    help = "Open a site for screening. By an administrator, whose password is asked for."

    def act(self, site: Site, by: Delegation, options: dict[str, Any]) -> str:
        """Open it."""
        open_site(site=site, on=options["on"], by=by, at=timezone.now(), confirmed=confirmed_in(options))
        return f"Site {site.number} is open from {options['on']}."
