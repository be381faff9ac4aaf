"""Values in the words of a page: days, moments and states, in the language of the person at the screen."""

from __future__ import annotations

from datetime import date, datetime

from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from trial.clock import local
from trial.core.protocol import Text
from trial.models import Site, Status, WithdrawalScope

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
}
"""How a participant's status looks: the states of `components/badge.html`."""


def standing(status: Status, scope: str | None) -> str:
    """Where a participant stands, in words: who has died or was lost has not withdrawn."""
    words = {WithdrawalScope.DEATH: _("deceased"), WithdrawalScope.LOST: _("lost to follow-up")}
    special = words.get(WithdrawalScope(scope)) if scope and status == Status.WITHDRAWN else None
    return special or str(status.label)


def say(text: Text | object) -> str:
    """A bilingual sentence in the language of the page; anything else as it stands."""
    return text.in_language(get_language() or "en") if isinstance(text, Text) else str(text)


def short_day(day: date) -> str:
    """`Mon 7 Dec`."""
    return _written(day, "D j M")


def weekday(day: date) -> str:
    """`Mon`."""
    return _written(day, "D")


def full_day(day: date) -> str:
    """`Monday 7 December 2026`."""
    return date_format(day, "l j F Y")


def medium_day(day: date) -> str:
    """`Mon 7 Dec 2026`."""
    return _written(day, "D j M Y")


def day_month(day: date) -> str:
    """`7 Dec`."""
    return _written(day, "j M")


def _written(day: date, form: str) -> str:
    """French writes days and months small; Django's short months have a capital in every language."""
    text = date_format(day, form)
    return text.lower() if (get_language() or "").startswith("fr") else text


def days_between(earliest: date, latest: date) -> str:
    """A window in short words: `12-16 Dec`, or both days in full; one day where both are the same."""
    if earliest == latest:
        return day_month(latest)
    if (earliest.year, earliest.month) == (latest.year, latest.month):
        return f"{earliest.day}–{day_month(latest)}"
    return f"{day_month(earliest)} – {day_month(latest)}"


def clock(at: datetime, site: Site) -> str:
    """`08:31`, by the site's wall clock."""
    return date_format(local(at, site), "H:i")


def moment(at: datetime, site: Site) -> str:
    """`Mon 7 Dec 2026, 08:31`, by the site's wall clock."""
    return f"{medium_day(local(at, site).date())}, {clock(at, site)}"


def late_by(day: date, today: date) -> str:
    """`late by 1 day`, for something that should have been done by `day`."""
    count = (today - day).days
    return _("late by 1 day") if count == 1 else _("late by %(count)d days") % {"count": count}


def month_of(day: date) -> str:
    """`Dec 2026`."""
    return _written(day, "M Y")
