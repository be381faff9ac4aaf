"""The containers keep the doors apart; each rule has been seen to break on a planted fault."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from tests.tools import compose

Fault = Callable[[dict[str, Any]], Any]


FAULTS: list[tuple[str, Fault]] = [
    ("all_there", lambda shape: shape["services"].pop("beat")),
    (
        "doors_are_right",
        lambda shape: shape["services"]["worker"]["environment"].update(VELUM_DOOR="pharmacy"),
    ),
    ("nobody_is_root", lambda shape: shape["services"]["clinic"].pop("user")),
    ("nobody_is_root", lambda shape: shape["services"]["clinic"].update(user="0:0")),
    ("nobody_can_write_or_rise", lambda shape: shape["services"]["pharmacy"].update(read_only=False)),
    ("nobody_dumps_its_memory", lambda shape: shape["services"]["pharmacy"].update(ulimits={"core": -1})),
    ("nobody_dumps_its_memory", lambda shape: shape["services"]["postgres"].pop("ulimits")),
    ("health_is_asked", lambda shape: shape["services"]["beat"].pop("healthcheck")),
    ("secrets_are_files", lambda shape: shape["secrets"].update(redis_url={"environment": "REDIS_URL"})),
    (
        "no_secret_stands_in_the_open",
        lambda shape: shape["services"]["clinic"]["environment"].update(
            DATABASE_URL="postgresql://a:b@postgres/velum"
        ),
    ),
    ("secret_files_are_mounted", lambda shape: shape["services"]["worker"]["secrets"].remove("redis_url")),
    (
        "secret_files_are_mounted",
        lambda shape: shape["services"]["migrate"]["secrets"].remove("pharmacy_database_password"),
    ),
    (
        "only_the_pharmacy_holds_its_key",
        lambda shape: shape["services"]["migrate"]["secrets"].append("pharmacy_private_key"),
    ),
    (
        "web_doors_know_the_signers",
        lambda shape: shape["services"]["clinic"]["configs"].pop(),
    ),
    (
        "web_doors_know_the_signers",
        lambda shape: shape["configs"]["list_signing_public_key"].update(file="./secrets/recovery.pub"),
    ),
    (
        "secrets_of_one_door_stay_there",
        lambda shape: shape["services"]["clinic"]["secrets"].append("pharmacy_database_password"),
    ),
    (
        "doors_share_no_network",
        lambda shape: shape["services"]["clinic"]["networks"].append("pharmacy_records"),
    ),
    ("networks_are_declared", lambda shape: shape["networks"].pop("bell")),
    ("doors_wait_for_their_tables", lambda shape: shape["services"]["pharmacy"]["depends_on"].pop("migrate")),
    (
        "variables_are_known",
        lambda shape: shape["services"]["beat"]["environment"].update(VELUM_DOORS="clinic"),
    ),
    ("commands_exist", lambda shape: shape["services"]["clinic"].update(command=["gunicorn", "trial.asgi"])),
    (
        "commands_exist",
        lambda shape: shape["services"]["migrate"].update(command=["python manage.py grant_all"]),
    ),
]


def test_the_containers_as_they_are_break_no_rule() -> None:
    assert compose.faults() == ""


@pytest.mark.parametrize(("rule", "plant"), FAULTS)
def test_a_planted_fault_breaks_its_rule_and_no_other(rule: str, plant: Fault) -> None:
    shape = copy.deepcopy(compose.read())
    before = set(compose.broken_rules(shape))
    plant(shape)

    assert set(compose.broken_rules(shape)) - before == {rule}


def test_every_rule_has_a_planted_fault() -> None:
    assert {rule for rule, _ in FAULTS} == {rule.__name__ for rule in compose.RULES}


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("FROM python:3.11-slim", "runs as root"),
        ("FROM python:3.11-slim\nUSER 0:0", "runs as root"),
        ("FROM python\nUSER velum", "no version"),
        ("FROM python:3.11-slim\nENV VELUM_SECRET_KEY=x\nUSER velum", "would keep a secret"),
        ("FROM python:3.11-slim\nCOPY keys keys\nUSER velum", "does not exist"),
    ],
)
def test_a_fault_in_the_image_is_named(text: str, sentence: str) -> None:
    assert [fault for fault in compose.image_faults(text) if sentence in fault]
