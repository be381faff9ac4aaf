"""Days of a consent that can be right and seldom are: before the site or the trial, or too long ago."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from trial.core.dates import in_words
from trial.core.doubts import Doubt
from trial.core.protocol import Screening
from trial.core.sentences import LIST, Sentence, joined


class OddConsent(StrEnum):
    """In what way the day of a consent is unlikely. Whoever keeps it departs from the protocol."""

    BEFORE_TRIAL = "before_trial"
    BEFORE_SITE = "before_site"
    TOO_LONG_AGO = "too_long_ago"


@dataclass(frozen=True)
class ConsentLimits:
    """The first days that are not odd, of trial, site and screening period. None is no limit."""

    began: date | None = None
    opened: date | None = None
    earliest: date | None = None


def odd_consent(signed_on: date, limits: ConsentLimits) -> dict[OddConsent, date]:
    """Each way in which the day is odd, with the first day that would not be.

    A trial that began where and when its site opened is one matter, not two.
    """
    began = limits.began if limits.began != limits.opened else None
    first = {
        OddConsent.BEFORE_TRIAL: began,
        OddConsent.BEFORE_SITE: limits.opened,
        OddConsent.TOO_LONG_AGO: limits.earliest,
    }
    return {kind: day for kind, day in first.items() if day is not None and signed_on < day}


def earliest_consent(screening: Screening, day_1: date) -> date:
    """The first day of the screening period of somebody whose day 1 is that day; there is no day 0."""
    number = screening.earliest_day
    return day_1 + timedelta(days=number - 1 if number > 0 else number)


def consent_doubts(field: str, signed_on: date, odd: Mapping[OddConsent, date]) -> tuple[Doubt, ...]:
    """One doubt about the day, for all reasons together; none where it is not odd."""
    if not odd:
        return ()
    said = in_words(signed_on)
    why = joined((_WHY[kind].having(first=in_words(day)) for kind, day in odd.items()), LIST)
    asks = Sentence("%(day)s: %(why)s. Is it right?", day=said, why=why)
    keeps = Sentence("Yes, it was signed on %(day)s. A deviation is drafted.", day=said)
    return (Doubt(field, signed_on.isoformat(), asks, keeps),)


_WHY = {
    OddConsent.BEFORE_TRIAL: Sentence("the trial began on %(first)s"),
    OddConsent.BEFORE_SITE: Sentence("the site opened on %(first)s"),
    OddConsent.TOO_LONG_AGO: Sentence("the screening period reaches back to %(first)s"),
}
