"""The days on which a site is closed: public holidays of its region, and those it named itself."""

from __future__ import annotations

from datetime import date

from dosing.core.notes import NOTHING
from dosing.models import ClosedDay
from trial.core.kept_days import KeptDays
from trial.core.protocol import Protocol, Text
from trial.models import Site
from trial.protocol.holidays import holidays_between


def closed_days(site: Site) -> dict[date, Text]:
    """The days that the site said it is closed, with the name that was given; in date order."""
    rows = ClosedDay.objects.filter(site=site).order_by("day", "sequence")
    latest = {row.day: row for row in rows}
    return {day: Text(row.name, row.name) for day, row in latest.items() if row.closed}


def holidays_at(site: Site, protocol: Protocol, first: date, last: date) -> KeptDays:
    """The public holidays at a site, both ends included, and its weekend; none if the protocol lacks it."""
    named = next((row for row in protocol.sites if row.number == site.number), None)
    return holidays_between(named.holidays, first, last) if named else NOTHING
