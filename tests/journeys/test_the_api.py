"""The whole way through the API of the running doors, as another system would go it."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen
from uuid import uuid4

import pytest

from tests.journeys.checklist import ARM_WORDS, PROTOCOL, answers, today
from tests.journeys.demonstration import TRIAL, Demonstration


@dataclass(frozen=True)
class Answer:
    """What came back, to the byte."""

    status: int
    body: bytes
    kind: str

    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Caller:
    """Whoever holds a token. Nothing but HTTP."""

    base: str
    token: str
    keys: Iterator[str] = field(default_factory=lambda: (uuid4().hex for _n in itertools.count()))

    def get(self, path: str) -> Answer:
        """GET."""
        return self.send(Request(self.base + path))

    def post(self, path: str, body: object = None, *, key: str = "") -> Answer:
        """POST as JSON, with a key of its own unless one is given."""
        request = Request(self.base + path, data=json.dumps(body or {}).encode(), method="POST")
        request.add_header("Content-Type", "application/json")
        request.add_header("Idempotency-Key", key or next(self.keys))
        return self.send(request)

    def send(self, request: Request) -> Answer:
        """Ask, with the token."""
        request.add_header("Authorization", f"Bearer {self.token}")
        try:
            with urlopen(request, timeout=30) as reply:
                return Answer(reply.status, reply.read(), reply.headers["Content-Type"])
        except HTTPError as refusal:
            with refusal:
                return Answer(refusal.code, refusal.read(), refusal.headers["Content-Type"])


@pytest.fixture(scope="module")
def clinic(demonstration: Demonstration) -> Caller:
    """The nurse's system at the clinic door."""
    token = demonstration.token("nurse", door="clinic")
    return Caller(f"{demonstration.clinic}/api/v1/trials/{TRIAL}/", token)


@pytest.fixture(scope="module")
def pharmacy(demonstration: Demonstration) -> Caller:
    """The pharmacist's system at the other door."""
    token = demonstration.token("pharmacist", door="pharmacy")
    return Caller(f"{demonstration.pharmacy}/api/v1/trials/{TRIAL}/", token)


def checklist() -> dict[str, object]:
    """The criteria answered so that they let in, as JSON has them."""
    words: dict[str, object] = {"yes": True, "no": False, "90": 90}
    typed = answers()
    return {
        "birth_date": typed.pop("birth_date"),
        "answers": {name: words.get(answer, answer) for name, answer in typed.items()},
    }


@pytest.fixture(scope="module")
def drawn(clinic: Caller) -> tuple[str, str, Answer]:
    """Somebody screened, found eligible and randomised: the path, the key of the draw, and its answer."""
    yesterday = (today() - timedelta(days=1)).isoformat()
    made = clinic.post("participants/", {"site": "01", "consent_signed_on": yesterday})
    assert made.status == 201, made.body
    one, key = f"participants/{made.json()['number']}/", uuid4().hex
    assert clinic.post(f"{one}eligibility/", checklist()).json()["eligible"]
    return one, key, clinic.post(f"{one}randomization/", key=key)


def test_the_same_key_gives_the_same_bytes_and_another_key_a_conflict(
    clinic: Caller, drawn: tuple[str, str, Answer]
) -> None:
    one, key, first = drawn
    assert first.status == 201
    assert set(first.json()) >= {"randomization_number", "randomized_at", "receipt"}
    assert clinic.post(f"{one}randomization/", key=key) == first
    again = clinic.post(f"{one}randomization/")
    assert (again.status, again.json()["code"], again.kind) == (
        409,
        "already_randomized",
        "application/problem+json",
    )


@pytest.fixture(scope="module")
def booked(clinic: Caller, drawn: tuple[str, str, Answer]) -> str:
    """The path of the same participant, with day 1 booked for today."""
    answer = clinic.post(f"{drawn[0]}first-injection/", {"day": today().isoformat()})
    assert answer.status == 201, answer.body
    return drawn[0]


def test_day_1_gives_the_calendar_in_three_forms(clinic: Caller, booked: str) -> None:
    calendar = clinic.get(f"{booked}calendar/").json()
    days = [date.fromisoformat(row["date"]) for row in calendar["injections"]]
    assert [(day - today()).days + 1 for day in days] == [*range(1, 6), *range(29, 34), *range(57, 62)]
    assert len(calendar["visits"]) == len(PROTOCOL.visits)
    ics, pdf = clinic.get(f"{booked}calendar.ics"), clinic.get(f"{booked}calendar.pdf")
    assert (ics.status, ics.body.count(b"BEGIN:VEVENT")) == (200, 15 + len(PROTOCOL.visits))
    assert (pdf.status, pdf.kind, pdf.body[:5]) == (200, "application/pdf", b"%PDF-")
    assert not [word for word in ARM_WORDS if word.encode() in ics.body.lower()]


def test_the_pharmacist_gets_the_arm_and_the_syringe_and_the_nurse_neither(
    clinic: Caller, pharmacy: Caller, booked: str
) -> None:
    arm = pharmacy.get(f"{booked}allocation/").json()["arm"]
    assert arm["code"] in {row.code for row in PROTOCOL.arms}
    listed = pharmacy.get(f"preparations/?day={today().isoformat()}").json()["preparations"]
    assert booked.split("/")[1] in {row["participant"] for row in listed}
    assert clinic.get(f"{booked}allocation/").status == 404
    assert Caller(pharmacy.base, clinic.token).get(f"{booked}allocation/").status in {401, 403}


def test_an_injection_is_recorded_and_due_no_longer(clinic: Caller, booked: str) -> None:
    given = {"outcome": "given", "happened_at": clock(), "place": "hospital", "body_site": "thigh_left"}
    assert clinic.post(f"{booked}injections/1/", given).json()["code"] == "not_released"
    given["without_release"] = True
    recorded = clinic.post(f"{booked}injections/1/", given)
    assert (recorded.status, recorded.json()["state"]) == (201, "given"), recorded.body
    assert clinic.get(booked).json()["status"] == "on_treatment"
    state = {row["number"]: row["state"] for row in clinic.get(f"{booked}calendar/").json()["injections"]}
    assert (state[1], state[2]) == ("given", "planned")


def clock() -> str:
    """This moment, with its offset."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def test_without_a_token_there_is_no_answer(clinic: Caller) -> None:
    refused = Caller(clinic.base, "0" * 64).get("participants/")
    assert (refused.status, refused.kind) == (401, "application/problem+json")
