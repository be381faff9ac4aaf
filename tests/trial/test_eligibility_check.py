"""The eligibility check as a service: bounds on the day itself, reasons in words, and what is not kept."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection

from tests.site_fixture import SiteFixture
from tests.trial_fixture import START
from trial.models import AuditEntry, EligibilityCheck, ParticipantStatus
from trial.people.installing import install_trial
from trial.people.site_days import open_site
from trial.permissions import Role
from trial.policies import NotPermitted
from trial.protocol.files import PROTOCOLS, load_protocol
from trial.refusals import InvalidInput
from trial.screening.services import TooLate, check_eligibility, screen

BOUNDS = [
    ({"birth": "1997-10-05"}, []),  # 18 today
    ({"birth": "1997-10-06"}, ["I3"]),
    ({"birth": "1940-10-06"}, []),  # 75 tomorrow
    ({"birth": "1940-10-05"}, ["I3"]),
    ({"I5a": "2015-07-04"}, []),
    ({"I5a": "2015-07-05"}, ["I5"]),  # three months to the day are not more than three
    ({"I6": "2010-10-05"}, []),
    ({"I6": "2010-10-04"}, ["I6"]),
    ({"I7": "70"}, []),
    ({"I7": "69.9"}, ["I7"]),
    ({"E11": True, "I2": "no"}, ["I2", "E11"]),
]


@pytest.mark.parametrize(("answers", "failed"), BOUNDS)
def test_the_bounds_are_those_of_the_record(
    ward: SiteFixture, answers: dict[str, str], failed: list[str]
) -> None:
    participant = ward.consented()
    check = ward.check(participant, **answers)
    assert [failure["id"] for failure in check.failures] == failed
    assert ward.status(participant) == ("screen_failed" if failed else "eligible")


def test_the_age_is_that_of_the_day_of_consent_not_of_the_check(ward: SiteFixture) -> None:
    participant = ward.consented()
    check = check_eligibility(
        participant=participant,
        birth_date=date(1940, 10, 6),
        answers=EligibilityCheck.objects.get(pk=ward.check(participant).pk).answers,
        strata={},
        by=ward.nurse,
        at=START + timedelta(days=3),
    )
    assert check.eligible


def test_a_failure_is_kept_in_words_of_both_languages(ward: SiteFixture) -> None:
    participant = ward.consented()
    ward.check(participant, I7="62")
    failure = EligibilityCheck.objects.get().failures[0]
    assert "62 %" in failure["en"] and "at least 70 %" in failure["en"]
    assert "au moins 70" in failure["fr"]
    assert ParticipantStatus.objects.last().reason == "I7"


def test_whoever_failed_may_be_checked_again_and_both_checks_stay(ward: SiteFixture) -> None:
    participant = ward.consented()
    ward.check(participant, I7="62")
    ward.check(participant, I7="71")
    assert list(EligibilityCheck.objects.values_list("eligible", flat=True)) == [False, True]
    assert ward.again(participant).eligible is True


def test_after_the_draw_nobody_is_judged_again(ward: SiteFixture) -> None:
    participant = ward.randomized()
    with pytest.raises(TooLate):
        ward.check(participant)
    assert EligibilityCheck.objects.count() == 1


FAULTS = [
    ({"I2": None}, "I2"),
    ({"I2": "perhaps"}, "I2"),
    ({"I7": "seventy"}, "I7"),
    ({"I6": "2015-02-30"}, "I6"),
    ({"I6": "2015-10-06"}, "I6"),
    ({"I3": "44"}, "I3"),
    ({"I99": True}, "I99"),
    ({"birth": "2015-10-06"}, "birth_date"),
    ({"birth": "1890-01-01"}, "birth_date"),
]


@pytest.mark.parametrize(("answers", "field"), FAULTS)
def test_what_cannot_be_judged_is_named_by_its_field_and_changes_nothing(
    ward: SiteFixture, answers: dict[str, str], field: str
) -> None:
    participant = ward.consented()
    entries = AuditEntry.objects.count()
    with pytest.raises(InvalidInput) as refusal:
        ward.check(participant, **answers)
    assert list(refusal.value.errors) == [field]
    assert ward.again(participant).birth_month is None
    assert (EligibilityCheck.objects.count(), AuditEntry.objects.count()) == (0, entries)


def test_numbers_and_dates_may_come_as_values_of_their_own_kind(ward: SiteFixture) -> None:
    check = ward.check(ward.consented(), I7=Decimal("82.5"), I6=date(2014, 3, 1))
    stored = EligibilityCheck.objects.get(pk=check.pk).answers
    assert (stored["I7"], stored["I6"]) == ("82.5", "2014-03-01")


def test_a_monitor_judges_nobody(ward: SiteFixture) -> None:
    participant, answers = ward.consented(), {"birth_date": date(1960, 5, 17), "answers": {}, "strata": {}}
    with pytest.raises(NotPermitted):
        check_eligibility(participant=participant, by=ward.world.person(Role.MONITOR), at=START, **answers)


def every_value() -> Iterator[str]:
    """Every cell of every table, as text."""
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            yield from (str(cell) for row in cursor.fetchall() for cell in row)


BIRTHS = re.compile(r"1960-05|1960, 5|05/1960|051960|196005|(May|mai) 1960|1960-5")


@pytest.mark.parametrize("failing", ["no", "yes"])
def test_the_day_of_birth_is_nowhere_in_the_database(ward: SiteFixture, failing: str) -> None:
    participant = ward.consented()
    ward.check(participant, birth="1960-05-17", I2="no" if failing == "yes" else "yes")
    if failing == "no":
        ward.contact(participant, "anne@example.org")
    found = [value for value in every_value() if BIRTHS.search(value)]
    assert found == ["1960-05-01"]


def test_the_reason_of_a_failed_age_tells_years_and_no_birthday(ward: SiteFixture) -> None:
    ward.check(ward.consented(), birth="1932-05-17")
    failure = EligibilityCheck.objects.get().failures[0]
    assert "83 years" in failure["en"]
    assert not [value for value in every_value() if re.search("1932-05-17|17 Ma|17 ma", value)]


def test_the_strata_of_a_trial_that_has_some_must_be_told(ward: SiteFixture) -> None:
    trial = install_trial(file=load_protocol(PROTOCOLS / "nct03039673.toml"), environment="live", at=START)
    site = open_site(site=trial.sites.all()[0], on=date(2015, 9, 1), by=None, at=START)
    other = type(ward)(type(ward.world)(trial=trial, site=site))
    participant = screen(site=site, by=other.nurse, at=START, consent_signed_on=START.date())
    with pytest.raises(InvalidInput) as refusal:
        other.check(participant)
    assert list(refusal.value.errors) == ["ONSET"]  # the site fixes the country
