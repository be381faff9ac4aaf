"""Where courses start: anchors and intervals turned into days.

A course counts from day 1, from randomisation or from an earlier course. Only what the protocol says
follows the actual course does so; everything else keeps the plan, so nothing shifts silently. Where
a person has moved a course, its own days lie there, and what follows it counts from there. The months
of a chain are added up before they are clamped (`Spot`), so that no repeat drifts away from its visit.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import assert_never

from dosing.core.refusals import CannotPlan
from trial.core.dates import Spot
from trial.core.protocol import Anchor, AnchorKind, Course, Interval, Protocol

CourseKey = tuple[str, int]
"""Code and repeat (from 1) of a course."""


@dataclass(frozen=True, slots=True)
class Slip:
    """Where a course lies that others follow: a day that differs from its plan, or may do so.

    `happened` tells a course that really began from one that was only moved there.
    """

    repeat: int
    day: date
    happened: bool


class Anchors:
    """The days from which one participant's courses and visits are counted."""

    def __init__(
        self,
        protocol: Protocol,
        *,
        first_injection: date,
        randomized: date | None,
        actual: Mapping[CourseKey, date],
        moved: Mapping[CourseKey, date],
    ) -> None:
        self._courses = {course.code: course for course in protocol.courses}
        self._first_injection = first_injection
        self._randomized = randomized
        self._actual = actual
        self._moved = moved
        self._spots: dict[CourseKey, Spot | None] = {}

    def planned_starts(self) -> list[date]:
        """The planned first day of every course and repeat, in file order, before any was moved by hand."""
        return [self.start(c.code, k) for c in self._courses.values() for k in range(1, c.repeats + 1)]

    def course_starts(self) -> list[date]:
        """Where every course and repeat lies, in file order: where it was moved to, or as planned."""
        return [self.placed(c.code, k) for c in self._courses.values() for k in range(1, c.repeats + 1)]

    def placed(self, code: str, repeat: int) -> date:
        """The first day of a course: where it was moved to, or as planned."""
        return self._moved.get((code, repeat)) or self.start(code, repeat)

    def target(self, anchor: Anchor, offset: Interval) -> date:
        """The day that lies `offset` from the anchor."""
        return self._anchored(anchor).later(offset).day

    def _anchored(self, anchor: Anchor) -> Spot:
        """Where the anchor lies. Raises CannotPlan if it is randomisation and that is not known."""
        match anchor.kind:
            case AnchorKind.FIRST_INJECTION:
                return Spot(self._first_injection)
            case AnchorKind.RANDOMIZATION:
                return Spot(self._randomization_day())
            case AnchorKind.COURSE:
                return self._course_spot(anchor)
            case _:
                assert_never(anchor.kind)

    def _course_spot(self, anchor: Anchor) -> Spot:
        """Where a course begins from which others count; one that began as planned counts as planned."""
        planned, slip = self._spot(anchor.course, anchor.repeat), self.followed(anchor)
        return Spot(slip.day) if slip and slip.day != planned.day else planned

    def followed(self, anchor: Anchor) -> Slip | None:
        """Where the course began or was moved to, if the anchor follows the actual course and it has."""
        return self._slip(anchor.course, anchor.repeat) if anchor.actual else None

    def base(self, code: str, repeat: int) -> Slip | None:
        """The latest earlier repeat that this one follows because it slipped; None counts from the first."""
        if not self._course(code, repeat).follows_actual:
            return None
        for earlier in range(repeat - 1, 0, -1):
            slip = self._slip(code, earlier)
            if slip and slip.day != self.start(code, earlier):
                return slip
        return None

    def start(self, code: str, repeat: int) -> date:
        """The planned first day of a course. Raises CannotPlan if its anchors lead nowhere."""
        return self._spot(code, repeat).day

    def _spot(self, code: str, repeat: int) -> Spot:
        key = (code, repeat)
        if key not in self._spots:
            self._spots[key] = None  # being worked out: meeting it again means a circle
            self._spots[key] = self._work_out(self._course(code, repeat), repeat)
        spot = self._spots[key]
        if spot is None:
            raise _circle(code)
        return spot

    def _work_out(self, course: Course, repeat: int) -> Spot:
        if repeat == 1 or course.every is None:
            return self._anchored(course.anchor).later(course.offset)
        base = self.base(course.code, repeat)
        spot, steps = (
            (Spot(base.day), repeat - base.repeat) if base else (self._spot(course.code, 1), repeat - 1)
        )
        return spot.later(Interval(steps * course.every.value, course.every.unit))

    def _course(self, code: str, repeat: int) -> Course:
        course = self._courses.get(code)
        if course is None or not 1 <= repeat <= course.repeats:
            raise _no_such_course(code, repeat)
        return course

    def _slip(self, code: str, repeat: int) -> Slip | None:
        key = (code, repeat)
        day = self._actual.get(key) or self._moved.get(key)
        return Slip(repeat, day, happened=key in self._actual) if day else None

    def _randomization_day(self) -> date:
        if self._randomized is None:
            raise CannotPlan("This protocol counts days from randomisation. Give the date of randomisation.")
        return self._randomized


def _circle(code: str) -> CannotPlan:
    return CannotPlan(
        "Course %(course)s is counted from itself. Correct the anchors in the protocol file.", course=code
    )


def _no_such_course(code: str, repeat: int) -> CannotPlan:
    return CannotPlan(
        "The protocol has no course %(course)s, repeat %(repeat)s. Correct the anchor in the protocol file.",
        course=code,
        repeat=repeat,
    )
