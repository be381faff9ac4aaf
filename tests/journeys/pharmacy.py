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


def todays(pharmacist: Visitor) -> Locator:
    """Today's syringes, on a page that is fresh."""
    pharmacist.go("/preparations/")
    return pharmacist.page.locator("main section").first


def syringe(pharmacist: Visitor, number: str) -> Locator:
    """Today's syringe of that participant."""
    return todays(pharmacist).locator(f'article[aria-label="{number}"]')


def first_syringe(pharmacist: Visitor) -> tuple[str, str]:
    """The first participant of today's list, and what is on the card."""
    card = todays(pharmacist).locator("article").first
    return card.get_attribute("aria-label") or "", card.inner_text()


def untouched(pharmacist: Visitor) -> str:
    """A participant whose syringe nobody has touched today: the last of the list."""
    button = pharmacist.page.get_by_role("button", name="Prepared by me")
    return todays(pharmacist).locator("article", has=button).last.get_attribute("aria-label") or ""


def release(first: Visitor, second: Visitor, number: str) -> None:
    """The first pharmacist prepares, the second checks, the first releases."""
    first.tap("Prepared by me", within=syringe(first, number))
    second.tap("Check", within=syringe(second, number))
    second.tap("Checked by me")
    first.tap("Release", within=syringe(first, number))
    first.tap("Release", role="button")
