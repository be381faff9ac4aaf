"""The pharmacists' morning behind the other door, and the one word of it that the nurse gets."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from tests.journeys.checklist import ARM_WORDS
from tests.journeys.conftest import Visit
from tests.journeys.demonstration import Demonstration
from tests.journeys.later import Later
from tests.journeys.pharmacy import TOMORROW, release, syringe, untouched
from tests.journeys.visitor import Visitor


def test_the_other_door_wants_a_second_factor_and_says_unblinded(arrive: Visit) -> None:
    pharmacist = arrive(door="pharmacy")
    pharmacist.go("/accounts/login/")
    pharmacist.write("Username", "pharmacist")
    pharmacist.write("Password", pharmacist.demonstration.password)
    pharmacist.tap("Sign in", role="button")
    pharmacist.sees("Enter the six digits")
    pharmacist.page.locator("[name=code]").fill("000000")
    pharmacist.tap("Sign in", role="button", status=200)
    pharmacist.go("/preparations/")
    assert "/accounts/" in pharmacist.page.url
    assert "UNBLINDED" in pharmacist.page.title()


def test_a_syringe_goes_through_two_pairs_of_hands(visit: Visit) -> None:
    first, second = visit("pharmacist", door="pharmacy"), visit("pharmacist2", door="pharmacy")
    number = untouched(first, TOMORROW)
    content = syringe(first, number, TOMORROW).inner_text()
    assert re.search(r"1 MIU|2 MIU|Placebo", content)
    assert "0.5 mL" in content
    release(first.fresh(), second.fresh(), number, TOMORROW)
    assert (first.taps, second.taps) == (3, 2)
    assert "released" in syringe(first, number, TOMORROW).inner_text()


def test_the_check_is_offered_to_a_second_person_only(visit: Visit) -> None:
    first = visit("pharmacist", door="pharmacy")
    number = untouched(first, TOMORROW)
    first.tap("Prepared by me", within=syringe(first, number, TOMORROW))
    first.sees(f"The syringe for {number} is prepared. A second person checks it.")
    assert syringe(first, number, TOMORROW).get_by_role("link", name="Check").count() == 0


# What the nurse gets to know of it.


def told(nurse: Visitor, number: str) -> tuple[str, str]:
    """The participant's rows on Today, in one order whichever stands first, and their own page."""
    nurse.go("/today/")
    card = nurse.page.locator("article", has=nurse.page.get_by_role("link", name=number, exact=True))
    on_today = "\n".join(sorted(one.inner_text() for one in card.all()))
    nurse.go(f"/participants/{number}/")
    return on_today, nurse.words()


@pytest.fixture
def later(demonstration: Demonstration) -> Iterator[Later]:
    """The clinic door with its clock put forward."""
    later = Later(demonstration)
    yield later
    later.stop()


def unsaid(pages: tuple[str, str]) -> list[str]:
    """Every word of the pages but those on whether the syringe is ready."""
    return re.sub(r"not ready yet|The syringe is [^.]*ready\.|, ready|ready", " ", " ".join(pages)).split()


def test_the_nurse_learns_ready_when_its_moment_has_come_and_nothing_else(
    visit: Visit, arrive: Visit, demonstration: Demonstration, later: Later
) -> None:
    nurse = visit("nurse")
    first, second = visit("pharmacist", door="pharmacy"), visit("pharmacist2", door="pharmacy")
    number = untouched(first)
    before = told(nurse, number)
    release(first, second, number)
    moment = demonstration.ready_from(number)
    assert moment
    assert moment > datetime.now(UTC)
    assert told(nurse, number) == before

    later.start(at=moment)
    colleague = arrive(base=later.address)
    colleague.sign_in(demonstration.new_account("colleague", "study_nurse"))
    after = told(colleague, number)
    assert "ready" in after[0]
    assert "not ready yet" not in after[0]
    assert "today, ready" in after[1]
    assert unsaid(after) == unsaid(before)
    assert not [word for word in ARM_WORDS if word in " ".join(after).lower()]
