"""What a browser without scripts shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.journeys.conftest import Visit
from tests.journeys.visitor import DESK, how_it_looks

if TYPE_CHECKING:
    from playwright.sync_api import Browser

PRINT = "[data-print]"
SHEETS = "/preparations/sheets/"


def test_the_button_that_prints_is_there_at_once_and_only_where_scripts_run(
    browser: Browser, visit: Visit
) -> None:
    """It never comes late: the first paint has it, so that nothing below it moves."""
    with_scripts = visit("pharmacist", door="pharmacy")
    with_scripts.context.route("**/*.js", lambda route: route.abort())
    with_scripts.page.goto(with_scripts.base + SHEETS)
    assert with_scripts.page.locator(PRINT).is_visible()

    cookies = with_scripts.context.storage_state()
    context = browser.new_context(**how_it_looks(DESK), storage_state=cookies, java_script_enabled=False)
    page = context.new_page()
    page.goto(with_scripts.base + SHEETS)
    assert page.locator(PRINT).count() == 1
    assert not page.locator(PRINT).is_visible()
    context.close()
