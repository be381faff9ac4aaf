"""The acts about people as commands: by an administrator, with password and reason."""

from __future__ import annotations

import pytest
from django.core.management import CommandError

from tests.site_fixture import SiteFixture
from tests.terminal import typed
from trial.models import AuditEntry, Delegation, SessionsEnded, User
from trial.permissions import Role

NAMED = ("--trial", "nct02059759", "--by", "anna", "--user", "claire", "--reason", "Leaves.")


@pytest.fixture
def claire(ward: SiteFixture) -> Delegation:
    ward.world.person(Role.ADMINISTRATOR, "anna")
    return ward.worker(Role.STUDY_NURSE, "claire", ward.site)


def test_an_account_is_shut_with_its_duties(claire: Delegation) -> None:
    assert typed("shut_account", *NAMED) == "The account of claire is shut.\n"
    assert not User.objects.get(pk=claire.user_id).is_active
    assert not Delegation.objects.running().filter(user=claire.user).exists()
    with pytest.raises(CommandError, match="shut already"):
        typed("shut_account", *NAMED)


def test_sessions_end(claire: Delegation) -> None:
    typed("end_sessions", *NAMED)
    assert SessionsEnded.objects.get().user == claire.user
    assert AuditEntry.objects.filter(action="sessions.ended", actor="anna").count() == 1


@pytest.mark.parametrize("command", ["shut_account", "end_sessions", "revoke_token", "revoke_feed"])
def test_a_wrong_password_or_a_stranger_does_nothing(claire: Delegation, command: str) -> None:
    entries = AuditEntry.objects.count()
    with pytest.raises(CommandError, match="not the password"):
        typed(command, *NAMED, password="wrong")
    with pytest.raises(CommandError, match="no account"):
        typed(command, *NAMED, "--user", "nobody")
    assert AuditEntry.objects.count() == entries
