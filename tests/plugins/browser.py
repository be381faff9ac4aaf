"""The real browser of the journeys; without one they are skipped by name."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests.tools import chromium

if TYPE_CHECKING:  # importing it takes half a second, and only the journeys need it
    from playwright.sync_api import Browser


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A headless Chromium for the whole session; each test opens its own context."""
    from playwright.sync_api import Error, sync_playwright

    # Playwright runs an event loop in the test's thread, where Django would refuse its ORM.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        try:
            found = playwright.chromium.launch(executable_path=chromium.find() or None, args=chromium.FLAGS)
        except Error as reason:
            pytest.skip(f"no Chromium could be started: {reason.message.splitlines()[0]}")
        yield found
        found.close()
