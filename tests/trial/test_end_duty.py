"""`manage.py end_duty`: an administrator ends a person's duty, with password and reason."""

from __future__ import annotations

import json

import pytest
from django.core.management import CommandError

from tests.site_fixture import SiteFixture
from tests.terminal import typed
from trial.models import AuditEntry, Delegation
from trial.permissions import Role

NAMED = ("end_duty", "--trial", "NCT02059759", "--by", "anna")
WHY = ("--reason", "Moves to another ward.")


@pytest.fixture
def claire(ward: SiteFixture) -> Delegation:
    """A nurse of the site; anna administers the whole trial."""
    ward.world.person(Role.ADMINISTRATOR, "anna")
    return ward.worker(Role.STUDY_NURSE, "claire", ward.site)


def running(username: str) -> list[str]:
    return list(
        Delegation.objects.filter(user__username=username, ended_at=None).values_list("role", flat=True)
    )


def test_the_duty_ends_and_the_trail_says_by_whom_and_why(claire: Delegation) -> None:
    said = typed(*NAMED, "--user", "claire", *WHY)
    assert said == "The duty of claire has ended: study_nurse at 01.\n"
    entry = AuditEntry.objects.get(action="delegation.ended")
    assert (entry.actor, entry.role, entry.subject) == ("anna", "administrator", "claire")
    assert json.loads(entry.body) == {"reason": "Moves to another ward.", "role": "study_nurse"}
    assert running("claire") == []


def test_of_several_duties_the_one_that_is_named(ward: SiteFixture, claire: Delegation) -> None:
    ward.give(claire.user, Role.MONITOR, ward.site)
    ward.give(claire.user, Role.STUDY_NURSE, ward.second_site())
    with pytest.raises(CommandError, match="monitor at 01; study_nurse at 01; study_nurse at 02"):
        typed(*NAMED, "--user", "claire", *WHY)
    typed(*NAMED, "--user", "claire", *WHY, "--role", "study_nurse", "--site", "02")
    assert sorted(running("claire")) == ["monitor", "study_nurse"]
    typed(*NAMED, "--user", "claire", *WHY, "--role", "monitor")
    assert running("claire") == ["study_nurse"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--user", "nobody", *WHY), "nobody has no such duty"),
        (("--user", "claire", "--role", "monitor", *WHY), "claire has no such duty"),
        (("--user", "claire", "--reason", " "), "Why does the duty end"),
        (("--user", "claire", *WHY, "--by", "claire"), "claire does not delegate"),
        (("--user", "claire", *WHY, "--trial", "nct00000000"), "There is no trial"),
    ],
)
def test_what_is_wrong_is_said_and_no_duty_ends(
    claire: Delegation, words: tuple[str, ...], said: str
) -> None:
    with pytest.raises(CommandError, match=said):
        typed(*NAMED, *words)
    assert running("claire") == ["study_nurse"]


def test_not_without_the_administrators_password(claire: Delegation) -> None:
    with pytest.raises(CommandError, match="not the password of anna"):
        typed(*NAMED, "--user", "claire", *WHY, password="guess")
    assert running("claire") == ["study_nurse"]


def test_an_administrator_of_one_site_ends_no_duty_at_another(ward: SiteFixture, claire: Delegation) -> None:
    ward.worker(Role.ADMINISTRATOR, "local", ward.second_site())
    with pytest.raises(CommandError, match="right delegation"):
        typed("end_duty", "--trial", "nct02059759", "--by", "local", "--user", "claire", *WHY)
    assert running("claire") == ["study_nurse"]
