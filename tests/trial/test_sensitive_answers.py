"""Raw answers to sensitive criteria are seen at the bedside and by the monitor, and by nobody else."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from tests.site_fixture import SiteFixture
from tests.trial_fixture import START, new_trial
from trial.models import AuditEntry, Delegation
from trial.models.audit import HIDDEN
from trial.pages.trail import details
from trial.people.delegating import create_token
from trial.permissions import Permission, Role, may
from trial.protocol.files import PROTOCOLS, load_protocol
from trial.queries import trail_for
from trial.screening.checklists import keep_checklist

SENSITIVE = {"E3", "E4", "E12", "E18"}
"""Judicial protection, guardianship, serology, pregnancy, in the default protocol."""


@pytest.fixture
def ward(db: None) -> SiteFixture:
    return SiteFixture(new_trial())


@pytest.fixture
def failed(ward: SiteFixture) -> SiteFixture:
    """Somebody whose serology is positive and whose breathing is too weak."""
    ward.check(ward.consented(), E12=True, I7=61)
    return ward


def body_for(by: Delegation, action: str = "participant.eligibility_checked") -> dict[str, Any]:
    return trail_for(by).get(action=action).shown()


def test_the_shipped_protocol_says_which_criteria_are_sensitive() -> None:
    protocol = load_protocol(PROTOCOLS / "nct02059759.toml").protocol
    assert protocol.sensitive_answers() == SENSITIVE


def test_who_sees_them_is_decided_by_role() -> None:
    seeing = {role for role in Role if may(role, Permission.VIEW_SENSITIVE)}
    assert seeing == {Role.STUDY_NURSE, Role.INVESTIGATOR, Role.MONITOR}


def test_the_monitor_reads_what_was_answered(failed: SiteFixture) -> None:
    body = body_for(failed.world.person(Role.MONITOR))
    assert (body["answers"]["E12"], body["answers"]["I7"]) == (True, 61)
    assert set(body["failed"]) == {"E12", "I7"}


def test_the_trial_manager_reads_neither_the_answer_nor_that_it_was_the_reason(failed: SiteFixture) -> None:
    body = body_for(failed.world.person(Role.TRIAL_MANAGER))
    assert {name for name, answer in body["answers"].items() if answer == HIDDEN} == SENSITIVE
    assert sorted(body["failed"]) == ["I7", HIDDEN]
    assert body["answers"]["I7"] == 61


def test_it_is_hidden_whatever_was_answered(ward: SiteFixture) -> None:
    manager = ward.world.person(Role.TRIAL_MANAGER)
    ward.check(ward.consented())
    assert body_for(manager)["answers"]["E12"] == HIDDEN


def test_a_kept_checklist_hides_them_as_well(ward: SiteFixture) -> None:
    who = ward.consented()
    keep_checklist(participant=who, answers={"E4": True, "I2": True}, strata={}, by=ward.nurse, at=START)
    body = body_for(ward.world.person(Role.TRIAL_MANAGER), "participant.checklist_kept")
    assert body["answers"] == {"E4": HIDDEN, "I2": True}


def test_an_entry_that_was_read_for_nobody_shows_no_answer_at_all(failed: SiteFixture) -> None:
    entry = AuditEntry.objects.get(action="participant.eligibility_checked")
    assert set(entry.shown()["answers"].values()) == {HIDDEN}


def test_what_is_hashed_stays_whole(failed: SiteFixture) -> None:
    entry = trail_for(failed.world.person(Role.TRIAL_MANAGER)).get(action="participant.eligibility_checked")
    entry.shown()
    assert json.loads(entry.body)["answers"]["E12"] is True


def test_the_page_of_the_trail_hides_them(failed: SiteFixture) -> None:
    said = {}
    for role in (Role.TRIAL_MANAGER, Role.MONITOR):
        entry = trail_for(failed.world.person(role)).get(action="participant.eligibility_checked")
        said[role] = dict(details(entry))["answers"]
    assert f"E12: {HIDDEN}" in said[Role.TRIAL_MANAGER]
    assert "E12: True" in said[Role.MONITOR]


@pytest.mark.parametrize(("role", "answer"), [(Role.TRIAL_MANAGER, HIDDEN), (Role.MONITOR, True)])
def test_the_api_hides_them(failed: SiteFixture, role: Role, answer: object) -> None:
    by = failed.world.person(role)
    token = create_token(
        delegation=by, name="t", expires_at=START.replace(year=2090), door="clinic", at=START
    )
    path = f"/api/v1/trials/{failed.world.trial.key}/audit/?chain=01"
    answered = Client().get(path, headers={"Authorization": f"Bearer {token}"}).json()
    (entry,) = [row for row in answered["results"] if row["action"] == "participant.eligibility_checked"]
    assert entry["body"]["answers"]["E12"] == answer


@pytest.mark.parametrize(("role", "named"), [(Role.TRIAL_MANAGER, False), (Role.STUDY_NURSE, True)])
def test_the_participants_page_does_not_say_which_sensitive_criterion_failed(
    failed: SiteFixture, role: Role, named: bool
) -> None:
    browser = Client()
    browser.force_login(failed.world.person(role).user)
    page = browser.get("/participants/IM-0101-0/").content.decode()
    assert ("serology" in page) is named
    assert ("whose answer only the site and the monitor see" in page) is not named
