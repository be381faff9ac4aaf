"""Help where one is, a tour of the demonstration, and work that goes on when its page is left."""

from __future__ import annotations

from tests.journeys.conftest import Visit
from tests.journeys.visitor import PHONE
from trial.pages.tour import TOURS
from trial.permissions import Role


def test_the_nurse_is_led_through_the_demonstration(visit: Visit) -> None:
    nurse, length = visit("nurse", width=PHONE), len(TOURS["clinic"][Role.STUDY_NURSE])
    seen = set()
    nurse.go("/today/")
    nurse.tap("Help on this page")
    nurse.sees("For study nurses", "Injection given")
    nurse.tap("All help")
    nurse.tap("Start the tour")
    for place in range(1, length + 1):
        assert f"stop {place} of {length}." in nurse.page.locator(".tour").inner_text()
        seen.add(nurse.page.url)
        nurse.tap("Next stop" if place < length else "End the tour")
    assert len(seen) == length
    nurse.sees("For you")
    assert nurse.page.locator(".tour").count() == 0


def test_long_work_goes_on_when_its_page_is_left(visit: Visit) -> None:
    statistician = visit("statistician", door="pharmacy")
    statistician.go("/what-if/")
    statistician.write("Simulated trials of each design", "3600")
    statistician.tap("Simulate")
    statistician.sees("You may leave this page")
    address = statistician.page.url
    statistician.go("/lists/")
    statistician.go(address.removeprefix(statistician.base))
    statistician.page.locator("#answer").wait_for(timeout=120_000)  # the page looks by itself
    statistician.examine()
    statistician.sees("3600 trials of 36 participants", "Blocks of 3, 6, 9")


def test_a_form_whose_answer_takes_seconds_says_so_and_is_itself_again_afterwards(visit: Visit) -> None:
    """The server's answer is a silence (204), so that the page stays as it is while it waits."""
    statistician = visit("statistician", door="pharmacy")
    statistician.go("/lists/")
    statistician.tap("Acceptance report")
    page, line = statistician.page, statistician.page.locator("[data-working]")
    assert line.inner_text() == ""
    page.route("**/report/", lambda route: route.fulfill(status=204))
    page.evaluate("document.querySelector('main form').requestSubmit()")
    page.locator("form[aria-busy=true]").wait_for()
    assert "Every envelope is being opened" in line.inner_text()
    page.evaluate("window.dispatchEvent(new Event('pageshow'))")
    assert (line.inner_text(), page.locator("form[aria-busy]").count()) == ("", 0)


def test_everything_is_verified_at_the_pharmacy_door(visit: Visit) -> None:
    statistician = visit("statistician", door="pharmacy")
    statistician.go("/jobs/")
    statistician.tap("Verify trails and lists")
    statistician.page.get_by_text("Everything that was checked holds.").wait_for(timeout=60_000)
    statistician.examine()
    statistician.sees("audit chain", "contents of list")
