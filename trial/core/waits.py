"""How long the first dose has to wait for what happened before: a vaccination, say, eight weeks ago.

Such a criterion is asked at screening, when day 1 is not known yet. It is judged then by the latest day on
which day 1 could lie, and again for each day that is chosen.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from operator import attrgetter

from trial.core.dates import BadDate, add, parse_date
from trial.core.protocol import Before, Criterion, Protocol


@dataclass(frozen=True)
class Wait:
    """By which criterion day 1 lies after `over`: so much time from `since` has passed then."""

    criterion: str
    since: date
    over: date


def waits(criteria: Iterable[Criterion], answers: Mapping[str, object]) -> tuple[Wait, ...]:
    """What the kept answers of a check leave the first dose to wait for, in protocol order."""
    return tuple(
        Wait(question.id, since, add(since, question.within.time))
        for criterion in criteria
        for question in criterion.questions()
        if question.within is not None and question.within.before is Before.FIRST_INJECTION
        if (since := _day(answers.get(question.id))) is not None
    )


def latest_day_1(protocol: Protocol, consent_on: date) -> date:
    """The last day on which day 1 can lie after a consent on that day: the screening ends with it.

    There is no day 0, so that day -28 lies 28 days before day 1.
    """
    return consent_on - timedelta(days=protocol.screening.earliest_day)


@dataclass(frozen=True)
class FirstDays:
    """On which days day 1 can lie after a draw; all belong to it, and none is left where they cross.

    `earliest` is by the draw, the consent and what day 1 waits for, `by_limit` the last day that the protocol
    lets pass after the draw, `by_period` the last one to which the screening period reaches. `wait` is that
    for which day 1 waits longest, if it waits beyond draw and consent.
    """

    earliest: date
    by_limit: date
    by_period: date
    wait: Wait | None = None

    @property
    def last(self) -> date:
        """The last day that both allow."""
        return min(self.by_limit, self.by_period)

    @property
    def over(self) -> bool:
        """Whether the screening period ends too soon for any day 1: waiting does not help."""
        return self.earliest > self.by_period


def first_days(
    protocol: Protocol, answers: Mapping[str, object], *, drawn_on: date, consent_on: date
) -> FirstDays:
    """The days that booking would take after a draw on that day, by the kept answers and the consent."""
    unbarred = max(drawn_on, consent_on - timedelta(days=protocol.screening.latest_day))
    longest = max(waits(protocol.criteria, answers), key=attrgetter("over"), default=None)
    wait = longest if longest and longest.over >= unbarred else None
    return FirstDays(
        earliest=wait.over + timedelta(days=1) if wait else unbarred,
        by_limit=drawn_on + timedelta(days=protocol.limits.max_days_to_first_injection),
        by_period=latest_day_1(protocol, consent_on),
        wait=wait,
    )


def _day(answer: object) -> date | None:
    """The day in a kept answer, which is ISO text; nothing where it never happened."""
    try:
        return parse_date(str(answer))
    except BadDate:
        return None
