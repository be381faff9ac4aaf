"""A window that opened before day 1 stays where it is written; any new plan cuts it, and says so first."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from dosing.core import planning
from dosing.core.outline import Floors
from dosing.models import Plan
from dosing.pages.options_presenters import recounted_in_words
from dosing.reading.situation import explained, recounted
from tests.month_trial import version_with
from tests.site_fixture import MONDAY, SiteFixture, paris
from trial.models import Participant

WIDE = ("day = 8\nwindow = { before = 1, after = 2 }", "day = 8\nwindow = { before = 10, after = 2 }")


@pytest.fixture
def somebody(ward: SiteFixture) -> Participant:
    """Whose calendar an earlier Velum wrote: V2 opens three days before day 1."""
    version_with(ward.site.trial, "2", WIDE)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Floors, "of", lambda *_: None)
        patch.setattr(planning, "_PLANNERS", {})
        return ward.booked(MONDAY)


def opens() -> date:
    earliest: date = Plan.objects.get(superseded_at=None).visits.get(code="V2").earliest
    return earliest


def test_what_is_written_stays(ward: SiteFixture, somebody: Participant) -> None:
    plan = Plan.objects.get()
    assert opens() == explained(somebody, plan).visit("V2").earliest == MONDAY - timedelta(days=3)


def test_what_a_new_plan_cuts_is_known_beforehand(ward: SiteFixture, somebody: Participant) -> None:
    assert recounted_in_words(recounted(somebody, Plan.objects.get())) == (
        "1 window opens later with any new plan, as none opens before day 1 or before the draw any more: "
        "V2 from Fri 9 Oct 2015 to Mon 12 Oct 2015."
    )


def test_a_new_plan_cuts_it(ward: SiteFixture, somebody: Participant) -> None:
    ward.book(somebody, MONDAY - timedelta(days=3), at=paris("2015-10-06 09:00"))
    assert opens() == MONDAY - timedelta(days=3)
    assert recounted(somebody, Plan.objects.get(superseded_at=None)) == ()


def test_a_calendar_that_is_written_now_needs_no_such_word(ward: SiteFixture) -> None:
    version_with(ward.site.trial, "2", WIDE)
    person = ward.booked(MONDAY)
    assert (opens(), recounted(person, Plan.objects.get())) == (MONDAY, ())
