"""Where the instances of a timeline lie, counted from its fixed reference, which is day 1.

A timing says how far an instance lies before or after another. They are followed outwards from the fixed
reference, and added up exactly; days are counted only at the end. What cannot be told is listed, not guessed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from trial.core.durations import Duration, NotADuration, parse_duration
from trial.core.usdm.tree import Node

FIXED, BEFORE, AFTER = "fixed reference", "before", "after"
_CODES = {"C201358": FIXED, "C201357": BEFORE, "C201356": AFTER}
FURTHEST_DAYS = 20_000
FURTHEST_MONTHS = 600
"""A plan holds nothing that lies further off, some fifty years."""


@dataclass
class Positions:
    """How far each instance lies from day 1, by id, and what could not be said of a timing."""

    at: dict[str, Duration] = field(default_factory=dict)
    lost: list[str] = field(default_factory=list)
    refused: set[str] = field(default_factory=set)
    """Instances whose timing was read and could not be followed; `lost` says why."""


def positions(timings: list[Node], instances: Mapping[str, Node]) -> Positions:
    """Every instance that the timings reach from the fixed reference."""
    found = Positions()
    fixed = [row for row in timings if kind(row) == FIXED]
    _place_reference(found, fixed, instances)
    waiting = [row for row in timings if kind(row) != FIXED and _is_about(row, instances, found.lost)]
    while ready := [row for row in waiting if _reaches(row, found)]:
        for timing in ready:
            _place(found, timing, instances)
        waiting = [row for row in waiting if row not in ready]
    return found


def kind(timing: Node) -> str:
    """Before, after or fixed reference, by the code or its words; other words as they stand."""
    code = timing.code("type")
    return _CODES.get(code.text("code"), code.text("decode").lower())


def _place_reference(found: Positions, fixed: list[Node], instances: Mapping[str, Node]) -> None:
    known = [row for row in fixed if row.text("relativeFromScheduledInstanceId") in instances]
    if not known:
        found.lost.append("every day: the main timeline has no fixed reference to count from")
    for timing in known[:1]:
        found.at[timing.text("relativeFromScheduledInstanceId")] = Duration()
        if _value(timing) not in (Duration(), parse_duration("P1D"), None):
            found.lost.append(
                f"the fixed reference “{timing.name}” says {timing.text('value')}: it is day 1 here"
            )
    for timing in known[1:]:
        name = instances[timing.text("relativeFromScheduledInstanceId")].name
        found.lost.append(f"“{name}” is a second fixed reference; the first one is day 1 here")


def _is_about(timing: Node, instances: Mapping[str, Node], lost: list[str]) -> bool:
    """Whether both ends are instances of the timeline."""
    ends = [timing.text(f"relative{end}ScheduledInstanceId") for end in ("From", "To")]
    missing = [end or "nothing" for end in ends if end not in instances]
    if missing:
        lost.append(
            f"the timing “{timing.name}” is about {missing[0]}, which the main timeline does not have"
        )
    return not missing


def _reaches(timing: Node, found: Positions) -> bool:
    return any(timing.text(f"relative{end}ScheduledInstanceId") in found.at for end in ("From", "To"))


def _place(found: Positions, timing: Node, instances: Mapping[str, Node]) -> None:
    key, base = (timing.text(f"relative{end}ScheduledInstanceId") for end in ("From", "To"))
    is_backwards = base not in found.at
    if is_backwards:
        key, base = base, key
    name = instances[key].name
    try:
        position = found.at[base] + (-_step(timing) if is_backwards else _step(timing))
        _check(position, is_backwards)
    except NotADuration as fault:
        found.lost.append(f"“{name}”: {fault}; give its day by hand")
        found.refused.add(key)
        return
    if found.at.setdefault(key, position) != position:
        found.lost.append(f"“{name}” has a second timing, “{timing.name}”; the first one counts here")
    elif found.at[base] != Duration():
        _say_chain(found.lost, timing, name, instances[base].name)
    _say_ends(found.lost, timing, name)


def _check(position: Duration, is_backwards: bool) -> None:
    """Raises NotADuration for what has no day that can be told."""
    if position.is_mixed:
        raise NotADuration("months are mixed with days")
    if is_backwards and position.months:
        raise NotADuration("it is so many months before something, and months differ")
    if abs(position.days) > FURTHEST_DAYS or abs(position.months) > FURTHEST_MONTHS:
        raise NotADuration("it lies further away than a plan holds")


def _say_chain(lost: list[str], timing: Node, name: str, base: str) -> None:
    lost.append(
        f"“{name}” follows “{base}” ({kind(timing)}, {timing.text('value')}): it is counted from day 1 here, "
        "and does not move with it"
    )


def _say_ends(lost: list[str], timing: Node, name: str) -> None:
    how = timing.decode("relativeToFrom").lower() or "start to start"
    if how != "start to start":
        lost.append(f"“{name}” is timed {how}; it is counted from start to start here")


def _step(timing: Node) -> Duration:
    """The way from the one instance to the other. Raises NotADuration."""
    step = _read(timing)
    words = kind(timing)
    if words == BEFORE:
        return -abs(step)
    if words != AFTER:
        raise NotADuration(f"its timing is “{words or 'nothing'}”, neither before nor after")
    if step.is_negative:
        raise NotADuration(f"it is timed after, by {timing.text('value')}, which leads back")
    return step


def _read(timing: Node) -> Duration:
    if not timing.text("value"):
        raise NotADuration("its timing has no value")
    return parse_duration(timing.text("value"))


def _value(timing: Node) -> Duration | None:
    """The timing's value; None where it has none that can be read."""
    try:
        return _read(timing)
    except NotADuration:
        return None
