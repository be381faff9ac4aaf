"""A site with many injections on one morning: what stands on one screen."""

from __future__ import annotations

from collections.abc import Iterator
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
