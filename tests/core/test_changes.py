"""What differs between two calendars: days that move, that come, and that fall away."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from dosing.core.changes import Change, changes_between
from dosing.core.facts import Facts, plan_from
from dosing.core.planned import Calendar
from tests.core.protocols import course, protocol, visit
from trial.core.protocol import Interval, Window

MONDAY = date(2015, 10, 5)


def calendar(*codes: str, window: Window = Window(1, 1), start: date = MONDAY) -> Calendar:  # noqa: B008
    """A course from that day, and a visit of each code a week later."""
    visits = tuple(visit(code, Interval(7), window=window) for code in codes)
    return plan_from(protocol((course(),), visits), Facts(start))


def test_what_comes_and_what_falls_away_are_changes_with_one_side() -> None:
    old, new = calendar("V1"), calendar("V2")
    gone, come = changes_between(old, new)
    assert (gone.code, gone.old, gone.new) == ("V1", old.visit("V1"), None)
    assert (come.code, come.old, come.new) == ("V2", None, new.visit("V2"))


def test_the_same_days_are_no_change_and_another_window_is_one() -> None:
    assert changes_between(calendar("V1"), calendar("V1")) == ()
    (wider,) = changes_between(calendar("V1"), calendar("V1", window=Window(1, 2)))
    assert wider.planned == wider.new != wider.old


def test_changes_stand_in_the_order_of_their_new_days() -> None:
    later = calendar("V1", start=MONDAY + timedelta(days=1))
    found = changes_between(calendar("V1"), later)
    assert [change.code for change in found] == ["C1D1", "C1D2", "C1D3", "C1D4", "C1D5", "V1"]
    assert [change.planned.date for change in found] == sorted(change.planned.date for change in found)


def test_a_change_has_a_side() -> None:
    with pytest.raises(ValueError, match="an old side, a new side, or both"):
        Change(None, None).planned  # noqa: B018
