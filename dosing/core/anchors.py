"""Where courses start: anchors and intervals turned into days.

A course counts from day 1, from randomisation or from an earlier course. Only an anchor that says
`actual` follows what really happened; every other one keeps the plan, so nothing shifts silently.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from dosing.core.refusals import CannotPlan
from trial.core.dates import add
from trial.core.protocol import Anchor, AnchorKind, Course, Interval, Protocol, Text

CourseKey = tuple[str, int]
"""Code and repeat (from 1) of a course."""


class Anchors:
    """The days from which one participant's courses and visits are counted."""

    def __init__(
        self,
        protocol: Protocol,
        *,
        first_injection: date,
        randomized: date | None,
        actual: Mapping[CourseKey, date],
    ) -> None:
        self._courses = {course.code: course for course in protocol.courses}
        self._first_injection = first_injection
        self._randomized = randomized
        self._actual = actual
        self._starts: dict[CourseKey, date | None] = {}

    def course_starts(self) -> list[date]:
        """The planned first day of every course and repeat, in file order."""
        return [self.start(c.code, k) for c in self._courses.values() for k in range(1, c.repeats + 1)]

    def target(self, anchor: Anchor, offset: Interval) -> date:
        """The day that lies `offset` from the anchor."""
        return add(self.day(anchor), offset)

    def day(self, anchor: Anchor) -> date:
        """The anchor's own day. Raises CannotPlan if it is randomisation and that is not known."""
        if anchor.kind is AnchorKind.FIRST_INJECTION:
            return self._first_injection
        if anchor.kind is AnchorKind.RANDOMIZATION:
            return self._randomization_day()
        return self._really_began(anchor) or self.start(anchor.course, anchor.repeat)

    def has_happened(self, anchor: Anchor) -> bool:
        """True where the anchor follows the actual course and that course has begun."""
        return self._really_began(anchor) is not None

    def start(self, code: str, repeat: int) -> date:
        """The planned first day of a course. Raises CannotPlan if its anchors lead nowhere."""
        key = (code, repeat)
        if key not in self._starts:
            self._starts[key] = None  # being worked out: meeting it again means a circle
            self._starts[key] = self._work_out(self._course(code, repeat), repeat)
        start = self._starts[key]
        if start is None:
            raise _circle(code)
        return start

    def _work_out(self, course: Course, repeat: int) -> date:
        if repeat == 1 or course.every is None:
            return self.target(course.anchor, course.offset)
        later = Interval((repeat - 1) * course.every.value, course.every.unit)
        return add(self.start(course.code, 1), later)

    def _course(self, code: str, repeat: int) -> Course:
        course = self._courses.get(code)
        if course is None or not 1 <= repeat <= course.repeats:
            raise _no_such_course(code, repeat)
        return course

    def _really_began(self, anchor: Anchor) -> date | None:
        return self._actual.get((anchor.course, anchor.repeat)) if anchor.actual else None

    def _randomization_day(self) -> date:
        if self._randomized is None:
            raise CannotPlan(
                Text(
                    "This protocol counts days from randomisation. Give the date of randomisation.",
                    "Ce protocole compte des jours à partir de la randomisation. "
                    "Indiquez la date de randomisation.",
                )
            )
        return self._randomized


def _circle(code: str) -> CannotPlan:
    return CannotPlan(
        Text(
            f"Course {code} is counted from itself. Correct the anchors in the protocol file.",
            f"La cure {code} est comptée à partir d'elle-même. "
            "Corrigez les points de départ dans le fichier du protocole.",
        )
    )


def _no_such_course(code: str, repeat: int) -> CannotPlan:
    return CannotPlan(
        Text(
            f"The protocol has no course {code}, repeat {repeat}. Correct the anchor in the protocol file.",
            f"Le protocole n'a pas de cure {code}, répétition {repeat}. "
            "Corrigez le point de départ dans le fichier du protocole.",
        )
    )
