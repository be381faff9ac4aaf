"""Values in the words of a page: days, moments and states, in the language of the person at the screen."""

from __future__ import annotations

from datetime import date, datetime
from typing import assert_never

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from trial.core.day_words import FULL, LONG, MEDIUM, SHORT, day_number, written
from trial.core.french import french_amount
from trial.models import Site, Status, WithdrawalScope
from trial.wording.clock import local

STATE_OF = {
    Status.SCREENING: "due",
    Status.ELIGIBLE: "ready",
    Status.SCREEN_FAILED: "withdrawn",
    Status.RANDOMIZED: "ready",
    Status.ON_TREATMENT: "ready",
    Status.ON_HOLD: "hold",
    Status.FOLLOW_UP: "due",
    Status.COMPLETED: "done",
    Status.WITHDRAWN: "withdrawn",
    Status.MISTAKE: "withdrawn",
}
"""How a participant's status looks: the states of `components/badge.html`."""


def status_in_words(status: Status, scope: str | None) -> str:
    """Where a participant stands, in words: who has died or was lost has not withdrawn."""
    if not scope or status != Status.WITHDRAWN:
        return str(status.label)
    match known := WithdrawalScope(scope):
        case WithdrawalScope.DEATH:
            return _("deceased")
        case WithdrawalScope.LOST:
            return _("lost to follow-up")
        case (
            WithdrawalScope.TREATMENT
            | WithdrawalScope.VISITS
            | WithdrawalScope.CONTACT
            | WithdrawalScope.TRIAL
            | WithdrawalScope.REMINDERS
        ):
            return str(status.label)
        case _:
            assert_never(known)


def amount(text: str) -> str:
    """A dose, volume or concentration: on a French page with a decimal comma, and in MUI or UI."""
    return french_amount(text) if _is_french() else text


def _is_french() -> bool:
    return (get_language() or "").startswith("fr")


def short_day(day: date) -> str:
    """`Mon 7 Dec`."""
    return _written(day, SHORT)


def weekday(day: date) -> str:
    """`Mon`."""
    return _written(day, "{short_weekday}")


def full_day(day: date) -> str:
    """`Monday 7 December 2026`."""
    return _written(day, FULL)


def long_day(day: date) -> str:
    """`7 December 2026`."""
    return _written(day, LONG)


def day_of_year(day: date) -> str:
    """`Monday 7 December`."""
    return _written(day, "{weekday} {day} {month}")


def medium_day(day: date) -> str:
    """`Mon 7 Dec 2026`."""
    return _written(day, MEDIUM)


def numbered_day(day: date) -> str:
    """`7 Dec 2026`."""
    return _written(day, "{day} {short_month} {year}")


def day_month(day: date) -> str:
    """`7 Dec`."""
    return _written(day, "{day} {short_month}")


def _written(day: date, pattern: str) -> str:
    return written(day, pattern, get_language() or "en")


def days_between(earliest: date, latest: date) -> str:
    """A window in short words: `12-16 Dec`, or both days in full; one day where both are the same."""
    if earliest == latest:
        return day_month(latest)
    if (earliest.year, earliest.month) == (latest.year, latest.month):
        return f"{day_number(earliest.day, get_language() or 'en')}–{day_month(latest)}"
    return f"{day_month(earliest)} – {day_month(latest)}"


def time_of_day(at: datetime, site: Site) -> str:
    """`08:31`, by the site's wall clock."""
    return f"{local(at, site):%H:%M}"


def moment(at: datetime, site: Site) -> str:
    """`Mon 7 Dec 2026, 08:31`, by the site's wall clock."""
    return f"{medium_day(local(at, site).date())}, {time_of_day(at, site)}"


def moment_there(at: datetime, site: Site) -> str:
    """`Mon 7 Dec 2026, 08:31, site time (Europe/Paris)`, for whoever may read it far from there."""
    return _("%(moment)s, site time (%(zone)s)") % {"moment": moment(at, site), "zone": site.zone}


def late_by(day: date, today: date) -> str:
    """`late by 1 day`, for something that should have been done by `day`."""
    count = (today - day).days
    return ngettext("late by %(count)d day", "late by %(count)d days", count) % {"count": count}


def month_of(day: date) -> str:
    """`Dec 2026`."""
    return _written(day, "{short_month} {year}")
