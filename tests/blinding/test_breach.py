"""An attempt on a wall counts as stopped only where it was made, and in the words of its wall."""

from __future__ import annotations

from typing import Any

import pytest

from tests.blinding.breach import attempted, refused, run_against
from tests.blinding.breaches import known
from tests.blinding.sandbox import Sandbox
from tests.tools import compose

WALLS = ("process", "shape", "database")
ATTEMPTS = [one for one in known().values() if one.wall in WALLS]
BEHIND_THE_DOOR = "+".join(one.name for one in ATTEMPTS if one.wall != "shape")
"""What may be done at the pharmacy door. Nobody walks to a seal from outside, there either."""
OTHERWISE = {
    "no table": "django.db.utils.OperationalError: no such table: sealed_seal",
    "no file": "FileNotFoundError: [Errno 2] No such file or directory: '/tmp/keys/other.key'",
    "another table": 'psycopg.errors.InsufficientPrivilege: permission denied for table "trial_consent"',
    "another name": "LookupError: No installed app with label 'randomisation'.",
}


def traceback(breach: str, last: str) -> str:
    return (
        f'Traceback (most recent call last):\n  File "walls.py", line 1, in {breach}\n    try_it()\n{last}\n'
    )


@pytest.mark.parametrize("why", OTHERWISE)
@pytest.mark.parametrize("breach", ATTEMPTS, ids=lambda one: one.name)
def test_a_failure_for_another_reason_is_no_wall(breach: Any, why: str) -> None:
    assert not refused(breach, traceback(breach.name, OTHERWISE[why]))


def test_a_process_that_did_not_get_as_far_as_the_attempt_met_no_wall() -> None:
    said = "sqlite3.DatabaseError: access to sealed_seal.box is prohibited"

    assert refused(known()["read_seals"], traceback("read_seals", said))
    assert not refused(known()["read_seals"], traceback("refuse_open_wall", said))


@pytest.mark.slow
def test_what_the_walls_stop_is_there_behind_the_pharmacy_door(sandbox: Sandbox) -> None:
    """Else an attempt would fail because there is nothing to be had."""
    assert attempted(sandbox, BEHIND_THE_DOOR, "pharmacy") == ""


@pytest.mark.slow
def test_the_clinics_container_has_no_private_key(sandbox: Sandbox) -> None:
    assert run_against(sandbox, known()["read_key"]).wall == "process"


@pytest.mark.slow
def test_a_private_key_that_the_clinics_container_is_given_is_read(sandbox: Sandbox) -> None:
    careless = dict(compose.read())
    key = next(one for one in careless["services"]["pharmacy"]["secrets"] if "target" in one)
    careless["services"]["clinic"]["secrets"].append(key)

    assert attempted(sandbox, "read_key", shape=careless) == ""
