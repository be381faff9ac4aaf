"""A command in the name of a shut account says that it is shut, not that a duty is missing."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from tests.site_fixture import SiteFixture
from tests.terminal import typed
from tests.trial_fixture import leave
from trial.models import AuditEntry, Delegation
from trial.permissions import Role

WHY = ("--reason", "So.")
SITE = ("--site", "01", "--on", "2016-01-04")
COMMANDS = {
    "lock_data": (Role.TRIAL_MANAGER, ("--statement", "Answered.")),
    "export_data": (Role.MONITOR, ("--output", "not-written.zip")),
    "erase_contact": (Role.INVESTIGATOR, ("IM-0101-0", *WHY)),
    "open_site": (Role.ADMINISTRATOR, SITE),
    "close_site": (Role.ADMINISTRATOR, SITE),
    "end_duty": (Role.ADMINISTRATOR, ("--user", "claire", *WHY)),
    "shut_account": (Role.ADMINISTRATOR, ("--user", "claire", *WHY)),
    "end_sessions": (Role.ADMINISTRATOR, ("--user", "claire", *WHY)),
    "revoke_token": (Role.ADMINISTRATOR, ("--user", "claire", *WHY)),
    "revoke_feed": (Role.ADMINISTRATOR, ("--user", "claire", *WHY)),
    "end_sign_on": (Role.ADMINISTRATOR, ("--user", "claire", *WHY)),
    "forget_clinic_factor": (Role.ADMINISTRATOR, ("--user", "claire", *WHY)),
}


@pytest.fixture
def claire(ward: SiteFixture) -> Delegation:
    return ward.worker(Role.STUDY_NURSE, "claire", ward.site)


@pytest.mark.parametrize("command", COMMANDS)
def test_it_is_said_that_the_account_is_not_active(
    ward: SiteFixture, claire: Delegation, command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    role, words = COMMANDS[command]
    site = ward.site if role == Role.INVESTIGATOR else None
    leave(ward.worker(role, "anna", site) if site else ward.world.person(role, "anna"), "account")
    entries = AuditEntry.objects.count()
    with pytest.raises(CommandError, match=r"The account of anna is not active\."):
        typed(command, *words, "--trial", "nct02059759", "--by", "anna")
    assert AuditEntry.objects.count() == entries
    assert not list(tmp_path.iterdir())


def test_no_token_is_made_for_a_shut_account(ward: SiteFixture, claire: Delegation) -> None:
    leave(claire, "account")
    words = ("--user", "claire", "--trial", "nct02059759", "--days", "30", "--name", "lab")
    with pytest.raises(CommandError, match=r"The account of claire is not active\."):
        call_command("create_token", *words)
