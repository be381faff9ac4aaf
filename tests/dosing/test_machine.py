"""Random lives against the model, and planted faults that the same lives must find."""

from __future__ import annotations

import os
from typing import Any

import pytest
from django.db import connection
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.amended import LAST_VISIT
from tests.dosing.even_dice import thrown_with
from tests.dosing.machine import Life
from tests.dosing.planted import FAULTS
from tests.dosing.surfaces import compare
from tests.site_fixture import SiteFixture
from trial.protocol.files import PROTOCOLS, ProtocolFile, parse_protocol

SHORT = {"sqlite": "200x30", "postgresql": "20x30"}[os.environ.get("VELUM_TEST_DATABASE") or "sqlite"]
LIVES, STEPS = (int(number) for number in os.environ.get("MACHINE", SHORT).split("x"))
"""`make machine` asks for 2000x50."""
BATCH = 10
"""Lives of one test; those of the next have another luck."""
TO_FIND = 200
"""So many lives are tried to find a planted fault; most need fewer than ten."""
FOUND_SOON = {
    "both ends belong to a window": 6,
    "a visit that was moved is reminded of anew": 3,
    "a day is a day of the site": 3,
    "nothing is given before the draw": 5,
    "nothing is given before day 1": 2,
    "no visit takes place before day 1": 1,
    "nobody is injected while treatment is stopped": 2,
    "nothing is missed before its day": 5,
}
"""The luck that needs few lives, for the sake of time alone: any other finds it too, later."""


def amended() -> ProtocolFile:
    """Version 2: a later last visit, a shorter hold, less room to move a course."""
    text = (PROTOCOLS / "nct02059759.toml").read_text(encoding="utf-8")
    changes = [
        ('version = "1"', 'version = "2"'),
        *LAST_VISIT,
        ("max_shift_days = 7", "max_shift_days = 3"),
        ("max_hold_days = 28", "max_hold_days = 14"),
    ]
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    return parse_protocol(text)


@pytest.fixture
def life(ward: SiteFixture) -> type[Life]:
    """The machine, for a participant who is randomised and reminded."""
    participant = ward.randomized()
    ward.contact(participant, "anne@example.org")
    return type("OneLife", (Life,), {"ward": ward, "participant": participant, "second": amended()})


def live(life: type[Life], luck: int, lives: int = BATCH) -> None:
    """So many lives, the same ones every time and everywhere, so that a failure is no accident.

    A life that fails is told as it was, not made shorter: that would take longer than a test may.
    """
    with thrown_with(luck) as source:
        run_state_machine_as_test(
            life,
            settings=settings(
                backend=source,
                max_examples=lives,
                stateful_step_count=STEPS,
                deadline=None,
                database=None,
                derandomize=True,
                phases=(Phase.generate,),
                report_multiple_bugs=False,
                suppress_health_check=list(HealthCheck),
                print_blob=False,
            ),
        )


@pytest.mark.slow
@pytest.mark.parametrize("luck", range(0, LIVES, BATCH))
def test_whatever_a_ward_does_the_calendar_is_what_people_chose(life: type[Life], luck: int) -> None:
    live(life, luck)


class SeenEverywhere(Life):
    """A life at whose end every surface is asked what it says of each day."""

    def look_once(self) -> None:
        compare(self.ward, self.participant, self.model)


@pytest.mark.slow
@pytest.mark.parametrize("luck", range(0, max(LIVES // 20, BATCH), BATCH))
def test_every_surface_says_the_same_of_each_day(life: type[Life], luck: int) -> None:
    """Page, API, table, paper, calendar program, mail, figures and the pharmacist's list."""
    live(type("OneLife", (SeenEverywhere,), dict(vars(life))), 1000 + luck)


@pytest.mark.slow
@pytest.mark.parametrize("promise", FAULTS)
def test_a_planted_fault_is_found(life: type[Life], promise: str, monkeypatch: Any) -> None:
    """Each would make this promise false, and is found by an assertion, not by a crash."""
    if connection.vendor != "sqlite":
        pytest.skip("The faults are in the code, not in the database; SQLite finds them sooner.")
    FAULTS[promise](monkeypatch)
    with pytest.raises(AssertionError):
        live(life, FOUND_SOON.get(promise, 0), TO_FIND)
