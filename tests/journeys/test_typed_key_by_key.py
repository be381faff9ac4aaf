"""The decimal comma, key by key: browsers and pages, each in English and in French, at both doors."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from tests.checklist import in_boxes
from tests.journeys.checklist import answers, today
from tests.journeys.conftest import Visit
from tests.journeys.hands import ChromiumWindow, Hands
from tests.journeys.test_screening_to_receipt import screened
from tests.tools import chromium, firefox

if TYPE_CHECKING:
    from playwright.sync_api import Browser

BROWSERS = (("chromium", "en-GB"), ("chromium", "fr"), ("firefox-esr", "en-GB"), ("firefox-esr", "fr"))
OWN_FIELD = "data:text/html,<html lang=%s><input type=number step=any name=n>"
FORM_BUTTON = "main form.form .row button"


@pytest.fixture(scope="module", params=BROWSERS, ids=" in ".join)
def hands(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Hands]:
    """Hands at a browser that speaks one language; a browser that is not here is named."""
    name, speaks = request.param
    if name == "firefox-esr":
        if reason := firefox.missing():
            pytest.skip(reason)
        languages = {"intl.accept_languages": speaks, "intl.locale.requested": speaks}
        with firefox.running(**languages) as window:
            yield Hands(window, browser=name, speaks=speaks)
        return
    if speaks == "fr" and not chromium.speaks_french():
        pytest.skip("no Chromium with a French interface: install chromium-l10n")
    environment: dict[str, Any] = {**os.environ, "LANGUAGE": speaks}
    flags = [*chromium.FLAGS, f"--lang={speaks}"]
    own = browser.browser_type.launch(executable_path=chromium.find() or None, args=flags, env=environment)
    yield Hands(ChromiumWindow(own.new_page(locale=speaks)), browser=name, speaks=speaks)
    own.close()


def test_a_browser_s_own_fields_go_by_the_browser_s_language(hands: Hands) -> None:
    """Why Velum has no such fields: of 69,5 an English Chromium makes 695, an English Firefox nothing."""
    hands.window.go(OWN_FIELD % hands.speaks)
    hands.type("n", "69,5")
    number = {("chromium", "en-GB"): "695", ("firefox-esr", "en-GB"): ""}
    assert hands.shown("n") == number.get((hands.browser, hands.speaks), "69.5")


def test_the_clinic_reads_the_comma_that_was_typed(hands: Hands, visit: Visit) -> None:
    nurse = visit("nurse")
    nurse.speak("en")
    checklist = f"/participants/{screened(nurse)}/eligibility/"
    hands.sit_down(nurse.base, nurse.context.cookies())  # type: ignore[arg-type]
    for language, shown in (("en-gb", "69.5"), ("fr", "69,5")):
        hands.open(checklist, language)
        hands.type("I7", "69,5")
        assert hands.shown("I7") == "69,5"
        hands.send('main button[name="keep"]', until="main a[href$='/eligibility/']")
        hands.open(checklist, language)
        assert hands.shown("I7") == shown


def test_the_clinic_shows_again_what_it_refuses_and_judges_what_it_takes(hands: Hands, visit: Visit) -> None:
    nurse = visit("nurse")
    nurse.speak("en")
    checklist = f"/participants/{screened(nurse)}/eligibility/"
    hands.sit_down(nurse.base, nurse.context.cookies())  # type: ignore[arg-type]
    hands.open(checklist, "fr")
    given = answers()
    born = given.pop("birth_date")
    days = {name: day for name, day in given.items() if day.count("-") == 2}
    hands.choose({name: it for name, it in given.items() if name not in days} | in_boxes(**days))
    hands.type_day("birth_date", born)
    hands.type("I7", "1,234")
    words = hands.send("main form.guided .row button", until="#id_I7_error")
    assert "« 1,234 » peut se lire 1234 ou 1,234." in words.replace("\u00a0", " ")
    assert (hands.shown("I7"), hands.shown("birth_date_day")) == ("1,234", "17")
    hands.type("I7", "695")
    words = hands.send("main form.guided .row button", until="[name=confirm-I7]")
    assert "n’est pas compris entre 5 et 160" in words and hands.shown("I7") == "695"
    assert hands.window.run("return document.querySelector('[name=confirm-I7]').checked") is False
    hands.type("I7", "69,5")
    words = hands.send("main form.guided .row button", until=".who")
    assert "69,5" in words and "695" not in words


def test_the_pharmacy_loses_no_comma_and_takes_the_number_of_vials(hands: Hands, visit: Visit) -> None:
    pharmacist = visit("pharmacist", door="pharmacy")
    hands.sit_down(pharmacist.base, pharmacist.context.cookies())  # type: ignore[arg-type]
    lot = f"KEY-{hands.browser[:2]}-{hands.speaks[:2]}"
    for language in ("en-gb", "fr"):
        hands.open("/stock/receive/", language)
        hands.window.run("document.querySelector('[name=product]').checked = true")
        hands.type("lot_number", f"{lot}-{language}")
        hands.type_day("expiry", (today() + timedelta(days=400)).isoformat())
        hands.type("quantity", "12,5")
        hands.send(FORM_BUTTON, until="#id_quantity_error")
        assert hands.shown("quantity") == "12,5"
        hands.type("quantity", "12")
        words = hands.send(FORM_BUTTON, until="a[href='/stock/receive/']")
        assert f"{lot}-{language}" in words
