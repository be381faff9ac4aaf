"""`manage.py end_sign_on` at the clinic door: whose link, who says so, and what is refused."""

from __future__ import annotations

import json

import pytest
from django.core.management import CommandError

from tests.site_fixture import SiteFixture
from tests.terminal import typed
from tests.trial_fixture import START
from trial.models import AuditEntry, Delegation, SignOnLink
from trial.permissions import Role

NAMED = ("end_sign_on", "--trial", "NCT02059759", "--by", "anna")
WHY = ("--reason", "Her account at the hospital was given to somebody else.")
ISSUER = "https://log-in.hospital.example"


@pytest.fixture
def claire(ward: SiteFixture) -> Delegation:
    """A nurse who is linked; a colleague is as well, and anna administers the trial."""
    ward.world.person(Role.ADMINISTRATOR, "anna")
    claire = ward.worker(Role.STUDY_NURSE, "claire", ward.site)
    for user, subject in ((claire.user, "staff-9"), (ward.nurse.user, "staff-7")):
        SignOnLink.objects.create(user=user, issuer=ISSUER, subject=subject, at=START)
    return claire


def rows() -> list[tuple[str, str, bool]]:
    return list(SignOnLink.objects.order_by("id").values_list("user__username", "subject", "ended"))


def test_the_link_ends_with_a_row_and_an_entry_and_nobody_elses(
    claire: Delegation, ward: SiteFixture
) -> None:
    before = rows()
    assert "claire logs in with the Velum password now" in typed(*NAMED, "--user", "claire", *WHY)
    assert rows() == [*before, ("claire", "staff-9", True)]
    entry = AuditEntry.objects.get(action="sign_on.unlinked")
    assert (entry.actor, entry.role, entry.subject) == ("anna", "administrator", "claire")
    assert json.loads(entry.body) == {"issuer": ISSUER, "subject": "staff-9", "reason": WHY[1]}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--user", "nobody", *WHY), "nobody has no duty in this trial"),
        (("--user", "anna", *WHY), "The account of anna is not linked at this door"),
        (("--user", "claire", "--reason", " "), "Why does the link end"),
        (("--user", "claire", *WHY, "--by", "claire"), "claire does not delegate"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_ends(
    claire: Delegation, words: tuple[str, ...], said: str
) -> None:
    before = rows()
    with pytest.raises(CommandError, match=said):
        typed(*NAMED, *words)
    assert rows() == before


def test_a_second_time_is_refused_and_entered(claire: Delegation) -> None:
    typed(*NAMED, "--user", "claire", *WHY)
    with pytest.raises(CommandError, match="not linked at this door"):
        typed(*NAMED, "--user", "claire", *WHY)
    assert AuditEntry.objects.filter(action="act.refused", subject="claire").count() == 1
    assert len(rows()) == 3


def test_not_without_the_administrators_password_and_not_from_another_site(
    claire: Delegation, ward: SiteFixture
) -> None:
    ward.worker(Role.ADMINISTRATOR, "elsewhere", ward.second_site())
    with pytest.raises(CommandError, match="not the password of anna"):
        typed(*NAMED, "--user", "claire", *WHY, password="guess")
    with pytest.raises(CommandError):
        typed(*NAMED, "--user", "claire", *WHY, "--by", "elsewhere")
    assert len(rows()) == 2
