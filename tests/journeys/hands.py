"""Somebody who types key by key, in Chromium or in Debian's Firefox, whatever language the browser speaks."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from typing import Any, Protocol
from urllib.parse import urljoin

from playwright.sync_api import Page

PATIENCE = 20
"""Seconds that a page may take on a busy machine."""
VALUE = "return document.querySelector(arguments[0]).value"
CHOOSE = """
for (const [name, value] of Object.entries(arguments[0]))
  for (const it of document.querySelectorAll(`[name="${name}"]`))
    if (it.type === "radio") it.checked = it.value === value; else it.value = value;
"""
HAS_COME = "return document.readyState === 'complete' && !!document.querySelector(arguments[0])"


class Window(Protocol):
    """What hands need of a browser."""

    def go(self, address: str) -> None: ...
    def run(self, script: str, *arguments: object) -> Any: ...
    def press(self, selector: str, keys: str) -> None: ...
    def click(self, selector: str) -> None: ...
    def keep(self, name: str, value: str) -> None: ...


class ChromiumWindow:
    """A page of Playwright's, as hands need it."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def go(self, address: str) -> None:
        """Open an address."""
        self.page.goto(address)

    def run(self, script: str, *arguments: object) -> Any:
        """What a script returns that reads `arguments`."""
        return self.page.evaluate(
            f"(given) => (function() {{ {script} }}).apply(null, given)", list(arguments)
        )

    def press(self, selector: str, keys: str) -> None:
        """Press keys in a control, one after the other."""
        self.page.focus(selector)
        self.page.keyboard.type(keys)

    def click(self, selector: str) -> None:
        """Click on a control."""
        self.page.click(selector)

    def keep(self, name: str, value: str) -> None:
        """Take a cookie for the host whose page is open."""
        root = urljoin(self.page.url, "/")
        self.page.context.add_cookies([{"name": name, "value": value, "url": root}])


class Hands:
    """Hands at one window. `speaks` is the language of the browser, not of the pages."""

    def __init__(self, window: Window, *, browser: str, speaks: str) -> None:
        self.window, self.browser, self.speaks, self.base = window, browser, speaks, ""

    def sit_down(self, base: str, cookies: Iterable[Mapping[str, Any]]) -> None:
        """Take somebody's place who has logged in at that door."""
        self.base = base
        self.window.go(f"{base}/accounts/login/")
        for cookie in cookies:
            self.window.keep(cookie["name"], cookie["value"])

    def open(self, path: str, language: str) -> None:
        """Open a page in a language, chosen on the page as a person does: it stays with them."""
        self.window.go(self.base + path)
        if not self._has_come(f'html[lang^="{language[:2]}"]'):
            self.window.run(f"document.querySelector('button[name=language][value={language}]').click()")
            self._wait(f'html[lang^="{language[:2]}"]')
            self.window.go(self.base + path)

    def type(self, name: str, keys: str) -> None:
        """Empty a field, and type into it."""
        self.window.run(CHOOSE, {name: ""})
        self.window.press(f'[name="{name}"]', keys)

    def type_day(self, name: str, day: str) -> None:
        """Type a day, given as ISO, into its boxes."""
        for box, digits in zip(("year", "month", "day"), day.split("-"), strict=True):
            self.type(f"{name}_{box}", digits)

    def choose(self, answers: Mapping[str, str]) -> None:
        """Answer by name, without typing."""
        self.window.run(CHOOSE, dict(answers))

    def shown(self, name: str) -> str:
        """What stands in a field."""
        return str(self.window.run(VALUE, f'[name="{name}"]'))

    def send(self, button: str, *, until: str) -> str:
        """Press a button, wait for something on the page that comes, and read its words."""
        self.window.click(button)
        self._wait(until)
        return self.words()

    def _wait(self, until: str) -> None:
        end = time.monotonic() + PATIENCE
        while not self._has_come(until):
            assert time.monotonic() < end, (until, self.words())
            time.sleep(0.1)

    def _has_come(self, selector: str) -> bool:
        try:
            return bool(self.window.run(HAS_COME, selector))
        except Exception:  # the page is going away at this moment
            return False

    def words(self) -> str:
        """Everything that can be read in the page's content."""
        text = self.window.run("return document.querySelector('main').innerText")
        return " ".join(str(text).split())
