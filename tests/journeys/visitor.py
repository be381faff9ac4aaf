"""A person at a browser. Every page that they come to is examined before they go on."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any, Literal

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import BrowserContext, ConsoleMessage, Locator, Page, Request, Response

from tests.journeys.demonstration import Demonstration

PHONE, SMALL_PHONE, DESK = 390, 320, 1440
HEIGHTS = {PHONE: 844, DESK: 1080}
PATIENCE = 15_000
"""Milliseconds that a page may take on a busy machine."""
COLOURS = 128
"""Enough for pages of flat colours; it halves the weight of a picture."""
HEAVIEST = 250_000
"""Bytes of a picture."""
WCAG = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")
AXE = {"runOnly": {"type": "tag", "values": WCAG}, "resultTypes": ["violations"]}
Theme = Literal["dark", "light"]
THEMES: tuple[Theme, ...] = ("dark", "light")
"""In which axe looks at every page. Pictures are taken in the last one."""
LIKENESS = re.compile(r'name="csrfmiddlewaretoken" value="\w+"|\d')
EXAMINED: set[str] = set()
"""What this run has examined already, without its numbers."""
SAY_VIOLATIONS = """
document.addEventListener("securitypolicyviolation",
  (event) => console.error(`CSP: ${event.violatedDirective} refused ${event.blockedURI}`));
