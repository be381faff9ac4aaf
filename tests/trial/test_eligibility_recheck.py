"""The criteria are judged anew for another day of consent, from what is kept: the month of birth, no day."""

from __future__ import annotations

from datetime import date

import pytest

from tests.site_fixture import SiteFixture
from tests.trial_fixture import START
from trial.screening.eligibility_recheck import unmet_on

TODAY = START.date()
"""5 October 2015, the day of the consent that was judged."""


def unmet(ward: SiteFixture, day: date, birth: str = "1960-05-17", **answers: object) -> list[str]:
    participant = ward.consented()
    ward.check(participant, birth=birth, **answers)
    return unmet_on(ward.again(participant), day)


def test_what_was_met_is_met_on_the_same_day(ward: SiteFixture) -> None:
    assert unmet(ward, TODAY) == []


def test_a_duration_is_counted_to_the_other_day(ward: SiteFixture) -> None:
    assert unmet(ward, date(2015, 10, 6), I6="2010-10-05") == ["I6"]


def test_an_answer_from_after_the_other_day_cannot_be_judged(ward: SiteFixture) -> None:
    assert unmet(ward, date(2015, 6, 1), I5a="2015-06-30") == ["I5a"]


@pytest.mark.parametrize(
    ("birth", "day", "found"),
    [
        ("1940-10-20", date(2015, 10, 4), []),  # 74 on the 5th, hence on the 4th
        ("1940-10-20", date(2015, 10, 10), ["I3"]),  # 75 by then, for all that is kept
        ("1940-12-20", date(2015, 11, 30), []),
        ("1997-10-03", date(2015, 10, 4), ["I3"]),  # 18 on the 5th; on the 4th perhaps not yet
        ("1997-09-30", date(2015, 10, 4), []),
    ],
)
def test_a_day_of_birth_that_is_not_kept_is_never_taken_for_a_good_one(
    ward: SiteFixture, birth: str, day: date, found: list[str]
) -> None:
    assert unmet(ward, day, birth) == found


def test_who_was_never_judged_fails_nothing(ward: SiteFixture) -> None:
    assert unmet_on(ward.consented(), TODAY) == []
