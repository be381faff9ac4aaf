"""Delegation: who may give which duty to whom, and that nobody is ever both blinded and unblinded."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from tests.at_once import Meeting, at_once, kinds, without_lock
from tests.site_fixture import SiteFixture
from tests.trial.test_eligibility_check import every_value
from tests.trial_fixture import START, TrialFixture, new_trial
from trial.core.numbers import format_number
from trial.models import ApiToken, AuditEntry, Delegation, User
from trial.people import delegating
from trial.people.delegating import DelegationEnded, create_token, delegate, end_delegation
from trial.people.site_days import open_site
from trial.permissions import UNBLINDED_ROLES, Permission, Role
from trial.policies import NotPermitted, RolesClash, delegations_of, require
from trial.queries import NotFound, find_participant, participants_for
from trial.refusals import InvalidInput
from trial.screening.services import screen

NURSE, PHARMACIST = Role.STUDY_NURSE, Role.PHARMACIST


def give(world: TrialFixture, user: User, role: Role) -> Delegation:
    return delegate(user=user, trial=world.trial, role=role, site=None, by=None, at=START)


def end(ward: SiteFixture, delegation: Delegation, at: datetime = START) -> None:
    administrator = ward.world.person(Role.ADMINISTRATOR)
    end_delegation(delegation=delegation, by=administrator, at=at, reason="Leaves the ward.")


@pytest.fixture
def anne(db: None) -> User:
    return User.objects.create(username="anne")


@pytest.mark.parametrize("blinded", sorted(set(Role) - UNBLINDED_ROLES))
@pytest.mark.parametrize("unblinded", sorted(UNBLINDED_ROLES))
def test_nobody_holds_a_blinded_and_an_unblinded_role(
    world: TrialFixture, anne: User, blinded: Role, unblinded: Role
) -> None:
    give(world, anne, blinded)
    with pytest.raises(RolesClash):
        give(world, anne, unblinded)
    assert [row.role for row in Delegation.objects.filter(user=anne)] == [blinded]


@pytest.mark.parametrize("blinded", sorted(set(Role) - UNBLINDED_ROLES))
def test_whoever_was_unblinded_is_never_blinded_again(ward: SiteFixture, anne: User, blinded: Role) -> None:
    end(ward, give(ward.world, anne, PHARMACIST))
    with pytest.raises(RolesClash):
        give(ward.world, anne, blinded)


def test_a_nurse_may_become_a_pharmacist_and_not_go_back(ward: SiteFixture, anne: User) -> None:
    end(ward, give(ward.world, anne, NURSE))
    give(ward.world, anne, PHARMACIST)
    with pytest.raises(RolesClash):
        give(ward.world, anne, NURSE)


def test_in_another_trial_the_same_person_may_be_blinded(ward: SiteFixture, anne: User) -> None:
    other = type(ward.world.trial)(key="nct00000000", acronym="X", environment="live", installed_at=START)
    other.save()
    give(ward.world, anne, PHARMACIST)
    assert delegate(user=anne, trial=other, role=NURSE, site=None, by=None, at=START)


def test_the_same_duty_given_twice_is_one_row_and_one_entry(ward: SiteFixture, anne: User) -> None:
    before = AuditEntry.objects.count()
    assert give(ward.world, anne, NURSE) == give(ward.world, anne, NURSE)
    assert AuditEntry.objects.count() == before + 1


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.ADMINISTRATOR}))
def test_only_an_administrator_delegates(ward: SiteFixture, anne: User, role: Role) -> None:
    by = ward.world.person(role, "somebody")
    with pytest.raises(NotPermitted):
        delegate(user=anne, trial=ward.world.trial, role=Role.MONITOR, site=None, by=by, at=START)


def test_an_administrator_of_one_site_delegates_at_that_site_only(ward: SiteFixture, anne: User) -> None:
    local = ward.worker(Role.ADMINISTRATOR, "local", ward.site)
    for site in (ward.second_site(), None):
        with pytest.raises(NotPermitted):
            delegate(user=anne, trial=ward.world.trial, role=NURSE, site=site, by=local, at=START)
    assert delegate(user=anne, trial=ward.world.trial, role=NURSE, site=ward.site, by=local, at=START)


def test_an_administrator_of_one_site_opens_and_ends_nothing_elsewhere(ward: SiteFixture) -> None:
    local, other = ward.worker(Role.ADMINISTRATOR, "local", ward.site), ward.second_site()
    with pytest.raises(NotPermitted):
        open_site(site=other, on=START.date(), by=local, at=START)
    with pytest.raises(NotPermitted):
        end_delegation(delegation=ward.nurse, by=local, at=START, reason="Not mine to end.")


def test_a_duty_lies_at_a_site_of_its_own_trial(ward: SiteFixture, anne: User) -> None:
    other = type(ward.world.trial)(key="nct00000000", acronym="X", environment="live", installed_at=START)
    other.save()
    with pytest.raises(InvalidInput):
        delegate(user=anne, trial=other, role=NURSE, site=ward.site, by=None, at=START)


def test_an_ended_duty_stays_in_the_log_and_opens_nothing(ward: SiteFixture) -> None:
    nurse = ward.nurse
    end(ward, nurse, START + timedelta(days=1))
    row = Delegation.objects.get(pk=nurse.pk)
    assert row.ended_at == START + timedelta(days=1)
    assert delegations_of(nurse.user, roles=list(Role)) == []
    with pytest.raises(NotPermitted):
        screen(site=ward.site, by=row, at=START + timedelta(days=2))


def test_a_duty_ends_once(ward: SiteFixture) -> None:
    nurse, entries = ward.nurse, AuditEntry.objects.filter(action="delegation.ended")
    end(ward, nurse, START + timedelta(days=1))
    with pytest.raises(DelegationEnded):
        end(ward, nurse, START + timedelta(days=9))
    assert Delegation.objects.get(pk=nurse.pk).ended_at == START + timedelta(days=1)
    assert entries.count() == 1


def test_a_duty_that_ended_may_be_given_again(ward: SiteFixture) -> None:
    nurse = ward.nurse
    end(ward, nurse)
    assert give(ward.world, nurse.user, NURSE) != nurse


def test_a_nurse_of_another_site_finds_nobody_here(ward: SiteFixture) -> None:
    participant = ward.consented()
    elsewhere = ward.worker(NURSE, "elsewhere", ward.second_site())
    assert list(participants_for(elsewhere)) == []
    with pytest.raises(NotFound):
        find_participant(elsewhere, participant.number)


def test_the_answer_does_not_tell_whether_the_number_exists_elsewhere(ward: SiteFixture) -> None:
    number = ward.consented().number
    elsewhere = ward.worker(NURSE, "elsewhere", ward.second_site())
    unused = format_number(ward.world.trial.protocol_version.protocol.number_format, "01", 50)
    said = [said_to(elsewhere, number).replace(number, "…"), said_to(elsewhere, unused).replace(unused, "…")]
    assert said[0] == said[1]


def said_to(by: Delegation, number: str) -> str:
    with pytest.raises(NotFound) as refusal:
        find_participant(by, number)
    return str(refusal.value)


def test_the_policy_asks_for_trial_site_and_permission_together(ward: SiteFixture) -> None:
    permission = Permission.SCREEN
    require(ward.nurse, permission, trial=ward.world.trial, site=ward.site)
    with pytest.raises(NotPermitted):
        require(ward.nurse, permission, trial="nct00000000", site=ward.site)


# --- Tokens --------------------------------------------------------------------------------------


def test_a_token_can_be_seen_once_and_only_its_digest_is_kept(ward: SiteFixture) -> None:
    system = ward.world.person(Role.SITE_SYSTEM)
    until = timezone.now() + timedelta(days=30)
    token = create_token(delegation=system, name="HIS", expires_at=until, door="clinic", at=timezone.now())
    assert len(token) > 40
    assert not [value for value in every_value() if token in value]


def test_a_token_ends_at_the_moment_that_was_asked_for(ward: SiteFixture) -> None:
    system, until = ward.world.person(Role.SITE_SYSTEM), datetime(2016, 1, 1, tzinfo=UTC)
    create_token(delegation=system, name="HIS", expires_at=until, door="clinic", at=START)
    token = ApiToken.objects.get()
    assert token.expiry == until
    assert token.is_good(until - timedelta(seconds=1)) and not token.is_good(until)


def test_a_token_ends_with_its_delegation(ward: SiteFixture) -> None:
    until = START + timedelta(days=30)
    create_token(delegation=ward.nurse, name="x", expires_at=until, door="clinic", at=START)
    end(ward, ward.nurse)
    assert not ApiToken.objects.get().is_good(START + timedelta(minutes=1))


@pytest.mark.parametrize(("role", "door"), [(PHARMACIST, "clinic"), (NURSE, "pharmacy")])
def test_no_token_for_the_other_door(ward: SiteFixture, role: Role, door: str) -> None:
    until = START + timedelta(days=30)
    with pytest.raises(NotPermitted):
        create_token(delegation=ward.world.person(role), name="x", expires_at=until, door=door, at=START)


def test_no_token_that_has_ended_before_it_begins(ward: SiteFixture) -> None:
    with pytest.raises(InvalidInput):
        create_token(delegation=ward.nurse, name="x", expires_at=START, door="clinic", at=START)


# --- At the same moment --------------------------------------------------------------------------


def two_duties_at_once(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A blinded and an unblinded duty for one person, both checked before either is written, if possible."""
    world, user = new_trial(), User.objects.create(username="anne")
    monkeypatch.setattr(delegating, "refuse_clash", Meeting().after(delegating.refuse_clash))
    outcomes = at_once(lambda: give(world, user, NURSE), lambda: give(world, user, PHARMACIST))
    return kinds(outcomes)


@pytest.mark.django_db(transaction=True)
def test_two_duties_at_once_do_not_pass_each_other(monkeypatch: pytest.MonkeyPatch) -> None:
    assert two_duties_at_once(monkeypatch) == ["Delegation", "RolesClash"]
    assert Delegation.objects.filter(user__username="anne").count() == 1


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_on_the_person_they_do(monkeypatch: pytest.MonkeyPatch) -> None:
    without_lock(monkeypatch, User.objects, "select_for_update", User.objects.all)
    assert two_duties_at_once(monkeypatch) != ["Delegation", "RolesClash"]


def test_without_the_clash_check_a_nurse_becomes_a_pharmacist(
    world: TrialFixture, anne: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delegating, "refuse_clash", lambda **_: None)
    give(world, anne, NURSE)
    assert give(world, anne, PHARMACIST)
