"""A ward without a network: nothing that was typed is lost, and nothing is recorded twice."""

from __future__ import annotations

import re

from playwright.sync_api import Route

from tests.journeys.checklist import today
from tests.journeys.conftest import Visit
from tests.journeys.test_nurse_morning import first_due, on_the_ward
from tests.journeys.test_screening_to_receipt import screened
from tests.journeys.visitor import PHONE, Visitor

WHY = "Fever 39, doctor asked."


def not_given(nurse: Visitor, injection: int) -> str:
    """Open an injection of long ago, and type that it was not given and why; returns whose it is.

    A correction: what is due today is left to the other journeys.
    """
    number, _card = first_due(nurse)
    nurse.go(f"/participants/{number}/injections/{injection}/?outcome=missed")
    nurse.write("Why was it not given?", WHY)
    nurse.write("Why is the earlier entry corrected?", "Wrong line.")
    return number


def press(nurse: Visitor, label: str = "Record") -> None:
    """Press the button of a form, and wait until the browser says that no answer came."""
    nurse.control(label, role="button").tap() if nurse.width == PHONE else nurse.control(label).click()
    nurse.page.get_by_text("No answer came").wait_for()


def typed(nurse: Visitor) -> str:
    return nurse.page.get_by_label("Why was it not given?").input_value()


def entries(nurse: Visitor, number: str, injection: int) -> int:
    """How often the participant's story tells of a correction of that injection."""
    nurse.go(f"/participants/{number}/")
    nurse.page.locator(".story-more summary").first.click()
    story = nurse.page.locator("section[aria-labelledby=story]").inner_text()
    return story.count(f"Injection {injection} corrected: not given")


def test_what_was_typed_offline_stays_and_goes_when_the_network_is_back(visit: Visit) -> None:
    nurse = on_the_ward(visit)
    number = not_given(nurse, 2)
    nurse.context.set_offline(True)
    press(nurse)
    assert typed(nurse) == WHY
    nurse._said.clear()  # the console's own word on the lost request
    with nurse.page.expect_navigation():
        nurse.context.set_offline(False)
    nurse.sees(number, "is recorded: not given.")
    assert entries(nurse, number, 2) == 1


def test_a_lost_answer_is_asked_for_again_and_records_nothing_twice(visit: Visit) -> None:
    nurse = on_the_ward(visit)
    number = not_given(nurse, 3)

    def arrive_but_do_not_answer(route: Route) -> None:
        route.fetch()
        route.abort()

    nurse.page.route(re.compile("/injections/"), arrive_but_do_not_answer, times=1)
    press(nurse)
    nurse._said.clear()
    nurse.tap("Record", role="button")
    nurse.sees(number, "is recorded: not given.")
    assert entries(nurse, number, 3) == 1


def test_what_was_typed_is_there_when_the_page_is_opened_again(visit: Visit) -> None:
    nurse = on_the_ward(visit)
    not_given(nurse, 4)
    address = nurse.page.url.removeprefix(nurse.base)
    nurse.go("/participants/")
    nurse.go(address)
    nurse.sees("Your earlier entries are back.")
    assert typed(nurse) == WHY
    nurse.page.get_by_role("button", name="Clear the form and begin again").tap()
    nurse.page.locator("[data-kept-note]:empty").wait_for(state="attached")
    assert typed(nurse) == ""


def test_a_session_that_ended_meanwhile_loses_nothing(arrive: Visit) -> None:
    nurse = arrive(width=PHONE)
    nurse.sign_in("nurse")
    not_given(nurse, 5)
    nurse.context.clear_cookies(name="velum-clinic-sid")
    nurse.control("Record", role="button").tap()
    nurse.page.get_by_text("You are signed out").wait_for()
    nurse.page.reload()
    nurse.write("Username", "nurse")
    nurse.write("Password", nurse.demonstration.password)
    nurse.tap("Sign in", role="button")
    assert typed(nurse) == WHY


def test_a_new_number_is_given_once_however_often_the_button_is_pressed(visit: Visit) -> None:
    nurse = visit("nurse")
    nurse.go("/participants/new/")
    nurse.date("consent_signed_on", today().isoformat())
    nurse.page.route("**/participants/new/", lambda route: (route.fetch(), route.abort()), times=1)
    press(nurse, "Give a number")
    nurse._said.clear()
    nurse.tap("Give a number")
    found = re.search(r"The number is (\S+)\.", nurse.words())
    assert found
    after = screened(nurse)
    serials = [int(number.split("-")[1]) for number in (found[1], after)]
    assert serials[1] == serials[0] + 1


def test_a_checklist_is_kept_half_done_and_gone_on_with(visit: Visit) -> None:
    nurse = visit("nurse")
    number = screened(nurse)
    nurse.tap("Check eligibility")
    nurse.answer("birth_date", "1961-05-17")
    nurse.answer("I1", "yes")
    nurse.sees("Inclusion", "1 of")
    kept = nurse.page.evaluate("Object.entries(localStorage).join()")
    assert "eligibility" in kept and "1961" not in kept
    nurse.tap("Save for later")
    nurse.sees("Saved for later: 1 of", "Continue the checklist")
    nurse.tap("Continue the checklist")
    assert nurse.page.locator('[name="I1"][value="yes"]').is_checked()
    assert nurse.page.locator('[name="birth_date_year"]').input_value() == ""
    nurse.sees("saved this unfinished on", number)


def test_signing_out_leaves_nothing_in_the_browser(arrive: Visit) -> None:
    nurse = arrive()
    nurse.sign_in("nurse")
    nurse.go("/participants/new/")
    nurse.date("consent_signed_on", today().isoformat())
    assert nurse.page.evaluate("Object.keys(localStorage).length") == 1
    nurse.page.locator(".door-me summary").click()
    nurse.tap("Sign out", role="button")
    assert nurse.page.evaluate("Object.keys(localStorage).length") == 0
