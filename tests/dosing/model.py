"""What must be so: one participant of NCT02059759 in plain arithmetic, from what was done to them.

Written from the protocol and the rules of the trial, not from the product: it knows the trial by heart
(three times five days, 28 days apart, seven visits) and imports nothing of the code under test. Each
`why_not_…` names every refusal that an act deserves; an act with none must be done.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")
DRAWN = datetime(2015, 10, 5, 7, 30, tzinfo=UTC)
DRAWN_ON = date(2015, 10, 5)
A_DAY = timedelta(days=1)
NUMBERS = range(1, 16)
VISITS = {
    "V1": (1, 0, 0),
    "V2": (8, 1, 2),
    "V3": (29, 3, 0),
    "V4": (57, 3, 0),
    "V5": (64, 1, 2),
    "V6": (85, 3, 7),
    "V7": (169, 3, 14),
}
"""Trial day, days before, days after, in version 1."""
LAST_VISIT = {1: 169, 2: 176}
LONGEST_SHIFT = {1: 7, 2: 3}
LONGEST_HOLD = {1: 28, 2: 14}
RUNS_ON = 7 * timedelta(days=1)
"""A hold that begins so soon after a release counts on from the one before."""
RULES = (
    ("P-COURSE", "participant", "course", 18),
    ("P-VISIT", "participant", "visit", 18),
    ("S-INJECTION", "site", "injection", 8),
    ("S-VISIT", "site", "visit", 8),
)
"""Code, to whom, of what; the day before, at so many o'clock at the site."""
AFTER = {
    "visits": {"contact", "trial", "reminders", "lost", "death"},
    "lost": {"visits", "contact", "trial", "death"},
    "contact": {"death"},
    "trial": {"death"},
    "death": set(),
}
SILENT = {"contact", "trial", "reminders", "death"}
"""After these nobody writes to the participant."""
BEFORE_THE_DRAW = 2
"""So many statuses came before: in screening, eligible."""
TREATED = {"on_treatment", "on_hold"}
Days = dict[int, date]
DayTold = tuple[str, str, date | None, date | None]
"""State, what stops the day, since when, and the day on which it happened."""


def day_of(moment: datetime) -> date:
    """The day in Montpellier."""
    return moment.astimezone(PARIS).date()


@dataclass(frozen=True)
class Dose:
    """One record of an injection; it has no moment if it was missed or reopened."""

    outcome: str
    moment: datetime | None = None


@dataclass(frozen=True)
class Seen:
    """One record of a visit."""

    outcome: str
    day: date | None = None


@dataclass(frozen=True)
class Standing:
    """One status, with how it came about."""

    status: str
    at: datetime
    scope: str = ""
    ended_on: date | None = None
    until: date | None = None

    @property
    def day(self) -> date:
        """The day on which it was said, of the death or of the last contact; else the day of the entry."""
        return self.ended_on or day_of(self.at)


