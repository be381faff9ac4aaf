"""Ends by API: the coded reason that is taken, and every end that counts."""

from __future__ import annotations

import pytest

from tests.api.conftest import Caller
from tests.trial_fixture import TrialFixture


@pytest.fixture
def path(nurse: Caller, world: TrialFixture) -> str:
    world.blinded_list()
    path = f"participants/{world.participant().number}/"
    nurse.post(f"{path}randomization/")
    nurse.post(f"{path}first-injection/", {"day": "2015-10-06"})
    return path


def test_the_coded_reason_is_taken_and_every_end_is_shown(nurse: Caller, path: str) -> None:
    said = {"scope": "treatment", "cause": "physician_decision", "reason": "Liver tests"}
    answer = nurse.post(f"{path}withdrawal/", said)
    assert (answer.status_code, answer.json()["cause"]) == (201, "physician_decision")
    nurse.post(f"{path}withdrawal/", {"scope": "visits", "reason": "wish"})
    first, last = nurse.get(path).json()["ends"]
    assert first == {
        "scope": "treatment",
        "cause": "physician_decision",
        "term": "PHYSICIAN DECISION",
        "day": "2015-10-05",
        "early": True,
    }
    assert (last["cause"], last["term"], last["early"]) == (None, None, False)
    assert nurse.get("participants/").json()["results"][0]["ends"] == [first, last]


@pytest.mark.parametrize(
    "wrong",
    [
        {"scope": "treatment", "cause": "bored"},
        {"scope": "treatment", "cause": ""},
        {"scope": "treatment", "cause": None},
        {"scope": "death", "cause": "other", "day": "2015-10-05"},
        {"scope": "trial", "cause": "death"},
        {"scope": "reminders", "cause": "other"},
    ],
)
def test_a_wrong_code_is_said_beside_its_field_and_changes_nothing(
    nurse: Caller, path: str, wrong: dict[str, object]
) -> None:
    before = nurse.get(path).json()
    answer = nurse.post(f"{path}withdrawal/", wrong | {"reason": "x"})
    assert answer.status_code == 422 and "cause" in answer.json()["errors"]
    assert nurse.get(path).json() == before


def test_a_correction_codes_an_end_from_before(nurse: Caller, path: str) -> None:
    nurse.post(f"{path}withdrawal/", {"scope": "treatment", "reason": "wish"})
    said = {"scope": "treatment", "day": "2015-10-05", "cause": "pregnancy", "reason": "Letter"}
    assert nurse.post(f"{path}withdrawal/correction/", said).status_code == 201
    assert [end["cause"] for end in nurse.get(path).json()["ends"]] == ["pregnancy"]
