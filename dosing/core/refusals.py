"""What the calendar declines to do, in words. Services turn these into the refusals of a page or the API."""

from __future__ import annotations

from trial.core.sentences import Saying


class CalendarRefusal(Saying):
    """Base of the calendar's refusals. Its sentence says what is so and what to do next."""


class CannotPlan(CalendarRefusal):
    """No calendar follows from these facts: a date is missing, contradicts another, or leads nowhere."""


class FirstInjectionRefused(CalendarRefusal):
    """Day 1 may not lie on that day."""


class UnknownZone(CalendarRefusal):
    """The zone is not a name of the IANA time zone database."""
