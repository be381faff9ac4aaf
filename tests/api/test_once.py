"""Each act once, whatever is sent again and however often at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from tests.api.dumps import whole_database
from tests.at_once import at_once
from tests.caller import Caller
from tests.trial_fixture import TrialFixture, new_trial
from trial.models import IdempotentRequest, Participant


def test_the_same_request_again_gets_the_same_bytes_and_does_nothing(
    nurse: Caller, world: TrialFixture
) -> None:
    world.blinded_list()
    path = f"participants/{world.participant().number}/randomization/"
    first = nurse.post(path, key="once")
    before = whole_database()
    again = nurse.post(path, key="once", **{"Accept-Language": "fr", "Accept": "application/json; indent=4"})
    assert (again.status_code, again.content) == (201, first.content)
    assert whole_database() == before


def test_the_order_of_fields_does_not_make_another_request(nurse: Caller) -> None:
    one = nurse.post("participants/", b'{"site": "01", "consent_signed_on": "2015-10-01"}', key="once")
    two = nurse.post("participants/", b'{"consent_signed_on":"2015-10-01","site":"01"}', key="once")
    assert one.content == two.content
    assert Participant.objects.count() == 1


@pytest.mark.parametrize(
    ("path", "body"), [("participants/", {"site": "01"}), ("participants/IM-0101-0/consent/", {})]
)
def test_a_key_of_another_request_is_refused(nurse: Caller, path: str, body: dict[str, str]) -> None:
    nurse.post("participants/", {}, key="once")
    answer = nurse.post(path, body, key="once")
    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_key_reused")


def test_another_key_meets_what_happened(nurse: Caller, world: TrialFixture) -> None:
    world.blinded_list()
    path = f"participants/{world.participant().number}/randomization/"
    number = nurse.post(path).json()["randomization_number"]
    answer = nurse.post(path)
    assert (answer.status_code, answer.json()["code"]) == (409, "already_randomized")
    assert number in answer.json()["detail"]


def test_keys_of_two_callers_do_not_meet(nurse: Caller, investigator: Caller) -> None:
    one, two = nurse.post("participants/", key="once"), investigator.post("participants/", key="once")
    assert one.json()["number"] != two.json()["number"]


def test_a_refusal_is_not_kept_so_that_mending_helps(nurse: Caller, world: TrialFixture) -> None:
    path = f"participants/{world.participant().number}/randomization/"
    assert nurse.post(path, key="once").json()["code"] == "list_not_active"
    world.blinded_list()
    assert nurse.post(path, key="once").status_code == 201


def test_what_is_kept_does_not_let_the_request_be_guessed(nurse: Caller, settings: Any) -> None:
    nurse.post("participants/", key="one")
    settings.SECRET_KEY = "another"
    assert nurse.post("participants/", key="one").json()["code"] == "idempotency_key_reused"
    prints = set(IdempotentRequest.objects.values_list("fingerprint", flat=True))
    nurse.post("participants/", key="two")
    assert len(prints | set(IdempotentRequest.objects.values_list("fingerprint", flat=True))) == 2


def test_a_former_secret_still_knows_its_requests(nurse: Caller, settings: Any) -> None:
    first = nurse.post("participants/", key="one")
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another"
    assert nurse.post("participants/", key="one").content == first.content


def _eight(act: Callable[[], Any]) -> list[Any]:
    return list(at_once(*[act] * 8))


@pytest.mark.django_db(transaction=True)
def test_eight_at_once_with_one_key_are_one_screening_and_eight_same_answers() -> None:
    caller = Caller(new_trial().nurse)
    answers = _eight(lambda: caller.post("participants/", {"site": "01"}, key="once"))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert Participant.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_eight_at_once_with_one_key_are_one_draw_and_eight_same_answers() -> None:
    world = new_trial()
    world.blinded_list()
    path = f"participants/{world.participant().number}/randomization/"
    caller = Caller(world.nurse)
    answers = _eight(lambda: caller.post(path, key="once"))
    assert [answer.status_code for answer in answers] == [201] * 8
    assert len({answer.content for answer in answers}) == 1


@pytest.mark.django_db(transaction=True)
def test_eight_at_once_with_eight_keys_are_one_draw_and_seven_refusals() -> None:
    world = new_trial()
    world.blinded_list()
    path = f"participants/{world.participant().number}/randomization/"
    caller = Caller(world.nurse)
    keys = iter("abcdefgh")
    answers = _eight(lambda: caller.post(path, key=next(keys)))
    codes = sorted(answer.json().get("code", "drawn") for answer in answers)
    assert codes == ["already_randomized"] * 7 + ["drawn"], connection.vendor
