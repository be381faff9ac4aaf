"""Pages of deviations, protocol versions and paper draws offer what is accepted, and only that."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

import pytest
import time_machine

from dosing.models import Plan
from dosing.pages import amendment_views
from dosing.services.amending import move_to_version
from dosing.services.reviewing import review_deviation
from randomization.corrections import enter_paper_randomization
from randomization.models import Envelope
from tests.dosing.test_amendments import install
from tests.dosing.test_deviations import late, review
from tests.dosing.test_offers import NOW, STATES, WHY, accepted, standing
from tests.pages.conftest import Browser
from tests.site_fixture import START, SiteFixture
from trial.models import Participant

ELSEWHERE = (('code = "V1"', 'code = "V1A"'), ('"visits[V1].day"', '"visits[V1A].day"'))
"""A version in which the first visit has another code: whoever had it cannot be moved."""


@pytest.fixture(autouse=True)
def _later(_at_start: None) -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def moved(ward: SiteFixture, who: Participant, digest: str) -> bool:
    words = {"participant": who, "digest": digest, "reason": WHY, "by": ward.investigator, "at": NOW}
    return accepted(partial(move_to_version, **words))


@pytest.mark.parametrize("changes", [(), ELSEWHERE], ids=["later", "elsewhere"])
@pytest.mark.parametrize("state", [*STATES, "visited"])
def test_a_move_to_the_newest_version_is_offered_where_it_is_accepted(
    ward: SiteFixture, investigator: Browser, state: str, changes: tuple[tuple[str, str], ...]
) -> None:
    who = standing(ward, "treated" if state == "visited" else state)
    if state == "visited":
        ward.visit(who, "V1")
    version = install(*changes)
    taken = moved(ward, who, version.digest)

    assert ('name="reason"' in investigator.read(f"/participants/{who.number}/version/")) == taken
    everybody = investigator.read("/protocol-versions/")
    assert (f'href="/participants/{who.number}/version/"' in everybody) == taken
    assert ('name="reason"' in everybody) == taken


def test_on_the_newest_version_no_move_is_offered(ward: SiteFixture, investigator: Browser) -> None:
    who = standing(ward, "treated")

    assert not moved(ward, who, Plan.objects.get().protocol_version.digest)
    assert 'name="reason"' not in investigator.read(f"/participants/{who.number}/version/")


def test_a_version_page_that_does_not_ask_is_found(
    ward: SiteFixture, investigator: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Planted: the page offers the move to whoever is behind."""
    who = standing(ward, "trial")
    version = install()
    monkeypatch.setattr(amendment_views, "why_not", lambda *_: "")

    assert 'name="reason"' in investigator.read(f"/participants/{who.number}/version/")
    assert not moved(ward, who, version.digest)


REVIEWS: dict[str, tuple[bool, ...]] = {
    "drafted": (),
    "classified": (False,),
    "closed": (True,),
    "classified, then closed": (False, True),
}
"""What was said of a deviation; whether each word closed it."""


@pytest.mark.parametrize("state", REVIEWS)
def test_a_review_is_offered_where_it_is_accepted(
    ward: SiteFixture, investigator: Browser, state: str
) -> None:
    who = late(ward)
    for number in (1, 2):
        for closed in REVIEWS[state]:
            review(ward, who, number=number, closed=closed)
    words = {"participant": who, "number": 1, "important": True, "assessment": WHY, "closed": False}
    taken = accepted(partial(review_deviation, by=ward.investigator, at=NOW, **words))

    address = f"/participants/{who.number}/deviations/"
    assert (f'href="{address}"' in investigator.read("/deviations/")) == taken
    assert ('value="1"' in investigator.read(address)) == taken


def test_a_closed_deviation_is_not_among_those_to_choose_from(
    ward: SiteFixture, investigator: Browser
) -> None:
    who = late(ward)
    review(ward, who, number=1)
    page = investigator.read(f"/participants/{who.number}/deviations/")

    assert ('value="1"' in page, 'value="2"' in page) == (False, True)


BEFORE_THE_DRAW: dict[str, Callable[[SiteFixture], Participant]] = {
    name: STATES[name]
    for name in ("a number", "consented", "eligible", "screen failure", "left before the draw")
}


@pytest.mark.parametrize("state", BEFORE_THE_DRAW)
def test_a_draw_on_paper_is_offered_where_it_is_accepted(
    ward: SiteFixture, investigator: Browser, state: str
) -> None:
    who = standing(ward, state)
    number = Envelope.objects.order_by("position").first().number
    words = {"participant": who, "number": number, "happened_at": START, "reason": WHY}
    taken = accepted(partial(enter_paper_randomization, by=ward.investigator, at=NOW, **words))

    assert taken == (state == "eligible")
    page = investigator.read(f"/participants/{who.number}/randomize/")
    assert (f'href="/participants/{who.number}/paper/"' in page) == taken
