"""Days and moments of a site. Nothing here reads the clock."""

from __future__ import annotations

from datetime import date, datetime

from trial.models import Site


def local(at: datetime, site: Site) -> datetime:
    """That moment on the site's wall clock."""
    return at.astimezone(site.tzinfo)


def day_at(site: Site, at: datetime) -> date:
    """The calendar day that it is at the site at that moment."""
    return local(at, site).date()
