"""A token lets in whom it was made for, at the door, the trial and the site it was made for."""

from __future__ import annotations

from datetime import timedelta
from importlib import import_module
from io import StringIO

import pytest
import time_machine
from django.apps import apps
from django.core.management import CommandError, call_command
from django.utils import timezone

from tests.caller import BASE, Caller
from tests.trial_fixture import TrialFixture
from trial.models import ApiToken, Site
from trial.people.delegating import create_token, delegate, end_delegation
from trial.permissions import Role


def outcome(caller: Caller, path: str = "participants/") -> tuple[int, str]:
    answer = caller.get(path)
    return answer.status_code, answer.json().get("code", "")


def test_a_token_ends_when_it_says_and_is_kept(nurse: Caller, clock: time_machine.Traveller) -> None:
    assert outcome(nurse) == (200, "")
    clock.shift(timedelta(days=401))
    assert outcome(nurse) == (401, "not_authenticated")
    assert ApiToken.objects.count() == 1


def test_a_revoked_token_opens_nothing(nurse: Caller) -> None:
    ApiToken.objects.update(revoked_at=timezone.now())
    assert outcome(nurse) == (401, "not_authenticated")


def test_an_ended_duty_ends_its_token(nurse: Caller, world: TrialFixture) -> None:
    administrator = world.person(Role.ADMINISTRATOR)
    end_delegation(delegation=world.nurse, by=administrator, at=timezone.now(), reason="left")
    assert outcome(nurse) == (401, "not_authenticated")


def test_an_inactive_person_is_not_let_in(nurse: Caller, world: TrialFixture) -> None:
    world.nurse.user.is_active = False
    world.nurse.user.save()
    assert outcome(nurse) == (401, "not_authenticated")


def test_an_unblinded_role_is_not_let_in_at_the_clinic_door(world: TrialFixture) -> None:
    pharmacist, at = world.person(Role.PHARMACIST), timezone.now()
    caller = Caller(None)
    caller.token = create_token(
        delegation=pharmacist, name="x", expires_at=at + timedelta(days=1), door="pharmacy", at=at
    )
    assert outcome(caller) == (403, "not_permitted")


def test_a_token_of_the_other_door_is_not_let_in_whatever_its_role(world: TrialFixture) -> None:
    caller, at = Caller(None), timezone.now()
    given = {"delegation": world.person(Role.INVESTIGATOR), "name": "x", "expires_at": at + timedelta(days=1)}
    caller.token = create_token(**given, door="pharmacy", at=at)
    assert outcome(caller) == (403, "not_permitted")


def test_tokens_from_before_belong_to_the_pharmacy_only_if_their_role_does(world: TrialFixture) -> None:
    Caller(world.nurse), Caller(world.person(Role.INVESTIGATOR))
    at = timezone.now()
    given = {"delegation": world.person(Role.PHARMACIST), "name": "x", "expires_at": at + timedelta(days=1)}
    create_token(**given, door="pharmacy", at=at)
    ApiToken.objects.update(door="clinic")
    import_module("trial.migrations.0008_tokens_of_one_door").give_doors(apps, None)
    assert dict(ApiToken.objects.values_list("delegation__role", "door")) == {
        "study_nurse": "clinic",
        "investigator": "clinic",
        "pharmacist": "pharmacy",
    }


def test_a_token_of_one_trial_finds_no_other(nurse: Caller) -> None:
    nurse.base = BASE.replace("nct02059759", "nct03039673")
    assert outcome(nurse) == (404, "not_found")


def test_a_role_without_the_permission_is_told_so(world: TrialFixture) -> None:
    monitor = Caller(world.person(Role.MONITOR))
    assert monitor.get("participants/").status_code == 200
    assert monitor.post("participants/", {}).json()["code"] == "not_permitted"
    assert outcome(Caller(world.person(Role.ADMINISTRATOR))) == (403, "not_permitted")
    assert outcome(Caller(world.nurse), "audit/") == (403, "not_permitted")


def test_a_token_of_one_site_sees_nothing_of_another(world: TrialFixture) -> None:
    world.participant()
    other = Site.objects.create(trial=world.trial, number="02", name="x", city="Nîmes", zone="Europe/Paris")
    duty = delegate(
        user=world.nurse.user,
        trial=world.trial,
        role=Role.STUDY_NURSE,
        site=other,
        by=None,
        at=timezone.now(),
    )
    caller = Caller(duty)
    assert caller.get("participants/").json()["results"] == []
    assert caller.get("participants/?site=01").json()["results"] == []
    assert outcome(caller, "participants/IM-0101-0/") == (404, "not_found")
    assert caller.get("due/").json()["injections"] == []


def made(*words: str) -> str:
    out = StringIO()
    call_command("create_token", "--trial=nct02059759", "--days=30", "--name=ward system", *words, stdout=out)
    return out.getvalue().strip()


def test_create_token_prints_a_token_that_works(world: TrialFixture) -> None:
    caller = Caller(None)
    caller.token = made(f"--user={world.nurse.user.username}")
    assert outcome(caller) == (200, "")
    assert not ApiToken.objects.filter(digest__contains=caller.token).exists()


def test_create_token_asks_which_duty_is_meant(world: TrialFixture) -> None:
    user = world.nurse.user
    delegate(user=user, trial=world.trial, role=Role.MONITOR, site=None, by=None, at=timezone.now())
    with pytest.raises(CommandError, match="--role"):
        made(f"--user={user.username}")
    assert made(f"--user={user.username}", "--role=monitor")


@pytest.mark.parametrize("words", [["--user=nobody"], ["--user=live-study_nurse", "--days=0"]])
def test_create_token_refuses_in_a_sentence(world: TrialFixture, words: list[str]) -> None:
    assert world.nurse.user.username == "live-study_nurse"
    with pytest.raises(CommandError, match=r"\.$"):
        made(*words)
    assert not ApiToken.objects.exists()


def test_create_token_makes_none_for_the_other_door(world: TrialFixture) -> None:
    world.person(Role.PHARMACIST, "paul")
    with pytest.raises(CommandError, match="clinic door"):
        made("--user=paul")
