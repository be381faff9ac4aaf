"""What waits for the pharmacy door is given, or ended, when it is confirmed there."""

from __future__ import annotations

from datetime import datetime
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from tests.trial_fixture import TrialFixture
from trial.models import Delegation, DutyEnd, User
from trial.people.delegating import end_delegation
from trial.people.duties.inviting import Invited, accept, invite
from trial.people.duties.shutting import shut_account
from trial.permissions import DOORS, Role
from trial.policies import delegations_of

PASSWORD = "quiet-otter-lantern-42"


@pytest.fixture
def admin(world: TrialFixture) -> Delegation:
    return world.person(Role.ADMINISTRATOR, "lou")


def confirm(*words: str) -> str:
    out = StringIO()
    call_command("confirm_duty", "--trial=nct02059759", *words, stdout=out)
    return out.getvalue()


@pytest.mark.parametrize("role", sorted(DOORS["pharmacy"]))
def test_an_accepted_duty_begins_when_it_is_confirmed(
    world: TrialFixture, admin: Delegation, at: datetime, role: Role
) -> None:
    who = Invited("anne", "Anne", "Petit")
    new = invite(who=who, trial=world.trial, role=role, site=world.site, by=admin, at=at, reason="New.")
    accept(secret=new.secret, password=PASSWORD, at=at)
    assert not User.objects.filter(username="anne").exists()
    assert f"duty: anne (Anne Petit), {role.value} at 01, invited by lou" in confirm()
    assert f"anne is {role.value} now" in confirm("--user=anne")
    user = User.objects.get(username="anne")
    assert user.check_password(PASSWORD)
    assert [duty.granted_by for duty in delegations_of(user, roles=DOORS["pharmacy"])] == [admin]
    with pytest.raises(CommandError):
        confirm("--user=anne")


def test_the_end_of_the_last_code_breaker_counts_when_it_is_confirmed(
    world: TrialFixture, admin: Delegation, at: datetime
) -> None:
    last = world.person(Role.INVESTIGATOR, "doctor")
    end_delegation(delegation=last, by=admin, at=at, reason="Retires.")
    assert delegations_of(last.user, roles=DOORS["pharmacy"])
    assert "end: doctor, investigator: Retires." in confirm()
    assert "has ended at this door as well" in confirm("--user=doctor")
    assert not delegations_of(last.user, roles=DOORS["pharmacy"])
    assert Delegation.objects.get(pk=last.pk).ended_at == DutyEnd.objects.get().at


def test_a_shut_account_is_shut_here_too_when_its_last_end_is_confirmed(
    world: TrialFixture, admin: Delegation, at: datetime
) -> None:
    last = world.person(Role.INVESTIGATOR, "doctor")
    shut_account(user=last.user, by=admin, at=at, reason="Retires.")
    assert User.objects.get(pk=last.user_id).is_active
    confirm("--user=doctor")
    assert not User.objects.get(pk=last.user_id).is_active


def test_a_taken_name_is_refused_and_nothing_is_given(
    world: TrialFixture, admin: Delegation, at: datetime
) -> None:
    who = Invited("anne", "Anne", "Petit")
    invitation = {"trial": world.trial, "role": Role.PHARMACIST, "site": world.site, "by": admin, "at": at}
    new = invite(who=who, reason="New.", **invitation)  # type: ignore[arg-type]
    accept(secret=new.secret, password=PASSWORD, at=at)
    User.objects.create(username="anne")
    with pytest.raises(CommandError, match="taken meanwhile"):
        confirm("--user=anne")
    assert not Delegation.objects.filter(user__username="anne").exists()


def test_nothing_waits(world: TrialFixture) -> None:
    with pytest.raises(CommandError, match="Nothing waits"):
        confirm()
