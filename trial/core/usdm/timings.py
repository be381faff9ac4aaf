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


@dataclass(frozen=True)
class Way:
    """A timing as it is followed: from the instance whose day is known to the other one."""

    number: int
    """Its place in the document."""
    timing: Node
    is_turned: bool = False
    """Whether it is read from its other end: it says how far the known instance lies from this one."""

    @property
    def key(self) -> str:
        """The instance to which it gives a day."""
        return _end(self.timing, "To" if self.is_turned else "From")

    @property
    def base(self) -> str:
        """The instance from which it counts."""
        return _end(self.timing, "From" if self.is_turned else "To")


@dataclass
class Positions:
    """How far each instance lies from day 1, by id, and what could not be said of a timing."""

    at: dict[str, Duration] = field(default_factory=dict)
    by: dict[str, Way] = field(default_factory=dict)
    """The timing from which each has its day; its window is that timing's, too."""
    lost: list[str] = field(default_factory=list)
    refused: set[str] = field(default_factory=set)
    """Instances whose timing was read and could not be followed; `lost` says why."""
    faults: dict[int, str] = field(default_factory=dict)
    """Why a timing could not be followed, by its place in the document."""


def positions(timings: list[Node], instances: Mapping[str, Node]) -> Positions:
    """Every instance that the timings reach from the fixed reference.

    Of several timings of one instance the first in the document counts, if it can be followed.
    """
    found = Positions()
    rows = list(enumerate(timings))
    _place_reference(found, [(number, row) for number, row in rows if kind(row) == FIXED], instances)
    others = [(number, row) for number, row in rows if kind(row) != FIXED]
    own = [Way(number, row) for number, row in others if _is_about(row, instances, found.lost)]
    ways = [*own, *(Way(way.number, way.timing, is_turned=True) for way in own)]
    while ready := _next(ways, found):
        for way in ready:
            _place(found, way)
        ways = [way for way in ways if way.key not in found.at and way.number not in found.faults]
    for way in own:
        _say(found, way, instances)
    return found


def _next(ways: list[Way], found: Positions) -> list[Way]:
    """What is followed now: first timings of their instances as long as there are any, then one other.

    A timing is read from its other end where the instance has none of its own that leads anywhere.
    """
    first: dict[str, int] = {}
    for way in ways:
        if not way.is_turned:
            first.setdefault(way.key, way.number)
    ready = [way for way in ways if way.base in found.at and way.key not in found.at]
    ranked = sorted(ready, key=lambda way: (_rank(way, first), way.number))
    leading = [way for way in ranked if _rank(way, first) == 0]
    return leading or ranked[:1]


def _rank(way: Way, first: Mapping[str, int]) -> int:
    """The first of its own, a turned one for what has none of its own, a later one, any turned one."""
    if way.is_turned:
        return 3 if way.key in first else 1
    return 0 if first[way.key] == way.number else 2


def _end(timing: Node, end: str) -> str:
    return timing.text(f"relative{end}ScheduledInstanceId")


def kind(timing: Node) -> str:
    """Before, after or fixed reference, by the code or its words; other words as they stand."""
    code = timing.code("type")
    return _CODES.get(code.text("code"), code.text("decode").lower())


def _place_reference(found: Positions, fixed: list[tuple[int, Node]], instances: Mapping[str, Node]) -> None:
    known = [Way(number, row) for number, row in fixed if _end(row, "From") in instances]
    if not known:
        found.lost.append("every day: the main timeline has no fixed reference to count from")
    for way in known[:1]:
        found.at[way.key], found.by[way.key] = Duration(), way
        if _value(way.timing) not in (Duration(), parse_duration("P1D"), None):
            value = way.timing.text("value")
            found.lost.append(f"the fixed reference “{way.timing.name}” says {value}: it is day 1 here")
    for way in known[1:]:
        name = instances[way.key].name
        found.lost.append(f"“{name}” is a second fixed reference; the first one is day 1 here")


