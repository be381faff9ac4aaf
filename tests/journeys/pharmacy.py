"""What the journeys do again and again at the pharmacy door."""

from __future__ import annotations

from playwright.sync_api import Locator

from tests.journeys.visitor import Visitor

ARMS = {
    "No active substance": "Placebo",
    "1 million": "Interleukin-2, 1 MIU a day",
    "2 million": "Interleukin-2, 2 MIU a day",
}
"""Words on a syringe's card, and the arm's own words."""


def arm_words_of(content: str) -> str:
    """The arm whose syringe has this on its card."""
    (arm,) = {arm for words, arm in ARMS.items() if words in content}
    return arm


TODAY, TOMORROW = 0, 1
"""Today's untouched syringes are few; whoever can takes one of tomorrow's."""


def syringes(pharmacist: Visitor, day: int = TODAY) -> Locator:
    """A day's syringes, on a page that is fresh."""
    pharmacist.go("/preparations/")
    return pharmacist.page.locator("main section").nth(day)


def syringe(pharmacist: Visitor, number: str, day: int = TODAY) -> Locator:
    """That participant's syringe of the day."""
    return syringes(pharmacist, day).locator(f'article[aria-label="{number}"]')


def first_syringe(pharmacist: Visitor) -> tuple[str, str]:
    """The first participant of today's list, and what is on the card."""
    card = syringes(pharmacist).locator("article").first
    return card.get_attribute("aria-label") or "", card.inner_text()


def untouched(pharmacist: Visitor, day: int = TODAY) -> str:
    """A participant whose syringe of the day nobody has touched.

    The last of today's, the first of tomorrow's: what is done for one day is not seen on the other's card.
    """
    button = pharmacist.page.get_by_role("button", name="Prepared by me")
    found = syringes(pharmacist, day).locator("article", has=button)
    return (found.last if day == TODAY else found.first).get_attribute("aria-label") or ""


def release(first: Visitor, second: Visitor, number: str, day: int = TODAY) -> None:
    """The first pharmacist prepares, the second checks, the first releases."""
    first.tap("Prepared by me", within=syringe(first, number, day))
    second.tap("Check", within=syringe(second, number, day))
    second.tap("Checked by me")
    first.tap("Release", within=syringe(first, number, day))
    first.sign()
    first.tap("Release", role="button")
