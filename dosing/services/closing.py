"""The days on which a site is closed, entered by hand."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from dosing.models import ClosedDay
from dosing.reading.closed_days import closed_days
from trial.audit import record
from trial.core.dates import add_months
from trial.models import Delegation, Site
from trial.permissions import Permission
from trial.policies import require
from trial.refusals import NOTHING, InvalidInput, Refusal, kept_far_day
from trial.wording.clock import day_at
from trial.wording.words import medium_day


class DayClosed(Refusal):
    """The site is closed on that day already."""

    code = "day_closed"


class DayOpen(Refusal):
    """The site is not entered as closed on that day."""

    code = "day_open"


@transaction.atomic
def close_day(
    *,
    site: Site,
    day: date,
    name: str,
    by: Delegation,
    at: datetime,
    confirmed: Mapping[str, object] | None = None,
) -> ClosedDay:
    """Say that the site is closed on a day, and why. It is warned of; no planned day moves.

    A day more than a year ago, or more than two years ahead, is taken only if `confirmed` has that very day;
    None is for what cannot be asked. Raises DayClosed, InvalidInput or NotConfirmed.
    """
    site = _locked(site, by)
    name = name.strip()
    if not name:
        sentence = _("Enter why the site is closed.")
        raise InvalidInput(sentence, {"name": sentence})
    if day in closed_days(site):
        raise DayClosed(_("%(day)s is entered as closed already.") % {"day": medium_day(day)})
    today = day_at(site, at)
    kept = kept_far_day("day", day, add_months(today, -12), add_months(today, 24), confirmed)
    return _write(site, day, True, name, by, at, kept)


@transaction.atomic
def open_day(*, site: Site, day: date, by: Delegation, at: datetime) -> ClosedDay:
    """Say that the site is open on that day after all. Raises DayOpen."""
    site = _locked(site, by)
    present = closed_days(site)
    if day not in present:
        raise DayOpen(_("%(day)s is not entered as closed.") % {"day": medium_day(day)})
    return _write(site, day, False, present[day].en, by, at)


def _locked(site: Site, by: Delegation) -> Site:
    site = Site.objects.select_for_update(of=("self",)).select_related("trial").get(pk=site.pk)
    require(by, Permission.CLOSE_DAYS, trial=site.trial_id, site=site)
    return site


def _write(
    site: Site,
    day: date,
    closed: bool,
    name: str,
    by: Delegation,
    at: datetime,
    kept: Mapping[str, object] = NOTHING,
) -> ClosedDay:
    sequence = ClosedDay.objects.filter(site=site, day=day).count() + 1
    row = ClosedDay.objects.create(
        site=site, day=day, sequence=sequence, closed=closed, name=name, by=by, at=at
    )
    record(
        action="day.closed" if closed else "day.opened",
        subject=day.isoformat(),
        by=by,
        at=at,
        trial=site.trial,
        site=site,
        body={"name": name} | dict(kept),
    )
    return row
