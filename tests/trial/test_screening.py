"""Screening: numbers, and at which site, on which day and by whom."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import pytest

from tests.at_once import at_once
from tests.site_fixture import SiteFixture, paris
from tests.trial_fixture import START, new_trial
from trial.core.numbers import check_digit
from trial.models import AuditEntry, Participant, Site
from trial.people.site_days import open_site
from trial.permissions import Role
from trial.policies import NotPermitted
from trial.queries import NotFound, find_participant
from trial.refusals import InvalidInput
from trial.screening.services import SiteNotOpen, screen


def test_screening_gives_a_number_with_a_check_digit_and_nothing_else_is_known(ward: SiteFixture) -> None:
    participant = screen(site=ward.site, by=ward.nurse, at=START)
    assert participant.number == f"IM-0101-{check_digit('0101')}"
    stored = ward.again(participant)
    assert (stored.birth_month, stored.signed_on, stored.current_status) == (None, None, "screening")


def test_each_site_counts_for_itself(ward: SiteFixture) -> None:
    sites = [ward.site, ward.second_site(), ward.site]
    numbers = [screen(site=site, by=ward.nurse, at=START).number[:7] for site in sites]
    assert numbers == ["IM-0101", "IM-0201", "IM-0102"]


def test_the_hundredth_person_at_a_site_gets_a_number_of_their_own(ward: SiteFixture) -> None:
    Site.objects.filter(pk=ward.site.pk).update(last_serial=99)
    participant = screen(site=ward.site, by=ward.nurse, at=START)
    assert participant.number.startswith("IM-01100-")
    assert find_participant(ward.nurse, participant.number) == participant


@pytest.mark.parametrize("typed", ["im-0101-{}", " IM 0101 {} ", "IM0101{}", "IM\u20130101\u2013{}"])
def test_a_number_is_found_as_it_may_be_typed(ward: SiteFixture, typed: str) -> None:
    participant = screen(site=ward.site, by=ward.nurse, at=START)
    assert find_participant(ward.nurse, typed.format(participant.number[-1])) == participant


def test_no_mistyped_digit_ever_finds_somebody_else(ward: SiteFixture) -> None:
    numbers = [screen(site=ward.site, by=ward.nurse, at=START).number for _ in range(12)]
    digits = numbers[3][3:].replace("-", "")
    for place, digit in ((place, digit) for place in range(5) for digit in "0123456789"):
        typed = f"IM{digits[:place]}{digit}{digits[place + 1 :]}"
        if digit != digits[place]:
            with pytest.raises(NotFound):
                find_participant(ward.nurse, typed)


def test_a_site_that_is_not_open_screens_nobody(ward: SiteFixture) -> None:
    open_site(site=ward.site, on=date(2015, 10, 6), by=None, at=START)
    with pytest.raises(SiteNotOpen):
        screen(site=ward.site, by=ward.nurse, at=START)
    assert not Participant.objects.exists()


def test_a_site_opens_at_its_own_midnight(ward: SiteFixture) -> None:
    open_site(site=ward.site, on=date(2015, 10, 6), by=None, at=START)
    assert screen(site=ward.site, by=ward.nurse, at=paris("2015-10-06 00:00"))
    with pytest.raises(SiteNotOpen):
        screen(site=ward.site, by=ward.nurse, at=paris("2015-10-05 23:59"))


@pytest.mark.parametrize("role", [Role.MONITOR, Role.TRIAL_MANAGER, Role.ADMINISTRATOR, Role.PHARMACIST])
def test_roles_that_do_not_care_for_participants_screen_nobody(ward: SiteFixture, role: Role) -> None:
    with pytest.raises(NotPermitted):
        screen(site=ward.site, by=ward.world.person(role), at=START)


def test_a_nurse_screens_at_no_other_site(ward: SiteFixture) -> None:
    elsewhere = ward.worker(Role.STUDY_NURSE, "elsewhere", ward.second_site())
    with pytest.raises(NotPermitted):
        screen(site=ward.site, by=elsewhere, at=START)


def test_a_nurse_of_one_trial_does_nothing_in_another(ward: SiteFixture) -> None:
    other = ward.nurse
    other.trial_id = "nct00000000"
    with pytest.raises(NotPermitted):
        screen(site=ward.site, by=other, at=START)


def test_a_refused_screening_leaves_no_hole_in_the_numbers(ward: SiteFixture) -> None:
    entries = AuditEntry.objects.count()
    with pytest.raises(InvalidInput):
        screen(site=ward.site, by=ward.nurse, at=START, consent_signed_on=date(2015, 10, 6))
    assert AuditEntry.objects.count() == entries
    assert screen(site=ward.site, by=ward.nurse, at=START).number.startswith("IM-0101-")


@pytest.mark.django_db(transaction=True)
def test_twelve_screenings_at_once_give_twelve_numbers_in_a_row() -> None:
    ward = SiteFixture(new_trial())
    nurse, site = ward.nurse, ward.site
    outcomes = at_once(*[lambda: screen(site=site, by=nurse, at=START)] * 12)
    serials = sorted(int(row.number[3:7]) for row in outcomes)  # type: ignore[attr-defined]
    assert serials[0] == 101
    assert all(after - before == 1 for before, after in pairwise(serials))
