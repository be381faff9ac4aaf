"""A site with many injections on one morning: what stands on one screen, and when the page renews itself."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.journeys.busy_site import BusySite, busy_site
from tests.journeys.visitor import DESK, HEIGHTS, PHONE, Visitor, how_it_looks

if TYPE_CHECKING:
    from playwright.sync_api import Browser

WHOLE = """() => [...document.querySelectorAll("section[aria-labelledby=due] article")]
  .map((it) => it.getBoundingClientRect())
  .filter((box) => box.top >= 0 && box.bottom <= window.innerHeight).length"""
ORDER = """() => [...document.querySelectorAll("section[aria-labelledby=due] article")]
  .map((it) => it.classList.contains("todo-ready"))"""
LOUD = """(it) => getComputedStyle(it.querySelector(".button")).backgroundColor"""
AS_CARDS = """() => document.querySelectorAll(".todo").forEach((it) => { it.style.minHeight = "8.75rem"; })"""
"""The fault: rows as high as the cards that stood there before."""
SCREENS = {DESK: 900, PHONE: HEIGHTS[PHONE]}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BusySite]:
    with busy_site(tmp_path_factory.mktemp("busy"), people=18, ready=4) as site:
        yield site


def nurse_at(browser: Browser, site: BusySite, width: int, language: str = "en-gb") -> Visitor:
    """The nurse at a window of that width, as high as the screen."""
    context = browser.new_context(**how_it_looks(width))
    for cookie in (site.cookie, f"velum-clinic-language={language}"):
        name, _, value = cookie.partition("=")
        context.add_cookies([{"name": name, "value": value, "url": site.address}])
    nurse = Visitor(context, None, door="clinic", width=width, base=site.address)  # type: ignore[arg-type]
    nurse.page.set_viewport_size({"width": width, "height": SCREENS[width]})
    nurse.go("/today/")
    nurse.page.set_viewport_size({"width": width, "height": SCREENS[width]})
    return nurse


@pytest.mark.parametrize("language", ["en-gb", "fr"])
@pytest.mark.parametrize(("width", "rows"), [(DESK, 15), (PHONE, 6)])
def test_a_screen_holds_many_rows(
    browser: Browser, site: BusySite, width: int, rows: int, language: str
) -> None:
    nurse = nurse_at(browser, site, width, language)
    assert nurse.page.locator("html").get_attribute("lang") == language
    assert nurse.page.evaluate(WHOLE) >= rows
    nurse.page.evaluate(AS_CARDS)
    assert nurse.page.evaluate(WHOLE) < rows


def test_what_is_ready_stands_first_and_is_louder(browser: Browser, site: BusySite) -> None:
    nurse = nurse_at(browser, site, DESK)
    order = nurse.page.evaluate(ORDER)
    assert (order, order.count(True)) == (sorted(order, reverse=True), 4)
    rows = nurse.page.locator("section[aria-labelledby=due] article")
    ready, later = (rows.nth(place).evaluate(LOUD) for place in (0, len(order) - 1))
    assert ready != later


NEXT = "2015-10-12 08:15:21"
READY = "section[aria-labelledby=due] .todo-ready"
TYPED = """() => document.querySelector("[data-renew]").insertAdjacentHTML("beforeend",
  '<form><label>Reason <input name="reason"></label></form>')"""


@pytest.fixture
def watched(browser: Browser, tmp_path: Path) -> Iterator[tuple[Visitor, BusySite, list[str]]]:
    """The nurse with Today open at 08:03, the browser's clock in our hand, and each asking for it."""
    with busy_site(tmp_path, people=3, ready=0) as site:
        nurse = nurse_at(browser, site, PHONE)
        nurse.page.clock.install()
        nurse.page.reload()
        asked: list[str] = []
        today = f"{site.address}/today/"
        nurse.page.on("request", lambda one: asked.append(one.url) if one.url == today else None)
        yield nurse, site, asked


def let_pass(nurse: Visitor, minutes: float) -> None:
    """Put the browser's clock forward, and wait for what the page then asks for."""
    nurse.page.clock.run_for(int(minutes * 60_000))
    nurse.page.wait_for_load_state("networkidle")


Watched = tuple[Visitor, BusySite, list[str]]


def test_today_renews_itself_at_the_quarter_and_not_before(watched: Watched) -> None:
    nurse, site, asked = watched
    site.order("ready 1")
    let_pass(nurse, 12)
    assert (asked, nurse.page.locator(READY).count()) == ([], 0)
    site.order(f"at {NEXT}")
    let_pass(nurse, 0.5)
    nurse.page.locator(READY).wait_for()
    nurse.sees("as of 08:15")
    assert len(asked) == 1


def test_the_renewing_keeps_no_session_alive(watched: Watched) -> None:
    nurse, site, _asked = watched
    seen = site.order(f"at {NEXT}")
    let_pass(nurse, 12.5)
    nurse.page.get_by_text("as of 08:15").wait_for()
    assert site.order(f"at {NEXT}") == seen  # loading a page by hand moves it on:
    nurse.go("/today/")
    assert site.order(f"at {NEXT}") != seen


def test_when_the_session_is_over_the_page_says_so_and_asks_no_more(watched: Watched) -> None:
    nurse, site, asked = watched
    site.order("at 2015-10-12 08:30:21")
    let_pass(nurse, 12.5)
    nurse.page.get_by_text("Your session has ended.").wait_for()
    let_pass(nurse, 60)
    assert len(asked) == 1
    nurse._said.clear()


def test_what_is_half_typed_stays(watched: Watched) -> None:
    nurse, site, asked = watched
    nurse.page.evaluate(TYPED)
    nurse.write("Reason", "Fever of 3")
    site.order("ready 1")
    site.order(f"at {NEXT}")
    let_pass(nurse, 12.5)
    nurse.page.get_by_text("Something is typed or open on this page").wait_for()
    assert nurse.page.get_by_label("Reason").input_value() == "Fever of 3"
    assert (asked, nurse.page.locator(READY).count()) == ([], 0)


def test_a_link_that_has_the_focus_keeps_it(watched: Watched) -> None:
    nurse, site, _asked = watched
    link = nurse.page.locator("section[aria-labelledby=due] h3 a").last
    address = link.get_attribute("href")
    link.focus()
    site.order(f"at {NEXT}")
    let_pass(nurse, 12.5)
    nurse.page.get_by_text("as of 08:15").wait_for()
    assert nurse.page.evaluate("document.activeElement.getAttribute('href')") == address


def test_whoever_wants_no_renewing_stops_it(watched: Watched) -> None:
    nurse, _site, asked = watched
    nurse.page.get_by_role("button", name="Stop that").click()
    let_pass(nurse, 60)
    assert asked == []


def test_without_script_today_is_there_and_promises_nothing(browser: Browser, site: BusySite) -> None:
    context = browser.new_context(**how_it_looks(DESK), java_script_enabled=False)
    name, _, value = site.cookie.partition("=")
    context.add_cookies([{"name": name, "value": value, "url": site.address}])
    page = context.new_page()
    page.goto(f"{site.address}/today/")
    assert page.locator("section[aria-labelledby=due] article").count() == 36
    assert not page.locator("[data-renews]").is_visible()
