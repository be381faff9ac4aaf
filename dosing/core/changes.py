"""Two calendars side by side: every day and window that differs, old and new."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import assert_never

from dosing.core.planned import Calendar, Planned, PlannedInjection, PlannedVisit


@dataclass(frozen=True)
class Change:
    """One injection or visit whose day or window differs; `old` or `new` is None where only one has it."""

    old: Planned | None
    new: Planned | None

    @property
    def planned(self) -> Planned:
        """The new one; the old one where there is no new one."""
        entry = self.new or self.old
        if entry is None:
            raise ValueError("A change has an old side, a new side, or both.")
        return entry

    @property
    def code(self) -> str:
        return self.planned.code


def changes_between(
    old: Calendar,
    new: Calendar,
    *,
    recorded: Collection[int] = (),
    visited: Collection[str] = (),
) -> tuple[Change, ...]:
    """What differs from `old` to `new`, in the order of the new days.

    Injections (by number) and visits (by code) that are recorded are left out: what has happened
    does not change. Injections are matched by number, visits by code.
    """
    before, after = _by_key(old, recorded, visited), _by_key(new, recorded, visited)
    found = [Change(before.get(key), after.get(key)) for key in {**before, **after}]
    return tuple(sorted(filter(_differs, found), key=lambda change: (change.planned.date, change.code)))


def _by_key(
    calendar: Calendar, recorded: Collection[int], visited: Collection[str]
) -> Mapping[tuple[str, object], Planned]:
    entries = [(_key(entry), entry) for entry in calendar.entries()]
    gone = {("injection", number) for number in recorded} | {("visit", code) for code in visited}
    return {key: entry for key, entry in entries if key not in gone}


def _key(entry: Planned) -> tuple[str, object]:
    match entry:
        case PlannedInjection():
            return "injection", entry.number
        case PlannedVisit():
            return "visit", entry.code
        case _:
            assert_never(entry)


def _differs(change: Change) -> bool:
    if change.old is None or change.new is None:
        return True
    return _days(change.old) != _days(change.new)


def _days(entry: Planned) -> tuple[object, ...]:
    return (entry.date, entry.earliest, entry.latest)
