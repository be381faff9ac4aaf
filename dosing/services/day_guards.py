"""Facts before day 1: nothing that counts from the first injection can have happened before it."""

from __future__ import annotations

from datetime import date
from typing import Protocol

from django.utils.translation import gettext as _

from dosing.core.windows import Windowed
from trial.refusals import Refusal
from trial.wording.words import medium_day


class BeforeDay1(Refusal):
    """The day lies before day 1. If the first injection was earlier, that is recorded first."""

    code = "before_day_1"
    status = 422


class Planned(Windowed, Protocol):
    """What the calendar says: the day with its window, and which day of the trial it is."""

    @property
    def trial_day(self) -> int: ...


def refuse_injection_before_day_1(planned: Planned, day_1: date, day: date) -> None:
    """Refuse an injection of a later day that is said to have been given before day 1.

    The injections of day 1 itself may have been given early, with a reason: they say which day 1 is.
    """
    if planned.trial_day > 1:
        _refuse(day_1, day, "happened_at")


def refuse_visit_before_day_1(planned: Planned, day_1: date, day: date) -> None:
    """Refuse a visit before day 1 unless it is planned there or its window reaches there."""
    if planned.trial_day > 0:
        _refuse(min(day_1, planned.earliest), day, "day")


def _refuse(first: date, day: date, field: str) -> None:
    if day < first:
        sentence = _(
            "%(day)s is before day 1 (%(first)s). Check the day; if the first injection was earlier, "
            "record that one first."
        ) % {"day": medium_day(day), "first": medium_day(first)}
        raise BeforeDay1(sentence, {field: sentence})
