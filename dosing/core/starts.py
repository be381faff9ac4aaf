"""Choosing day 1: proposals of start days, and what speaks against a day."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import assert_never

from dosing.core.days import Day, date_of, trial_day
from dosing.core.notes import NONE, Closed, Note, NoteKind
from dosing.core.planned import Calendar, Planned
from dosing.core.planning import planner_of
from dosing.core.refusals import FirstInjectionRefused
from dosing.core.words import long_date
from trial.core.kept_days import KeptDays
from trial.core.protocol import Protocol
from trial.core.sentences import Sentence
from trial.core.waits import Wait

CLOSED = (NoteKind.HOLIDAY, NoteKind.CLOSED, NoteKind.WEEKEND)


@dataclass(frozen=True)
class StartProposal:
    """One possible day 1, with the holidays, closed days and weekends that its whole plan would meet.

    `doubled` are the days on which more than one dose of a drug would be planned. `injections_met` and
    `visits_met` count injections and visits on such days: each once, however many reasons its day has.
    """

    date: Day
    injection_conflicts: tuple[Note, ...]
    visit_conflicts: tuple[Note, ...]
    doubled: tuple[Note, ...] = ()
    injections_met: int = 0
    visits_met: int = 0

    @property
    def conflicts(self) -> tuple[Note, ...]:
        """Every such day once: those of injections first, then those of visits alone."""
        return tuple(dict.fromkeys((*self.injection_conflicts, *self.visit_conflicts)))

    @property
    def events_met(self) -> int:
        """How many injections and visits would fall on a holiday, a closed day or a weekend."""
        return self.injections_met + self.visits_met

    @property
    def doubled_days(self) -> int:
        """On how many days a drug would be planned more than once."""
        return len(self.doubled)

    @property
    def rank(self) -> tuple[int, int, int, Day]:
        """Fewest days with two doses, then fewest events met, then fewest injections, the earliest."""
        return self.doubled_days, self.events_met, self.injections_met, self.date


def propose_starts(
    protocol: Protocol,
    *,
    earliest: date,
    latest: date,
    holidays: KeptDays,
    closed: Closed = NONE,
    randomized: date | None = None,
) -> tuple[StartProposal, ...]:
    """Every day from `earliest` to `latest` (both included) as day 1, best first.

    `holidays` must reach to the end of the plan that starts on `latest`; `closed` are the site's own
    closed days. Days before randomisation are left out. Raises CannotPlan as `plan` does.
    """
    planner = planner_of(protocol)
    first = max(earliest, randomized or earliest)
    days = (first + timedelta(days=n) for n in range((latest - first).days + 1))
    plans = (
        planner.plan(first_injection=day, randomized=randomized, holidays=holidays, closed=closed)
        for day in days
    )
    return tuple(sorted(map(_proposal, plans), key=lambda proposal: proposal.rank))


class Against(StrEnum):
    """What may speak against a day 1."""

    BEFORE_DRAW = "before_draw"
    PAST = "past"
    BEYOND_LIMIT = "beyond_limit"
    CONSENT_TOO_LATE = "consent_too_late"
    CONSENT_TOO_OLD = "consent_too_old"
    WAITING = "waiting"


def may_be_kept(against: Against, day: date, today: date, *, left: bool) -> bool:
    """Whether a reason lets such a day 1 in: what really happened, and what no waiting can mend.

    Nobody is injected on a day to come against a limit or a wait. An envelope that is drawn cannot be put
    back, so a screening period that is over keeps nobody from day 1 for ever; as long as a day is `left`
    that the protocol allows, it is that day.
    """
    match against:
        case Against.BEFORE_DRAW:
            return False
        case Against.CONSENT_TOO_OLD:
            return day <= today or not left
        case Against.PAST | Against.BEYOND_LIMIT | Against.CONSENT_TOO_LATE | Against.WAITING:
            return day <= today
        case _:
            assert_never(against)


def check_first_injection(
    protocol: Protocol,
    *,
    day: date,
    randomized_on: date,
    screened_on: date | None = None,
    today: date | None = None,
    waits: Iterable[Wait] = (),
) -> None:
    """Whether day 1 may lie on `day`; all dates are calendar days of the site.

    `screened_on` is the day on which screening began: if given, it must lie in the protocol's screening
    period, counted back from day 1. If `today` is given, a day that has passed is refused as well. `waits`
    are the criteria for which the first dose has to wait.

    Raises FirstInjectionRefused, with the reason and the days that are possible.
    """
    found = against_first_injection(
        protocol, day=day, randomized_on=randomized_on, screened_on=screened_on, today=today, waits=waits
    )
    for refusal in found.values():
        raise refusal


def against_first_injection(
    protocol: Protocol,
    *,
    day: date,
    randomized_on: date,
    screened_on: date | None = None,
    today: date | None = None,
    waits: Iterable[Wait] = (),
) -> dict[Against, FirstInjectionRefused]:
    """Everything that speaks against `day` as day 1, with the refusal of each; as `check_first_injection`."""
    last = randomized_on + timedelta(days=protocol.limits.max_days_to_first_injection)
    found: dict[Against, FirstInjectionRefused] = {}
    if day < randomized_on:
        found[Against.BEFORE_DRAW] = _refused(day, _BEFORE_RANDOMIZATION, randomized_on)
    if today is not None and day < today:
        found[Against.PAST] = _refused(day, _PAST, today)
    if day > last:
        found[Against.BEYOND_LIMIT] = _refused(day, _TOO_LATE, last, (last - randomized_on).days)
    if screened_on is not None:
        found |= dict(_against_screening(protocol, day, screened_on))
    for wait in waits:
        if day <= wait.over:
            found.setdefault(Against.WAITING, FirstInjectionRefused(waiting_words(wait, day)))
    return found


def waiting_words(wait: Wait, day: date) -> Sentence:
    """Why day 1 cannot lie on that day yet, and from when it can."""
    return _WAITING.having(
        day=long_date(day),
        criterion=wait.criterion,
        since=long_date(wait.since),
        other=long_date(wait.over + timedelta(days=1)),
    )


def _against_screening(
    protocol: Protocol, day: date, screened_on: date
) -> Iterator[tuple[Against, FirstInjectionRefused]]:
    period = protocol.screening
    if trial_day(screened_on, day) > period.latest_day:
        yield Against.CONSENT_TOO_LATE, _refused(day, _SCREENED_TOO_LATE, screened_on, period.latest_day)
    elif screened_on < date_of(period.earliest_day, day):
        yield Against.CONSENT_TOO_OLD, _refused(day, _SCREENED_TOO_EARLY, screened_on, -period.earliest_day)


_BEFORE_RANDOMIZATION = Sentence("Day 1 cannot be %(day)s, before randomisation. Choose %(other)s or later.")
_PAST = Sentence("%(day)s has passed. Choose %(other)s or later for day 1.")
_TOO_LATE = Sentence(
    "%(day)s is too late for day 1, which lies at most %(n)s days after randomisation. "
    "Choose %(other)s or earlier."
)
_SCREENED_TOO_LATE = Sentence(
    "With %(day)s as day 1, screening on %(other)s would come after day %(n)s, the last "
    "one for it. Choose a later day 1."
)
_SCREENED_TOO_EARLY = Sentence(
    "With %(day)s as day 1, screening on %(other)s would lie more than %(n)s days before "
    "it. Choose an earlier day 1, or screen again."
)


_WAITING = Sentence(
    "Day 1 cannot be %(day)s: by criterion %(criterion)s, for what was on %(since)s, it lies on %(other)s or "
    "later. Choose such a day; if none is left, ask the investigator and book nothing."
)


def _refused(day: date, why: Sentence, other: date, n: int = 0) -> FirstInjectionRefused:
    return FirstInjectionRefused(why.having(day=long_date(day), other=long_date(other), n=n))


def _proposal(calendar: Calendar) -> StartProposal:
    injections = calendar.injections
    doubled = (note for row in injections for note in row.notes if note.kind is NoteKind.SAME_DAY)
    return StartProposal(
        calendar.first_injection,
        _conflicts(injections),
        _conflicts(calendar.visits),
        tuple(dict.fromkeys(doubled)),
        _met(injections),
        _met(calendar.visits),
    )


def _conflicts(entries: Iterable[Planned]) -> tuple[Note, ...]:
    return tuple(note for entry in entries for note in entry.notes if note.kind in CLOSED)


def _met(entries: Iterable[Planned]) -> int:
    return sum(any(note.kind in CLOSED for note in entry.notes) for entry in entries)