@dataclass
class Model:
    """One participant: what was done, and what follows from it."""

    now: datetime = DRAWN + timedelta(minutes=1)
    day_1: date | None = None
    version: int = 1
    newest: int = 1
    moved: Days = field(default_factory=dict)
    placed: Days = field(default_factory=dict)
    kept: Days = field(default_factory=dict)
    doses: dict[int, list[Dose]] = field(default_factory=dict)
    seen: dict[str, list[Seen]] = field(default_factory=dict)
    standing: list[Standing] = field(default_factory=lambda: [Standing("randomized", DRAWN)])
    deviations: set[tuple[str, str, int]] = field(default_factory=set)
    closed_deviations: set[int] = field(default_factory=set)
    closed_days: set[date] = field(default_factory=set)
    mail: bool = True
    feeds: int = 0

    # --- The plan ----------------------------------------------------------------------------------

    @property
    def today(self) -> date:
        return day_of(self.now)

    @property
    def status(self) -> str:
        return self.standing[-1].status

    @property
    def scope(self) -> str:
        return self.standing[-1].scope

    @property
    def applicable(self) -> int:
        """The version that planned the calendar, or the newest one before there is any."""
        return self.version if self.day_1 else self.newest

    def start(self, course: int) -> date:
        assert self.day_1
        return self.moved.get(course, self.counted(course))

    def counted(self, course: int) -> date:
        """Where a course lies before anybody moved it."""
        assert self.day_1
        return self.placed.get(course, self.day_1 + timedelta(days=28 * (course - 1)))

    def injections(self) -> Days:
        """Number -> planned day: three courses of five days, never six."""
        if self.day_1 is None:
            return {}
        return {n: self.start((n + 4) // 5) + (n - 1) % 5 * A_DAY for n in NUMBERS}

    def visits(self) -> dict[str, tuple[date, date, date]]:
        """Code -> target, first and last day of its window."""
        if self.day_1 is None:
            return {}
        days = {**VISITS, "V7": (LAST_VISIT[self.version], 3, 14)}
        return {
            code: (target, target - before * A_DAY, target + after * A_DAY)
            for code, (day, before, after) in days.items()
            for target in [self.day_1 + (day - 1) * A_DAY]
        }

    # --- What has happened -------------------------------------------------------------------------

    def recorded(self) -> dict[int, Dose]:
        """What became of each injection; one that was reopened is open."""
        latest = {number: rows[-1] for number, rows in self.doses.items()}
        return {number: row for number, row in latest.items() if row.outcome != "reopened"}

    def given(self) -> dict[int, datetime]:
        return {number: row.moment for number, row in self.recorded().items() if row.moment}

    def attended(self) -> dict[str, Seen]:
        return {code: rows[-1] for code, rows in self.seen.items()}

    def over(self) -> set[str]:
        """The visits of which nothing more is expected."""
        return {code for code, row in self.attended().items() if row.outcome != "moved"}

    def expected(self, code: str) -> date:
        """The day on which a visit is awaited: its target, or where it was moved to."""
        row = self.attended().get(code)
        return row.day if row and row.outcome == "moved" and row.day else self.visits()[code][0]

    def stop(self, moment: datetime) -> Standing | None:
        """The hold or the end in force at that moment."""
        before = [row for row in self.standing if row.at <= moment]
        if before and before[-1].status == "on_hold":
            return before[-1]
        return next((row for row in before if row.scope), None)

    def treatment_end(self) -> date | None:
        """The earliest end that is known now, in whatever order; a hold that went over into it counts on."""
        stop = self.injections_stopped() if any(row.scope for row in self.standing) else None
        return stop[1] if stop else None

    def injections_stopped(self) -> tuple[str, date] | None:
        """What stops the days after it: a hold that nobody released, or the earliest end."""
        halts = []
        for place, row in enumerate(self.standing):
            following = self.standing[place + 1] if place + 1 < len(self.standing) else None
            if row.status == "on_hold" and (following is None or following.scope):
                halts.append((row.day, 0, "hold"))
            elif row.scope:
                halts.append((row.day, 1 + place, row.scope))
        return (min(halts)[2], min(halts)[0]) if halts else None

    def visits_stopped(self) -> tuple[str, date] | None:
        """The earliest of the ends by which they are gone now; who was found again has none."""
        left: list[tuple[date, int, str]] = []
        for place, row in enumerate(self.standing):
            left = [*left, (row.day, place, row.scope)] if row.status == "withdrawn" else []
        return (min(left)[2], min(left)[0]) if left else None

    # --- The state of each day -----------------------------------------------------------------------

    def states(self) -> dict[str, DayTold]:
        """The one state of every planned day, by the code of its event."""
        return {**self._injection_states(), **self._visit_states()}

    def _injection_states(self) -> dict[str, DayTold]:
        recorded, stop, found = self.recorded(), self.injections_stopped(), {}
        for number, day in self.injections().items():
            code = f"C{(number + 4) // 5}D{(number - 1) % 5 + 1}"
            if number in recorded:
                moment = recorded[number].moment
                found[code] = (recorded[number].outcome, "", None, moment and day_of(moment))
            elif stop and day > stop[1]:
                found[code] = ("hold" if self.status == "on_hold" else "stopped", *stop, None)
            else:
                found[code] = (self._open(day, day, stop is not None), "", None, None)
        return found

    def _visit_states(self) -> dict[str, DayTold]:
        stop, found = self.visits_stopped(), {}
        for code, (_target, earliest, latest) in self.visits().items():
            row, day = self.attended().get(code), self.expected(code)
            if row and row.outcome != "moved":
                found[code] = (row.outcome, "", None, row.day)
            elif stop and day > stop[1]:
                found[code] = ("stopped", *stop, None)
            else:
                first, last = (day, day) if row else (earliest, latest)
                found[code] = (self._open(first, last, stop is not None), "", None, None)
        return found

    def _open(self, first: date, last: date, over: bool) -> str:
        """How a day stands of which nobody has said what became of it."""
        if over or self.today > last:
            return "late"
        return "due" if self.today >= first else "planned"

    def first(self) -> tuple[int, date] | None:
        """The first injection after those that were missed, and its day: given, or the next one planned."""
        recorded, given = self.recorded(), self.given()
        number = 1
        while number in recorded and number not in given:
            number += 1
        if number == 1 or number > 15:
            return None
        if number in given:
            return number, day_of(given[number])
        return None if given else (number, self.injections()[number])

    def slip(self, course: int) -> int:
        """By how many days the course runs late, by the first of its injections that was given."""
        planned, given = self.injections(), self.given()
        first = self.first()
        if course == 1 and first:
            assert self.day_1
            return (first[1] - self.day_1).days
        for number in range(5 * course - 4, 5 * course + 1):
            if number in given:
                late = day_of(given[number]) - planned[number]
                return (late + self._before_day_1() if course == 1 else late).days
        return 0

    def _before_day_1(self) -> timedelta:
        """By how much course 1 lies before day 1, with the doses that were missed."""
        assert self.day_1
        return self.start(1) - self.day_1

    # --- Refusals ----------------------------------------------------------------------------------

    def why_not_book(self, day: date, reason: str) -> set[str]:
        missed = any(row.outcome == "missed" for row in self.recorded().values())
        allowed = max(self.today, DRAWN_ON + A_DAY) <= day <= DRAWN_ON + 7 * A_DAY
        return _named(
            FirstInjectionGiven=bool(self.given()),
            WrongStatus=self.status != "randomized",
            CannotBook=not allowed,
            InvalidInput=missed and not reason,
        )

    def why_not_inject(self, number: int, dose: Dose, reason: str, why: str, correction: bool) -> set[str]:
        if number not in self.injections():
            return {"NothingPlanned"}
        planned, found = self.injections()[number], self._why_not_again(number, reason, correction)
        found |= _named(InvalidInput=dose.outcome != "given" and not reason)
        if dose.moment is None:
            end = self.treatment_end()
            return found | _named(
                InvalidInput=self.today < planned, TreatmentEnded=end is not None and planned > end
            )
        day = day_of(dose.moment)
        return (
            found
            | self._why_not_then(dose.moment, why or (reason if correction else ""))
            | _named(
                InvalidInput=dose.moment > self.now or dose.moment < DRAWN,
                BeforeDay1=planned > self._first_day() and day < self._first_day(),
                SecondThatDay=not why and self._same_day(number, day),
                OutOfWindow=not why and day != planned,
            )
        )

    def _first_day(self) -> date:
        assert self.day_1
        return self.day_1

    def _why_not_again(self, number: int, reason: str, correction: bool) -> set[str]:
        rows = self.doses.get(number, [])
        if rows and rows[-1].outcome == "reopened":
            return set()
        return _again(bool(rows), reason, correction)

    def _why_not_then(self, moment: datetime, why: str) -> set[str]:
        """Whether treatment was stopped at that moment; a reason lets the truth in while they are with us."""
        stop, death = self.stop(moment), self._death()
        found = _named(TreatmentEnded=death is not None and day_of(moment) > death)
        if stop is None:
            return found
        held = stop.status == "on_hold"
        left = self.status == "withdrawn" and not held
        if left or not why:
            found.add("OnHold" if held else "TreatmentEnded")
        return found

    def _death(self) -> date | None:
        return next((row.ended_on for row in self.standing if row.scope == "death"), None)

    def _same_day(self, number: int, day: date) -> bool:
        return any(day_of(moment) == day for n, moment in self.given().items() if n != number)

    def why_not_visit(self, code: str, row: Seen, reason: str, why: str, correction: bool) -> set[str]:
        if code not in self.visits():
            return {"NothingPlanned"}
        _target, earliest, latest = self.visits()[code]
        found = _named(
            TreatmentEnded=self._gone(code, row), InvalidInput=row.outcome != "done" and not reason
        )
        rows = self.seen.get(code, [])
        if not rows or rows[-1].outcome != "moved":
            found |= _again(bool(rows), reason, correction)
        if row.day is None:
            return found | _named(InvalidInput=self.today < self.expected(code))
        wrong = row.day > self.today if row.outcome == "done" else row.day < self.today
        return found | _named(
            InvalidInput=wrong,
            BeforeDay1=row.day < min(self._first_day(), earliest),
            OutOfWindow=not why and not earliest <= row.day <= latest,
        )

    def _gone(self, code: str, row: Seen) -> bool:
        """Of who has left, what lay before is entered as done or missed, and nothing is moved."""
        stop = self.visits_stopped()
        if stop is None:
            return False
        if row.outcome == "missed":
            return self.expected(code) > stop[1]
        last = self.standing[-1].ended_on or day_of(self.standing[-1].at)
        return row.outcome != "done" or row.day is None or row.day > last

    def last_of_hold(self) -> date:
        """The last day of a hold that begins today: it counts on from one that was released this week."""
        began = self.today
        for row, then in reversed(list(zip(self.standing, self.standing[1:], strict=False))):
            if row.status == "on_hold" and not then.scope:
                if began - then.day > RUNS_ON:
                    break
                began = row.day
        return began + timedelta(days=LONGEST_HOLD[self.applicable])

    def why_not_hold(self, until: date | None, why: str) -> set[str]:
        last = self.last_of_hold()
        too_long = last < self.today if until is None else until > last and not why
        return _named(
            WrongStatus=self.status not in {"randomized", "on_treatment"},
            InvalidInput=too_long or (until is not None and until < self.today),
        )

    def why_not_end(self, scope: str, day: date | None) -> set[str]:
        """The day of an end lies between the consent, which is of the day of the draw, and today."""
        dated = scope in {"death", "lost"}
        seen = [day_of(moment) for moment in self.given().values()]
        seen += [row.day for row in self.attended().values() if row.outcome == "done" and row.day]
        return _named(
            WrongStatus=self._too_late_to_end(scope),
            InvalidInput=(day is not None) != dated
            or (
                day is not None and (not DRAWN_ON <= day <= self.today or any(known > day for known in seen))
            ),
        )

    def nobody_may_write(self) -> bool:
        """After these ends no letter goes to the participant, whatever they agree to."""
        return any(row.scope in SILENT - {"reminders"} for row in self.standing)

    def _too_late_to_end(self, scope: str) -> bool:
        if self.status == "withdrawn":
            return scope not in AFTER[self.scope]
        if self.status == "completed":
            return scope not in {"reminders", "contact"}
        return scope == "treatment" and self.status == "follow_up"

    def why_not_move(self, course: int, start: date) -> set[str]:
        if self.day_1 is None:
            return {"NothingPlanned"}
        if course not in {2, 3}:
            return {"WrongStatus" if self.status not in TREATED else "CannotMove"}
        first, numbers = self.counted(course), range(5 * course - 4, 5 * course + 1)
        last = first + timedelta(days=LONGEST_SHIFT[self.version])
        return _named(
            WrongStatus=self.status not in TREATED,
            CannotMove=not max(first, self.today) <= start <= last
            or bool(set(numbers) & set(self.recorded()))
            or not self._apart(course, start),
        )

    def _apart(self, course: int, start: date) -> bool:
        """Five days that touch no other course."""
        before, after = (
            self.start(course - 1) + 4 * A_DAY,
            self.start(course + 1) if course == 2 else date.max,
        )
        return before < start and start + 4 * A_DAY < after

    def why_not_answer(self, course: int, follow: bool) -> set[str]:
        if self.day_1 is None:
            return {"NothingPlanned"}
        if follow:
            first = self.first()
            last = 5 * ((first[0] + 4) // 5) if first else 5
            nothing = not self.slip(course) or course != 1 or any(number > last for number in self.recorded())
        else:
            nothing = not self.slip(course) or self.kept.get(course) == self.began(course)
        return _named(WrongStatus=self.status not in TREATED | {"randomized", "follow_up"}, NoSlip=nothing)

    def began(self, course: int) -> date:
        """Where the course really began; of the first one, where day 1 really lies."""
        if course == 1:
            assert self.day_1
            return self.day_1 + self.slip(1) * A_DAY
        return self.start(course) + self.slip(course) * A_DAY

    def why_not_amend(self) -> set[str]:
        if self.day_1 is None:
            return {"NothingPlanned"}
        return _named(CannotAmend=self.version == 2, WrongStatus=self.status in {"withdrawn", "completed"})

    # --- What an act does --------------------------------------------------------------------------

    def book(self, day: date) -> None:
        before, self.version = self.visits(), self.applicable
        self.day_1, self.moved, self.kept, self.placed = day, {}, {}, {}
        self._carry(before)
        for number, row in self.recorded().items():
            if row.outcome == "missed":
                self.doses[number].append(Dose("reopened"))

    def inject(self, number: int, dose: Dose) -> None:
        rows = self.doses.setdefault(number, [])
        rows.append(dose)
        for kind in self._departures(number, dose):
            self.deviations.add((kind, f"injection:{number}", len(rows)))
        self.move_on()

    def _departures(self, number: int, dose: Dose) -> Iterator[str]:
        if dose.moment is None:
            yield "injection_missed"
            return
        day, planned = day_of(dose.moment), self.injections()[number]
        if day != planned:
            yield "injection_early" if day < planned else "injection_late"
        if dose.outcome == "partial":
            yield "injection_partial"
        if self._same_day(number, day):
            yield "same_day"
        if self.stop(dose.moment):
            yield "while_stopped"
        before = [self.recorded().get(earlier) for earlier in range(1, number)]
        first = all(row is not None and row.outcome == "missed" for row in before)
        if first and day > DRAWN_ON + 7 * A_DAY:
            yield "day_1_too_late"

    def visit(self, code: str, row: Seen) -> None:
        rows = self.seen.setdefault(code, [])
        rows.append(row)
        _target, earliest, latest = self.visits()[code]
        kind = ""
        if row.outcome == "missed":
            kind = "visit_missed"
        elif row.outcome == "done" and row.day:
            kind = "visit_early" if row.day < earliest else "visit_late" if row.day > latest else ""
        if kind:
            self.deviations.add((kind, f"visit:{code}", len(rows)))
        self.move_on()

    def hold(self, until: date | None) -> None:
        last = self.last_of_hold()
        self._add(Standing("on_hold", self.now, until=until or last))
        if until and until > last:
            place = len(self.standing) + BEFORE_THE_DRAW
            self.deviations.add(("hold_too_long", f"hold:{place}", place))

    def note_long_hold(self) -> None:
        """What a tick and a release look at: a hold that has passed its last day."""
        row = self.standing[-1]
        if row.status == "on_hold" and row.until and self.today > row.until:
            place = len(self.standing) + BEFORE_THE_DRAW
            self.deviations.add(("hold_too_long", f"hold:{place}", place))

    def release(self) -> None:
        self.note_long_hold()
        before = [row.status for row in self.standing if row.status != "on_hold"][-1]
        self._add(Standing(before, self.now))
        self.move_on()

    def end(self, scope: str, day: date | None) -> None:
        self.mail = self.mail and scope not in SILENT
        self.feeds = 0 if scope in SILENT - {"reminders"} else self.feeds
        if scope != "reminders":
            status = "follow_up" if scope == "treatment" else "withdrawn"
            self._add(Standing(status, self.now, scope, ended_on=day))
            self.move_on()

    def find_again(self) -> None:
        self._add(Standing("follow_up", self.now))
        self.move_on()

    def move_course(self, course: int, start: date) -> None:
        self.moved[course] = start

    def answer(self, course: int, follow: bool) -> None:
        began, first, before = self.began(course), self.first(), self.visits()
        if not follow:
            self.kept[course] = began
        elif first is None:
            self.day_1, self.moved, self.placed = began, {}, {}
        else:
            late = first[1] - self.injections()[first[0]]
            starts = {each: self.start(each) + late for each in (1, 2, 3)}
            self.placed = {1: starts[1]} if first[0] <= 5 else starts
            self.day_1, self.moved = began, {}
        self._carry(before)

    def amend(self) -> None:
        before, self.version = self.visits(), 2
        self._carry(before)
        self.move_on()

    def _carry(self, before: dict[str, tuple[date, date, date]]) -> None:
        """Whoever moved a visit by hand finds it as far from its new target, inside the window if it was."""
        for code, (target, earliest, latest) in self.visits().items():
            row = self.attended().get(code)
            if code in before and row and row.outcome == "moved" and row.day and self.day_1:
                old, first, last = before[code]
                day = row.day + (target - old)
                inside = first <= row.day <= last
                day = max(min(max(day, earliest), latest) if inside else day, self.day_1)
                self.seen[code] += [Seen("moved", day)] if day != row.day else []

    def move_on(self) -> None:
        """Treatment begins with the first injection given and ends when all are recorded."""
        if self.day_1 is None:
            return
        if self.status in {"randomized", "on_treatment"}:
            begun = "on_treatment" if self.given() else "randomized"
            after = "follow_up" if set(NUMBERS) <= set(self.recorded()) else begun
            if after != self.status:
                self._add(Standing(after, self.now))
        if self.status == "follow_up" and self.over() >= set(VISITS):
            self._add(Standing("completed", self.now))

    def _add(self, row: Standing) -> None:
        self.standing.append(row)

    # --- Reminders ---------------------------------------------------------------------------------

    def wanted(self) -> dict[tuple[str, str, date], datetime]:
        """Rule, event and day of each reminder that somebody still waits for, and when it falls due."""
        found = {}
        for code, to, kind, hour in RULES:
            if to == "participant" and not self.mail:
                continue
            for event, day in self._awaited(kind):
                eve = datetime.combine(day - A_DAY, datetime.min.time(), PARIS)
                found[code, event, day] = eve.replace(hour=hour).astimezone(UTC)
        return found

    def _awaited(self, kind: str) -> Iterator[tuple[str, date]]:
        treated, recorded = self.status in {"randomized", "on_treatment"}, set(self.recorded())
        if kind == "visit" and (treated or self.status in {"on_hold", "follow_up"}):
            yield from ((f"visit:{code}", self.expected(code)) for code in self.visits().keys() - self.over())
        elif kind == "injection" and treated:
            yield from ((f"injection:{n}", day) for n, day in self.injections().items() if n not in recorded)
        elif kind == "course" and treated and self.day_1:
            for course in (1, 2, 3):
                if not recorded & set(range(5 * course - 4, 5 * course + 1)):
                    yield f"course:{course}", self.start(course)


def _again(exists: bool, reason: str, correction: bool) -> set[str]:
    """What was recorded is recorded: only a correction with a reason may follow, and nothing else be one."""
    if not exists:
        return _named(InvalidInput=correction)
    return _named(AlreadyRecorded=not correction, InvalidInput=correction and not reason)


def _named(**found: bool) -> set[str]:
    return {name for name, holds in found.items() if holds}
