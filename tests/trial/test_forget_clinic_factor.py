"""`manage.py forget_clinic_factor`: a lost second factor of the clinic door, and who says so."""

from __future__ import annotations

import json

import pytest
from django.core.management import CommandError
from django.utils import timezone

from tests.site_fixture import SiteFixture
from tests.terminal import typed
from trial.models import AuditEntry, ClinicFactor, Delegation
from trial.permissions import Role

NAMED = ("forget_clinic_factor", "--trial", "NCT02059759", "--by", "anna")
WHY = ("--reason", "The telephone fell into the Garonne.")


@pytest.fixture
def claire(ward: SiteFixture) -> Delegation:
    """A nurse with an app and recovery codes; a colleague has one too, and anna administers the trial."""
    ward.world.person(Role.ADMINISTRATOR, "anna")
    claire = ward.worker(Role.STUDY_NURSE, "claire", ward.site)
    for user, kind in ((claire.user, "totp"), (claire.user, "recovery_codes"), (ward.nurse.user, "totp")):
        ClinicFactor.objects.create(user=user, type=kind, data={}, created_at=timezone.now())
    return claire


def left() -> list[tuple[str, str]]:
    return list(ClinicFactor.objects.order_by("id").values_list("user__username", "type"))


def test_it_is_forgotten_with_its_recovery_codes_and_nobody_elses(
    claire: Delegation, ward: SiteFixture
) -> None:
    said = typed(*NAMED, "--user", "claire", *WHY)
    assert said == "The clinic door knows no second factor of claire any more.\n"
    assert left() == [(ward.nurse.user.username, "totp")]
    entry = AuditEntry.objects.get(action="second_factor.removed")
    assert (entry.actor, entry.role, entry.subject) == ("anna", "administrator", "claire")
    assert json.loads(entry.body) == {"door": "clinic", "reason": "The telephone fell into the Garonne."}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--user", "nobody", *WHY), "nobody has no duty in this trial"),
        (("--user", "anna", *WHY), "anna has no second factor at the clinic door"),
        (("--user", "claire", "--reason", " "), "How was it lost"),
        (("--user", "claire", *WHY, "--by", "claire"), "claire does not delegate"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_forgotten(
    claire: Delegation, words: tuple[str, ...], said: str
) -> None:
    before = left()
    with pytest.raises(CommandError, match=said):
        typed(*NAMED, *words)
    assert left() == before


def test_not_without_the_administrators_password(claire: Delegation) -> None:
    with pytest.raises(CommandError, match="not the password of anna"):
        typed(*NAMED, "--user", "claire", *WHY, password="guess")
    assert len(left()) == 3


def test_an_administrator_of_another_site_may_not(claire: Delegation, ward: SiteFixture) -> None:
    ward.worker(Role.ADMINISTRATOR, "elsewhere", ward.second_site())
    with pytest.raises(CommandError):
        typed(*NAMED, "--user", "claire", *WHY, "--by", "elsewhere")
    assert len(left()) == 3
