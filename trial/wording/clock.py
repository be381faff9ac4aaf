"""Days and moments of a site, and whether the clock that says them can be right. Nothing here reads it.

A clock that was set back is seen at once, as the newest entry of the trail then lies ahead of it. One
that was set forward is seen where the database runs on another machine.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import connection
from django.utils.translation import gettext as _

from trial.models import AuditEntry, Site

ALLOWED = timedelta(seconds=60)
"""Two machines that keep time over a network differ by far less; a person would not notice it."""

LOOKED_AT = 200
"""How many of the newest entries are compared, so that a page costs the same however long the trail is."""


def local(at: datetime, site: Site) -> datetime:
    """That moment on the site's wall clock."""
    return at.astimezone(site.tzinfo)


def day_at(site: Site, at: datetime) -> date:
    """The calendar day that it is at the site at that moment."""
    return local(at, site).date()


def clock_fault(*, at: datetime) -> str:
    """A sentence if the machine's clock, which shows `at`, cannot be right; empty otherwise."""
    return behind_the_trail(at=at) or beside_the_database(at=at)


def behind_the_trail(*, at: datetime) -> str:
    """A sentence if something is entered that has not happened yet by this clock."""
    last = AuditEntry.objects.order_by("-id").values("at")[:LOOKED_AT]
    newest = max((row["at"] for row in last), default=None)
    if newest is None or newest <= at + ALLOWED:
        return ""
    return _(
        "This machine's clock is behind the newest entry of the "
        "audit trail. Ask IT to correct the clock before you record."
    )


def beside_the_database(*, at: datetime) -> str:
    """A sentence if the database's clock differs. SQLite has none of its own."""
    if connection.vendor == "sqlite":
        return ""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        (there,) = cursor.fetchone()
    if abs(there - at) <= ALLOWED:
        return ""
    return _("This machine's clock and the database's differ by more than a minute. Ask IT to correct them.")
