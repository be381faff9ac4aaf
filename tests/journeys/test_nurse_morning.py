"""The study nurse's morning, on a phone."""

from __future__ import annotations

import re

from playwright.sync_api import Locator

from tests.journeys.conftest import Visit
from tests.journeys.visitor import PHONE, Visitor


def on_the_ward(visit: Visit) -> Visitor:
    """The nurse with the bookmarked page open."""
    nurse = visit("nurse", width=PHONE)
    nurse.go("/today/")
    return nurse.fresh()


def first_due(nurse: Visitor) -> tuple[str, Locator]:
    """The first injection of today that nothing is recorded of: the participant, and its card."""
    due = nurse.page.locator("section[aria-labelledby=due]")
    card = due.locator("article", has=nurse.page.get_by_role("link", name="Injection given")).first
    return card.locator("h3").inner_text(), card


def record(nurse: Visitor) -> str:
    """Record the first injection that is due, and return whose it was."""
    number, card = first_due(nurse)
    say_given(nurse, card)
    return number


def say_given(nurse: Visitor, card: Locator) -> int:
    """Record what a card of today asks for as given; returns the taps: two, or four where it is not ready."""
    asked = "not ready yet" in card.inner_text()
    nurse.tap("Injection given", within=card)
    nurse.tap("Record", role="button", status=422 if asked else 200)
    if asked:
        nurse.sees("Was it given all the same?")
        nurse.page.get_by_label("Yes, it was given without").check()
        nurse.taps += 1
        nurse.tap("Record", role="button")
    return 4 if asked else 2


def test_logging_in_leads_to_today(arrive: Visit) -> None:
    nurse = arrive(width=PHONE)
    nurse.sign_in("nurse")
    assert nurse.page.url.endswith("/today/")
    nurse.sees("Late", "To do", "late by 1 day")


def test_an_injection_is_recorded_with_two_taps(visit: Visit) -> None:
    nurse = on_the_ward(visit)
    number, card = first_due(nurse)
    assert say_given(nurse, card) == nurse.taps
    nurse.sees(number, "is recorded: given.")
    nurse.go("/today/")
    assert number in nurse.page.locator("section[aria-labelledby=done]").inner_text()


def test_a_slip_is_undone_by_a_correction_that_keeps_the_first_entry(visit: Visit) -> None:
    nurse = on_the_ward(visit)
    number, card = first_due(nurse)
    address = nurse.control("Injection given", within=card).get_attribute("href") or ""
    record(nurse)
    nurse.fresh().tap_on(nurse.page.locator(f'a.day[href="{address}"]'))
    nurse.tap("Not given")
    nurse.sees("Something is recorded already. What you enter now is kept as a correction.")
    nurse.write("Why was it not given?", "The participant left before the injection.")
    nurse.write("Why is the earlier entry corrected?", "Pressed for the wrong participant.")
    nurse.tap("Record", role="button")
    assert nurse.taps == 3
    nurse.sees(number, "is recorded: not given.", "Pressed for the wrong participant.")
    story = nurse.page.locator("section[aria-labelledby=story]").inner_text()
    assert re.search(r"not given.*given", story, re.DOTALL)


def test_an_injection_not_given_wants_its_reason(visit: Visit) -> None:
    nurse = on_the_ward(visit)
    number, card = first_due(nurse)
    nurse.tap("Injection given", within=card)
    nurse.tap("Not given")
    nurse.tap("Record", role="button", status=422)
    assert nurse.page.locator(".problem-list").is_visible()
    nurse.write("Why was it not given?", "Fever of 38.9.")
    nurse.tap("Record", role="button")
    nurse.sees(number, "is recorded: not given.", "Fever of 38.9.")


def test_what_is_late_can_be_said_from_today(visit: Visit) -> None:
    nurse = on_the_ward(visit)
    nurse.tap("Record what happened")
    nurse.sees("planned for")
