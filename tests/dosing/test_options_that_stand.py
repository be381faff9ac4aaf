"""Options count only days that still stand: none that an end of treatment took away, none that has passed."""

from __future__ import annotations

from datetime import timedelta

from dosing.core.options import OptionKind
from dosing.core.planned import PlannedInjection
from dosing.services.choosing import present_options
from dosing.services.status import hold, withdraw
from tests.site_fixture import MONDAY, SiteFixture, paris
from trial.models import Participant

TUESDAY = MONDAY + timedelta(days=1)
AT = paris("2015-10-14 15:00")


def begun_late(ward: SiteFixture) -> Participant:
    """Her first injection was given a day after day 1, so everything may be counted from there."""
    person = ward.booked()
    at = paris(f"{TUESDAY} 09:00")
    ward.inject(person, 1, happened_at=at, at=at + timedelta(minutes=5), deviation_reason="Late.")
    return ward.again(person)


def changed(person: Participant, kind: OptionKind) -> list[str]:
    (option,) = (one for one in present_options(participant=person, at=AT) if one.kind is kind)
    return [
        f"{'injection' if isinstance(row.planned, PlannedInjection) else 'visit'}" for row in option.changes
    ]


def test_while_treatment_goes_on_every_open_day_is_counted(ward: SiteFixture) -> None:
    found = changed(begun_late(ward), OptionKind.FOLLOW)
    assert (found.count("injection"), found.count("visit")) == (14, 7)


def test_after_its_end_only_the_visits_and_what_lay_before_it_are(ward: SiteFixture) -> None:
    person = begun_late(ward)
    withdraw(participant=person, scope="treatment", reason="So.", by=ward.nurse, at=paris("2015-10-14 10:00"))
    found = changed(ward.again(person), OptionKind.FOLLOW)
    assert (found.count("injection"), found.count("visit")) == (2, 7)


def test_a_hold_takes_none_away(ward: SiteFixture) -> None:
    person = begun_late(ward)
    hold(participant=person, reason="Fever.", until=None, by=ward.investigator, at=paris("2015-10-14 10:00"))
    found = changed(ward.again(person), OptionKind.FOLLOW)
    assert (found.count("injection"), found.count("visit")) == (14, 7)


def test_stopping_takes_away_the_days_from_today_on_alone(ward: SiteFixture) -> None:
    assert len(changed(begun_late(ward), OptionKind.STOP)) == 13
