"""From a person at the desk to a randomisation number on paper, and the calendar that follows."""

from __future__ import annotations

import re

from tests.journeys.checklist import ARM_WORDS, PROTOCOL, answers, today
from tests.journeys.conftest import Visit
from tests.journeys.visitor import Visitor


def screened(nurse: Visitor) -> str:
    """Give a new person a number, with the consent signed today."""
    nurse.go("/participants/")
    nurse.tap("Screen a new participant")
    nurse.date("consent_signed_on", today().isoformat())
    nurse.tap("Give a number")
    found = re.search(r"The number is (\S+)\.", nurse.words())
    assert found
    return found[1]


def judge(nurse: Visitor, **other: object) -> None:
    """Go through the checklist, with answers that let in but for those given."""
    nurse.tap("Check eligibility")
    for name, answer in answers(**other).items():
        nurse.answer(name, answer)
    nurse.tap("Check the answers")


def randomized(nurse: Visitor) -> str:
    """Screen, judge and randomise somebody; returns the randomisation number."""
    screened(nurse)
    judge(nurse)
    nurse.tap("Randomise")
    nurse.tick("Consent and eligibility are checked")
    nurse.sign()
    nurse.tap("Draw the envelope of")
    return nurse.page.locator(".read-aloud").inner_text()


def test_whoever_fails_a_criterion_is_told_which_in_words(visit: Visit) -> None:
    nurse = visit("nurse")
    number = screened(nurse)
    judge(nurse, I7=61)
    nurse.sees(f"{number} is not eligible.", "61", "70", "vital capacity", "The reason is kept.")
    assert nurse.page.get_by_role("link", name="Randomise").count() == 0


def test_without_a_consent_nothing_else_is_asked(visit: Visit) -> None:
    nurse = visit("nurse")
    nurse.go("/participants/new/")
    nurse.tap("Give a number")
    nurse.sees("The consent comes first.")
    nurse.tap("Record the consent")
    nurse.date("signed_on", today().isoformat())
    nurse.tap_on(nurse.page.locator("main form button").last)
    nurse.sees("The consent is recorded.", "Check eligibility")


def test_a_wrong_password_draws_nothing_and_the_right_one_gives_a_receipt(visit: Visit) -> None:
    nurse = visit("nurse")
    number = screened(nurse)
    judge(nurse)
    nurse.sees(f"{number} is eligible.")
    nurse.tap("Randomise")
    nurse.tick("Consent and eligibility are checked")
    nurse.sign("not-the-password")
    nurse.tap("Draw the envelope of", status=403)
    nurse.sees("That is not your password")
    nurse.tick("Consent and eligibility are checked")
    nurse.sign()
    nurse.tap("Draw the envelope of")
    nurse.sees("Receipt of randomisation", number, "Root of the list", "Claire Fabre, study nurse")
    assert re.fullmatch(r"T-\d{5}", nurse.page.locator(".read-aloud").inner_text())


def test_the_receipt_prints_without_its_buttons(visit: Visit) -> None:
    nurse = visit("nurse")
    number = randomized(nurse)
    assert nurse.page.get_by_role("button", name="Print the receipt").is_visible()
    nurse.page.emulate_media(media="print")
    assert not nurse.page.get_by_role("button", name="Print the receipt").is_visible()
    assert nurse.page.get_by_text(number, exact=True).is_visible()


def test_booking_proposes_days_and_says_what_speaks_against_each(visit: Visit) -> None:
    nurse = visit("nurse")
    randomized(nurse)
    nurse.tap("Go on with this participant")
    nurse.tap("Book day 1")
    *proposed, other = [row.inner_text() for row in nurse.page.locator("#id_day label, .choices label").all()]
    assert other == "another day, with a reason: it was so, or the screening is over"
    assert len(proposed) == PROTOCOL.limits.max_days_to_first_injection  # not today: screening lies before
    assert any("at the weekend:" in row for row in proposed)
    said = ("at the weekend:", "on a public holiday:", "No injection and no visit meets")
    assert all(any(words in row for words in said) for row in proposed)


def test_the_booked_day_gives_three_courses_of_five_with_visits(visit: Visit) -> None:
    nurse = visit("nurse")
    randomized(nurse)
    nurse.tap("Go on with this participant")
    nurse.tap("Book day 1")
    nurse.page.locator("[name=day]").first.check()
    nurse.tap("Book this day")
    nurse.sees("Day 1 is booked for", "Course 1", "Course 2", "Course 3", "Planned")
    rows = nurse.page.locator("table.grid tbody tr")
    assert [row.locator("td").count() for row in rows.all()] == [5, 5, 5]
    assert nurse.page.locator("ol.visits > li").count() == len(PROTOCOL.visits) + 1
    assert not [word for word in ARM_WORDS if word in nurse.words().lower()]


def test_the_calendar_for_the_participant_is_one_sheet_of_codes_and_days(visit: Visit) -> None:
    nurse = visit("nurse")
    nurse.go("/today/")
    number = nurse.page.locator("article h3").first.inner_text()
    nurse.go(f"/participants/{number}/calendar/")
    nurse.page.emulate_media(media="print")
    nurse.sees("Calendar", number, "Course 3")
    assert not [word for word in (*ARM_WORDS, "imodals") if word in nurse.words().lower()]
