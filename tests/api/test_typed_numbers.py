"""Numbers that systems send: with every digit, in one reading, or refused."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.api.answers import GOOD_ANSWERS
from tests.caller import Caller
from tests.trial_fixture import START, TrialFixture
from trial.models import EligibilityCheck


@pytest.fixture
def address(nurse: Caller, world: TrialFixture) -> str:
    """The eligibility of somebody whose consent is signed."""
    person = {"site": "01", "consent_signed_on": START.date().isoformat()}
    answer = nurse.post("participants/", person)
    return f"participants/{answer.json()['number']}/eligibility/"


def body(value: str) -> bytes:
    """A checklist that lets in, with these very characters as the number of I7."""
    whole = {"birth_date": "1960-05-02", "answers": GOOD_ANSWERS | {"I7": "HERE"}}
    return json.dumps(whole).replace('"HERE"', value).encode()


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("69.5", "69.5"),
        ('"69.5"', "69.5"),
        ('"69,5"', "69,5"),
        ("69.99999999999999999999", "69.99999999999999999999"),
        ("6.95e1", "69.5"),
        ('"69.999"', "69.999"),
        ("69.999", "69.999"),
        ("-0.0", "-0.0"),
    ],
)
def test_a_number_keeps_every_digit_that_was_sent(nurse: Caller, address: str, sent: str, kept: str) -> None:
    """69.99999999999999999999 is 70.0 as a float, and would let the person in."""
    sure = body(sent).replace(b'"answers"', b'"confirmed": {"I7": %b}, "answers"' % sent.encode())
    answer = nurse.post(address, sure)
    assert (answer.status_code, answer.json().get("eligible")) == (201, False), answer.json()
    assert EligibilityCheck.objects.get().answers["I7"] == kept


@pytest.mark.parametrize(
    "sent",
    [
        '"69,999"',
        '"1,234"',
        '"1e2"',
        '"٧٥"',
        '"７５"',
        '"75 %"',
        '"+75"',
        '".75"',
        '"075"',
        '"NaN"',
        '"1_00"',
        '" "',
        '"0x50"',
        "true",
        "null",
        '"7 5"',
        "1e300",
        '"' + "7" * 41 + '"',
        "[75]",
        '{"n": 75}',
    ],
)
def test_what_is_no_number_or_two_is_refused_and_changes_nothing(
    nurse: Caller, address: str, sent: str
) -> None:
    answer = nurse.post(address, body(sent))
    problem: dict[str, Any] = answer.json()
    assert (answer.status_code, problem["code"]) == (422, "invalid"), problem
    assert not EligibilityCheck.objects.exists()


def test_the_two_readings_are_named(nurse: Caller, address: str) -> None:
    errors = nurse.post(address, body('"69,999"')).json()["errors"]
    assert errors == {"I7": "“69,999” can be read as 69999 or as 69.999. Write 69999, or 69.9990."}


def test_a_key_goes_with_the_very_number(nurse: Caller, address: str) -> None:
    """Two numbers that are one as floats are two requests; the same one again is answered alike."""
    first = nurse.post(address, body("69.50000000000000000001"), key="once")
    again = nurse.post(address, body("69.50000000000000000001"), key="once")
    other = nurse.post(address, body("69.50000000000000000002"), key="once")
    assert (first.status_code, again.content) == (201, first.content)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