def _is_about(timing: Node, instances: Mapping[str, Node], lost: list[str]) -> bool:
    """Whether both ends are instances of the timeline."""
    ends = [_end(timing, "From"), _end(timing, "To")]
    missing = [end or "nothing" for end in ends if end not in instances]
    if missing:
        lost.append(
            f"the timing “{timing.name}” is about {missing[0]}, which the main timeline does not have"
        )
    return not missing


def _place(found: Positions, way: Way) -> None:
    try:
        step = -_step(way.timing) if way.is_turned else _step(way.timing)
        position = found.at[way.base] + step
        _check(position, way.is_turned)
    except NotADuration as fault:
        found.faults[way.number] = str(fault)
        found.refused.add(way.key)
        return
    found.at[way.key], found.by[way.key] = position, way


def _say(found: Positions, own: Way, instances: Mapping[str, Node]) -> None:
    """What is lost of a timing: that it has no day, does not count, or is counted from day 1."""
    turned = Way(own.number, own.timing, is_turned=True)
    way = next((one for one in (own, turned) if found.by.get(one.key) == one), None)
    if way is None and own.number in found.faults:
        key = own.key if own.key in found.refused else own.base
        _say_fault(found, own, key, instances[key].name)
    elif way is None and own.key in found.at and own.base in found.at:
        _say_second(found, own, instances)
    elif way is not None:
        _say_more(found, way, instances)


def _say_fault(found: Positions, way: Way, key: str, name: str) -> None:
    fault = found.faults[way.number]
    if key in found.by:
        found.lost.append(
            f"“{name}” has a second timing, “{way.timing.name}”: {fault}; {_counts(found, key, way)}"
        )
    else:
        found.lost.append(f"“{name}”: {fault}; give its day by hand")


def _say_second(found: Positions, way: Way, instances: Mapping[str, Node]) -> None:
    """Of a timing that gave nobody a day: whether it agrees with the one that did."""
    name, which = instances[way.key].name, _counts(found, way.key, way)
    try:
        agrees = found.at[way.key] == found.at[way.base] + _step(way.timing)
    except NotADuration as fault:
        found.lost.append(f"“{name}” has a second timing, “{way.timing.name}”: {fault}; {which}")
        return
    if not agrees:
        found.lost.append(f"“{name}” has a second timing, “{way.timing.name}”; {which}")
        return
    _say_more(found, way, instances)
    _say_window(found, way, instances)


def _say_window(found: Positions, way: Way, instances: Mapping[str, Node]) -> None:
    """Whether the window of a timing that agrees is another than that of the visit; day 1 has none."""
    own = _window(way)
    if not any(own) or own in (_window(found.by[way.key]), _window(found.by[way.base])[::-1]):
        return
    key = way.base if kind(found.by[way.key].timing) == FIXED else way.key
    found.lost.append(
        f"“{instances[key].name}” has a second timing, “{way.timing.name}”, with another window; "
        f"{_counts(found, key, way)}"
    )


def _counts(found: Positions, key: str, other: Way) -> str:
    used = found.by[key]
    return "the first one counts here" if used.number < other.number else f"“{used.timing.name}” counts here"


def _window(way: Way) -> tuple[object, object]:
    """The time before and after, exchanged where it is read from its other end; false where there is none.

    The earlier end of one instance seen from the other is the later end of the other seen from it.
    """
    lower, upper = (_length(way.timing.text(key)) for key in ("windowLower", "windowUpper"))
    return (upper, lower) if way.is_turned else (lower, upper)


def _length(text: str) -> object:
    """What an end of a window says, with or without a sign; None for nothing, the words of no duration."""
    try:
        found = abs(parse_duration(text)) if text else Duration()
    except NotADuration:
        return text
    return None if found == Duration() else found


def _say_more(found: Positions, way: Way, instances: Mapping[str, Node]) -> None:
    """Of a timing that agrees with the plan: that it is a chain, or counts from an end."""
    name = instances[way.key].name
    if found.at[way.base] != Duration():
        _say_chain(found.lost, way.timing, name, instances[way.base].name)
    _say_ends(found.lost, way.timing, name)


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
