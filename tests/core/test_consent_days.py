"""In which ways the day of a consent is odd, day by day."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from trial.core.consent_days import ConsentLimits, OddConsent, consent_doubts, earliest_consent, odd_consent
from trial.core.protocol import Screening, Text

FIRST = date(2015, 9, 1)
LATER = date(2015, 9, 20)
ONE_DAY = timedelta(days=1)


@pytest.mark.parametrize("kind", ["began", "opened", "earliest"])
def test_the_first_day_itself_is_not_odd_and_the_day_before_is(kind: str) -> None:
    limits = ConsentLimits(**{kind: FIRST})
    assert odd_consent(FIRST, limits) == {}
    assert list(odd_consent(FIRST - ONE_DAY, limits).values()) == [FIRST]


def test_without_limits_no_day_is_odd() -> None:
    assert odd_consent(date(1900, 1, 1), ConsentLimits()) == {}


def test_a_trial_that_began_with_its_site_is_one_matter() -> None:
    limits = ConsentLimits(began=FIRST, opened=FIRST)
    assert list(odd_consent(FIRST - ONE_DAY, limits)) == [OddConsent.BEFORE_SITE]


def test_before_a_later_site_is_not_before_the_trial() -> None:
    limits = ConsentLimits(began=FIRST, opened=LATER)
    assert list(odd_consent(LATER - ONE_DAY, limits)) == [OddConsent.BEFORE_SITE]
    assert list(odd_consent(FIRST - ONE_DAY, limits)) == [OddConsent.BEFORE_TRIAL, OddConsent.BEFORE_SITE]


@pytest.mark.parametrize(("first", "day"), [(-28, 14), (-1, 11), (1, 12), (3, 14)])
def test_the_screening_period_is_counted_without_a_day_0(first: int, day: int) -> None:
    """Before 12 October: day -28 is 14 September, day -1 the eleventh, day 1 the twelfth itself."""
    screening = Screening("V0", Text("", ""), first, 5)
    month = 9 if first == -28 else 10
    assert earliest_consent(screening, date(2015, 10, 12)) == date(2015, month, day)


def test_all_reasons_are_one_question_of_one_day() -> None:
    odd = odd_consent(date(2015, 3, 1), ConsentLimits(FIRST, LATER, date(2015, 9, 10)))
    (doubt,) = consent_doubts("signed_on", date(2015, 3, 1), odd)
    assert doubt.value == "2015-03-01"
    assert str(doubt.asks) == (
        "1 March 2015: the trial began on 1 September 2015, the site opened on 20 September 2015, "
        "the screening period reaches back to 10 September 2015. Is it right?"
    )
    assert str(doubt.keeps) == "Yes, it was signed on 1 March 2015. A deviation is drafted."
