"""When the database is busy, when two acts meet, and when something fails: a problem, and no trace."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, OperationalError

from tests.api.dumps import whole_database
from tests.caller import Caller


def failing(monkeypatch: pytest.MonkeyPatch, fault: Exception) -> None:
    def fail(**_what: object) -> None:
        raise fault

    monkeypatch.setattr("trial.screening.api.screen", fail)


@pytest.mark.parametrize(
    ("fault", "status", "code"),
    [
        (OperationalError("database is locked"), 503, "unavailable"),
        (IntegrityError("UNIQUE constraint failed"), 409, "changed_meanwhile"),
        (RuntimeError("IL2-2MIU"), 500, "internal_error"),
    ],
)
def test_a_failure_is_a_problem_without_a_trace(
    nurse: Caller, monkeypatch: pytest.MonkeyPatch, fault: Exception, status: int, code: str
) -> None:
    failing(monkeypatch, fault)
    before = whole_database()
    answer: Any = nurse.post("participants/", {})
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert str(fault) not in answer.content.decode()
    assert answer.headers.get("Retry-After") == ("5" if status == 503 else None)
    assert whole_database() == before


def test_a_busy_database_at_the_token_is_a_503(nurse: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_args: object) -> None:
        raise OperationalError("lock timeout")

    monkeypatch.setattr("trial.rest.tokens.BearerToken.authenticate_credentials", fail)
    assert nurse.get("participants/").status_code == 503


def test_nothing_of_the_api_is_stored_by_anybody_on_the_way(nurse: Caller) -> None:
    answer = nurse.get("participants/")
    assert answer["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in answer.headers
