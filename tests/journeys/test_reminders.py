"""A reminder is really written, by worker and beat, and says nothing to a stranger."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from tests.journeys.checklist import ARM_WORDS, today
from tests.journeys.conftest import Visit
from tests.journeys.demonstration import Demonstration
from tests.servers.processes import wait_until

UNSAID = (*ARM_WORDS, "imodals", "nct0", "trial", "essai", "drug", "médicament", "injection", "sla")
TICKS = 20
"""Seconds within which worker and beat have sent what is due: ten of the demonstration's ticks."""


def after_eight() -> bool:
    """Whether the site's own reminders of tomorrow are due: from eight o'clock of the day before."""
    return datetime.now(ZoneInfo("Europe/Paris")).hour >= 8


def test_a_day_booked_for_tomorrow_is_mailed_at_once(visit: Visit, demonstration: Demonstration) -> None:
    nurse = visit("nurse")
    nurse.go("/today/")
    waiting = nurse.page.locator("section[aria-labelledby=waiting] article", has_text="book day 1").first
    number = waiting.locator("a").inner_text()
    nurse.tap(number, within=waiting)
    nurse.tap("Book day 1")
    nurse.answer("day", (today() + timedelta(days=1)).isoformat())
    nurse.tap("Book this day")
    if after_eight():
        wait_until(lambda: number in subjects(demonstration), seconds=TICKS, what="the reminder")
    nurse.go("/outbox/")
    part = "letters" if after_eight() else "ahead"
    assert number in nurse.page.locator(f"section[aria-labelledby={part}]").inner_text()


def subjects(demonstration: Demonstration) -> str:
    """What the folder's mails are about."""
    return " ".join(str(letter["Subject"]) for letter in demonstration.letters())


def test_a_letter_names_a_code_a_day_and_a_place_only(demonstration: Demonstration) -> None:
    letters = list(demonstration.letters())
    assert len(letters) > 100
    for letter in letters:
        text = f"{letter['Subject']} {letter.get_content()}".lower()
        assert re.search(r"im-\d{4}-\d", text)
        assert not [word for word in UNSAID if re.search(rf"\b{word}", text)], text


def test_the_outbox_shows_the_letters_and_no_address(visit: Visit, demonstration: Demonstration) -> None:
    nurse = visit("nurse")
    nurse.go("/outbox/")
    nurse.sees("Messages written to the mail folder", "n…@example.org")
    addresses = {str(letter["To"]) for letter in demonstration.letters()}
    assert {address for address in addresses if address.startswith("participant")}
    assert not [address for address in addresses if address in nurse.page.content()]