"""
IS_SENT_BY_SCRIPT = "(it) => Boolean(it.form && 'keep' in it.form.dataset)"
WIDER_THAN_WINDOW = """() => [...document.querySelectorAll("body *")]
  .filter((it) => it.getBoundingClientRect().right > window.innerWidth + 1)
  .slice(0, 3).map((it) => it.outerHTML.slice(0, 120))"""


@cache
def how_it_looks(width: int) -> dict[str, Any]:
    """The browser of somebody at a window of that width: a phone is touched."""
    phone = width < 700
    window = {"width": width, "height": HEIGHTS[width]}
    common = {"viewport": window, "locale": "en-GB", "reduced_motion": "reduce"}
    touch = {"is_mobile": True, "has_touch": True, "device_scale_factor": 2}
    return common | (touch if phone else {})


class Visitor:
    """One person, one browser, one door. `taps` counts what was tapped or clicked on pages."""

    def __init__(
        self, context: BrowserContext, demonstration: Demonstration, *, door: str, width: int, base: str = ""
    ) -> None:
        self.demonstration, self.door, self.width = demonstration, door, width
        self.base: str = base or getattr(demonstration, door)
        self.taps = 0
        self.person = ""
        self.faults: list[str] = []
        self._said: list[tuple[str, str]] = []
        self.context = context
        context.add_init_script(SAY_VIOLATIONS)
        context.on("console", self._heard)
        context.on("weberror", lambda error: self.faults.append(f"script: {error.error}"))
        context.on("request", self._asked)
        context.set_default_timeout(PATIENCE)
        self.page: Page = context.new_page()

    def fresh(self) -> Visitor:
        """The same visitor, counting taps from here."""
        self.taps = 0
        return self

    # What goes wrong without anybody looking.

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self._said.append((message.text, str(message.location["url"])))

    def _complaints(self) -> list[str]:
        """What the console said; but that a page was refused is no fault, since each status is checked."""
        said, self._said = self._said, []
        own = ("Failed to load resource", self.page.url.partition("?")[0])
        return [text for text, url in said if (text[: len(own[0])], url.partition("?")[0]) != own]

    def _asked(self, request: Request) -> None:
        if not request.url.startswith((f"{self.base}/", "data:")):
            self.faults.append(f"asked another host: {request.url}")

    # Moving about.

    def go(self, path: str, *, status: int = 200) -> None:
        """Open an address, which answers with that status."""
        with self._arriving(status):
            self.page.goto(self.base + path)

    def tap(self, name: str, *, within: Locator | None = None, role: str = "", status: int = 200) -> None:
        """Tap the one link or button of that name, and arrive at a page with that status."""
        self.tap_on(self.control(name, within=within, role=role), status=status)

    def tap_on(self, control: Locator, *, status: int = 200) -> None:
        """The same for a control that has been found already."""
        self.taps += 1
        refused_in_place = status >= 400 and control.evaluate(IS_SENT_BY_SCRIPT)
        with self._answered(status) if refused_in_place else self._arriving(status):
            control.tap() if self.width == PHONE else control.click()

    def control(self, name: str, *, within: Locator | None = None, role: str = "") -> Locator:
        """The first link or button whose accessible name begins with that."""
        roles = [role] if role else ["link", "button"]
        place = within or self.page
        name_ = re.compile(rf"^{re.escape(name)}")
        first, *others = [place.get_by_role(one, name=name_) for one in roles]  # type: ignore[arg-type]
        for other in others:
            first = first.or_(other)
        return first.first

    @contextmanager
    def _arriving(self, status: int) -> Iterator[None]:
        """Wait for the page that the act leads to, and examine it."""
        with self.page.expect_navigation() as arrival:
            yield
        response: Response = arrival.value
        assert response.status == status, (response.status, response.url, self.words()[:600])
        self.examine()

    @contextmanager
    def _answered(self, status: int) -> Iterator[None]:
        """Wait for what the script shows in place of a form that was not taken, and examine it."""
        with self.page.expect_response(lambda one: one.request.resource_type == "fetch") as arrival:
            yield
        assert arrival.value.status == status, (arrival.value.status, self.words()[:600])
        self.page.locator("html:not([data-sending])").wait_for(state="attached")
        self.examine()

    # Forms.

    def write(self, label: str, words: str) -> None:
        """Fill in the field of that label."""
        self.page.get_by_label(label).first.fill(words)

    def tick(self, label: str) -> None:
        """Tick a box, or choose one of several answers."""
        self.taps += 1
        self.page.get_by_label(label).first.check()

    def answer(self, name: str, answer: str) -> None:
        """Answer the question of that name in the form."""
        field = self.page.locator(f'[name="{name}"]')
        if self.page.locator(f'[name="{name}_day"]').count():
            self.date(name, answer)
        elif field.first.get_attribute("type") == "radio":
            self.page.locator(f'[name="{name}"][value="{answer}"]').check()
        else:
            field.fill(answer)

    def date(self, name: str, day: str) -> None:
        """Type a day, given as ISO, into the three boxes of its question."""
        for box, digits in zip(("year", "month", "day"), day.split("-"), strict=True):
            self.page.locator(f'[name="{name}_{box}"]').fill(digits)

    def sign(self, secret: str = "") -> None:
        """Type what signs: the user name where it is the session's first signature, and the password."""
        if self.page.locator('[name="user_name"]').count():
            self.write("Your user name", self.person)
        self.write("Your password", secret or self.demonstration.password)

    # Signing in.

    def sign_in(self, person: str) -> None:
        """Log in with the demonstration's password, and with a second factor where one is asked for."""
        self.person = person
        self.go("/accounts/login/")
        self.write("Username", person)
        self.write("Password", self.demonstration.password)
        self.tap("Sign in", role="button")
        if self.door == "pharmacy":
            self.page.locator('[name="code"]').fill(self.demonstration.code(person))
            self.tap("Sign in", role="button")

    def speak(self, language: str) -> None:
        """Choose the language of the pages; it stays with the person."""
        self.page.goto(self.base + "/")
        button = self.page.locator(f"button[name=language][lang={language}]")
        if button.count():
            with self.page.expect_navigation():
                button.click()

    # Looking.

    def words(self) -> str:
        """Everything that can be read in the page's content."""
        return self.page.locator("main").inner_text()

    def sees(self, *all_of: str) -> None:
        """Each of these stands on the page."""
        words = " ".join(self.words().split())
        assert not (missing := [one for one in all_of if one not in words]), (missing, words)

    def examine(self) -> None:
        """Look at the page as an examiner would: access for everybody, width, and what went wrong.

        A page that differs only in its numbers from one that was seen at this width is not looked at again.
        """
        address = self.page.url.removeprefix(self.base)
        self.faults += [f"{address}: {fault}" for fault in self.faults_of_this_page()]
        assert not self.faults, "\n".join(self.faults)

    def faults_of_this_page(self) -> list[str]:
        """What the console said; and what axe and a small phone show on a page that was not seen before."""
        likeness = f"{self.width} {LIKENESS.sub('', self.page.content())}"
        said = [f"console: {text}" for text in self._complaints()]
        if likeness in EXAMINED:
            return said
        EXAMINED.add(likeness)
        return [*said, *self._axe(), *self._too_wide()]

    def _axe(self) -> list[str]:
        """What axe finds on the page in both themes; it changes between them without being loaded anew."""
        self.page.evaluate(AXE_SCRIPT)
        return [fault for theme in THEMES for fault in self._axe_in(theme)]

    def _axe_in(self, theme: Theme) -> list[str]:
        self.page.emulate_media(color_scheme=theme)
        found = self.page.evaluate(f"axe.run({json.dumps(AXE)})")
        return [
            f"axe {row['id']} ({theme}): {row['help']}: {row['nodes'][0]['html'][:200]}"
            for row in found["violations"]
        ]

    def _too_wide(self) -> list[str]:
        """What would have to be scrolled sideways on a phone."""
        found = []
        for width in (SMALL_PHONE, PHONE):
            self._resize(width)
            if self.page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
                found.append(f"too wide for {width} px: {self.page.evaluate(WIDER_THAN_WINDOW)}")
        self._resize(self.width)
        return found

    def _resize(self, width: int) -> None:
        self.page.set_viewport_size({"width": width, "height": HEIGHTS[self.width]})
