"""Judges counts and lengths of time: beyond any trial's they are faults, beyond most they are asked about."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from trial.core.criteria_reader import BOUNDS, leaves
from trial.core.faults import Place
from trial.core.judges.asked import ask
from trial.core.protocol import CriterionKind, Protocol
from trial.core.sentences import Sentence

_YEAR = 366
_DAYS_IN = {"days": 1, "weeks": 7, "months": 31, "years": _YEAR}
"""The longest that each can last."""


@dataclass(frozen=True)
class Range:
    """What a count is in nearly every trial, at most, and what it is in none."""

    usual: int
    most: int


PEOPLE = Range(20_000, 1_000_000)
MONTHS = Range(120, 240)
TO_DAY_1 = Range(92, 2 * _YEAR)
HOLD = Range(184, 3 * _YEAR)
SCREENING = Range(184, 3 * _YEAR)
BEFORE = Range(31, _YEAR)
DOSE_WINDOW = Range(31, _YEAR)
VISIT_WINDOW = Range(62, _YEAR)
SHIFT = Range(62, _YEAR)
COURSE_DAYS = Range(400, 1000)
COURSE_LENGTH = Range(400, 10 * _YEAR)
REPEATS = Range(160, 1000)
APART = Range(400, 10 * _YEAR)
DOSES = Range(800, 5000)
COURSE_BEGINS = Range(3 * _YEAR, 20 * _YEAR)
VISIT_COMES = Range(3 * _YEAR, 30 * _YEAR)
SHARE = Range(6, 100)
LOOKED_BACK = Range(20 * _YEAR, 120 * _YEAR)
SINCE = Range(60 * _YEAR, 120 * _YEAR)
AGE = Range(100, 120)


@dataclass(frozen=True)
class _Count:
    """A number of the file: where it stands, as it is written, and what it comes to."""

    place: Place
    key: str
    written: int
    worth: int
    range: Range


def judge_counts(root: Place, protocol: Protocol) -> None:
    """Every count and every length of time in the file."""
    for count in _counts(root, protocol):
        _judge(root, protocol, count)


def _judge(root: Place, protocol: Protocol, count: _Count) -> None:
    if count.worth > count.range.most:
        count.place.fault("%(value)s is more than any trial has; correct it.", count.key, value=count.written)
    elif count.worth > count.range.usual:
        found = Sentence("%(value)s is more than nearly any trial has", value=count.written)
        ask(count.place, protocol, root, count.key, count.written, found)


def _counts(root: Place, protocol: Protocol) -> Iterator[_Count]:
    yield from _whole(root["trial"], target=PEOPLE, recruitment_months=MONTHS)
    yield from _whole(root["limits"], max_days_to_first_injection=TO_DAY_1, max_hold_days=HOLD)
    yield from _whole(root["screening"], from_day=SCREENING)
    for row in root.rows("reminders"):
        yield from _whole(row, days_before=BEFORE)
    for row in root.rows("arms"):
        yield from _whole(row, ratio=SHARE)
    for index, row in enumerate(root.rows("courses")):
        yield from _course(row, protocol, index)
    for row in root.rows("visits"):
        yield from _when(row, VISIT_COMES)
        yield from _window(row, VISIT_WINDOW)
    yield _Count(root["trial"], "injections", protocol.injections, protocol.injections, DOSES)
    for row in root.rows("criteria"):
        for leaf in leaves(row):
            yield from _criterion(leaf)


def _whole(place: Place, **ranges: Range) -> Iterator[_Count]:
    for key, kept in ranges.items():
        if key in place:
            yield _Count(place, key, place.get(key), abs(place.get(key)), kept)


def _course(row: Place, protocol: Protocol, index: int) -> Iterator[_Count]:
    course = protocol.courses[index]
    yield from _when(row, COURSE_BEGINS)
    yield from _window(row, DOSE_WINDOW)
    yield from _whole(row, max_shift_days=SHIFT, repeats=REPEATS)
    yield from _interval(row, "every", APART)
    yield _Count(row, "days", len(course.days), len(course.days), COURSE_DAYS)
    yield _Count(row, "days", course.days[-1] + 1, course.days[-1] + 1, COURSE_LENGTH)


def _when(row: Place, kept: Range) -> Iterator[_Count]:
    yield from _whole(row, day=kept)
    yield from _interval(row, "offset", kept)


def _interval(row: Place, key: str, kept: Range) -> Iterator[_Count]:
    for unit, value in row.get(key, {}).items():
        if unit in _DAYS_IN:
            yield _Count(row, key, value, abs(value) * _DAYS_IN[unit], kept)


def _window(row: Place, kept: Range) -> Iterator[_Count]:
    if "window" in row:
        yield from _whole(row["window"], before=kept, after=kept, opens=kept, closes=kept)


def _criterion(leaf: Place) -> Iterator[_Count]:
    yield from _interval(leaf, "within", LOOKED_BACK)
    kind = leaf.get("kind")
    if kind not in (CriterionKind.AGE, CriterionKind.SINCE):
        return
    for key in BOUNDS:
        if key in leaf:
            value = int(Decimal(str(leaf.get(key))))
            if kind == CriterionKind.AGE:
                yield _Count(leaf, key, value, abs(value), AGE)
            else:
                yield _Count(leaf, key, value, abs(value) * _DAYS_IN[leaf.get("unit")], SINCE)
