"""A passkey in a real browser, by its virtual authenticator: good at one door, under one host name."""

from __future__ import annotations

import base64
import hmac
import time

import pytest

from tests.journeys.conftest import Visit
from tests.journeys.demonstration import Demonstration
from tests.journeys.visitor import DESK, PHONE, Visitor

KEY = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}
"""A telephone whose owner has just shown their face."""


def by_name(demonstration: Demonstration, door: str = "clinic") -> str:
    """The door under its name; passkeys know no addresses."""
    return str(getattr(demonstration, door)).replace("127.0.0.1", "localhost")


def with_key(person: Visitor) -> None:
    """Give the browser an authenticator of its own."""
    session = person.context.new_cdp_session(person.page)
    session.send("WebAuthn.enable")
    session.send("WebAuthn.addVirtualAuthenticator", {"options": KEY})


def gives_password(person: Visitor, name: str) -> None:
    person.go("/accounts/login/")
    person.write("Username", name)
    person.write("Password", person.demonstration.password)
    person.tap("Sign in", role="button")


def shown(seed: str) -> str:
    """What an app with that seed shows now (RFC 6238)."""
    step = (int(time.time()) // 30).to_bytes(8, "big")
    made = hmac.digest(base64.b32decode(seed), step, "sha1")
    place = made[-1] & 15
    number = int.from_bytes(made[place : place + 4], "big") & 0x7FFFFFFF
    return f"{number % 1_000_000:06}"


def sets_up_app(person: Visitor) -> None:
    """An authenticator app of this door."""
    person.go("/accounts/2fa/totp/activate/")
    if "reauthenticate" in person.page.url:
        person.write("Password", person.demonstration.password)
        person.tap("Confirm", role="button")
    seed = person.page.locator("section .code").inner_text()
    person.page.locator('[name="code"]').fill(shown(seed))
    person.tap("Finish")


@pytest.mark.parametrize("width", [DESK, PHONE])
def test_a_passkey_opens_its_own_door_under_its_own_name(
    arrive: Visit, demonstration: Demonstration, width: int
) -> None:
    name = demonstration.new_account(f"doctor{width}", "investigator")
    person = arrive(width=width, base=by_name(demonstration))
    with_key(person)
    gives_password(person, name)
    sets_up_app(person)
    person.go("/accounts/2fa/webauthn/add/")
    person.tap("Set it up")
    person.go("/accounts/2fa/webauthn/")
    person.sees("Each is good at this door only.", "Set up on")
    person.go("/accounts/2fa/")
    person.sees("1 is set up at this door.")

    person.context.clear_cookies()
    gives_password(person, name)
    person.sees("Second factor")
    person.tap("Use a passkey")
    person.go("/today/")
    person.sees("Today")


def test_another_door_or_another_name_asks_for_none(arrive: Visit, demonstration: Demonstration) -> None:
    name = demonstration.new_account("doctor0", "investigator")
    person = arrive(base=by_name(demonstration))
    with_key(person)
    gives_password(person, name)
    sets_up_app(person)
    person.go("/accounts/2fa/webauthn/add/")
    person.tap("Set it up")

    person.context.clear_cookies()
    person.base = demonstration.clinic
    gives_password(person, name)
    person.control("Use a passkey").click()
    person.page.get_by_text("This browser gave no passkey for this door.").wait_for()

    person.context.clear_cookies()
    person.base, person.door = by_name(demonstration, "pharmacy"), "pharmacy"
    gives_password(person, name)
    assert "webauthn" not in person.page.content()
    person.go("/accounts/2fa/webauthn/add/")
    assert "Passkey" not in person.page.title()
