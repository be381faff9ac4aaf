"""A count or a length of time that no trial has is a fault; one that few have is asked about."""

from __future__ import annotations

import pytest

from tests.core.planted_faults import FRAME, IMODALS, MIROCALS
from trial.core.judges.asked import names
from trial.core.zones import known_zones, lies_in, zones_of
from trial.protocol.files import UnreadableProtocol
from trial.protocol.judging import faults_in


def faults(text: str) -> list[tuple[str, str]]:
    try:
        found = faults_in(text)
    except UnreadableProtocol as refused:
        found = refused.faults
    return [(fault.field, str(fault.message)) for fault in found]


def planted(words: str, other: str) -> str:
    assert words in IMODALS
    return IMODALS.replace(words, other, 1)


def explained(text: str, field: str, reason: str) -> str:
    """The text with one more row of assumptions."""
    return f'{text}\n[[assumptions]]\nfield = "{field}"\nreason.en = "{reason}"\nreason.fr = "{reason}"\n'


@pytest.mark.parametrize("text", [IMODALS, FRAME, MIROCALS])
def test_a_true_trial_has_no_such_fault(text: str) -> None:
    assert faults(text) == []


NEVER = [
    ("target = 36", "target = 3_600_000", "trial.target"),
    ("max_hold_days = 28", "max_hold_days = 28_000", "limits.max_hold_days"),
    ("max_days_to_first_injection = 7", "max_days_to_first_injection = 7000",
     "limits.max_days_to_first_injection"),
    ("from_day = -28", "from_day = -2800", "screening.from_day"),
    ("day = 169", "day = 16900", "visits[V7].day"),
    ("before = 3, after = 14", "before = 3, after = 1400", "visits[V7].window.after"),
    ("before = 1, after = 2", "opens = -1000, closes = 2", "visits[V2].window.opens"),
    ("every = { days = 28 }", "every = { months = 280 }", "courses[COURSE].every"),
    ("within = { months = 3 }", "within = { months = 3000 }", "criteria[E1].within"),
    ("within = { weeks = 8, before", "within = { years = 800, before", "criteria[E13].within"),
    ("maximum = 5\n", "maximum = 500\n", "criteria[I6].maximum"),
    ("below = 75", "below = 750", "criteria[I3].below"),
]  # fmt: skip


@pytest.mark.parametrize(("words", "other", "field"), NEVER)
def test_what_no_trial_has_is_a_fault_whatever_an_assumption_says(words: str, other: str, field: str) -> None:
    number = "".join(mark for mark in other if mark.isdigit())
    text = explained(planted(words, other), field, f"It is {number}, as {other.split()[-1]} says.")
    assert [said for at, said in faults(text) if at == field and "more than any trial has" in said]


SELDOM = [
    ("target = 36", "target = 36_000", "trial.target", "36000"),
    ("max_hold_days = 28", "max_hold_days = 280", "limits.max_hold_days", "280"),
    ("max_shift_days = 7", "max_shift_days = 70", "courses[COURSE].max_shift_days", "70"),
    ("day = 169", "day = 1690", "visits[V7].day", "1690"),
    ("before = 3, after = 14", "before = 3, after = 140", "visits[V7].window.after", "140"),
    ("days_before = 1", "days_before = 100", "reminders[P-COURSE].days_before", "100"),
    ("ratio = 1", "ratio = 10", "arms[PLACEBO].ratio", "10"),
    ("every = { days = 28 }", "every = { weeks = 280 }", "courses[COURSE].every", "280"),
    ("recruitment_months = 12", "recruitment_months = 121", "trial.recruitment_months", "121"),
    ('zone = "Europe/Paris"', 'zone = "America/New_York"', "sites[01].zone", "America/New_York"),
    ('"2015-09-30"', '"1961-09-30"', "record.started_on", "1961"),
    ('"2016-05-25"', '"2034-05-25"', "record.completed_on", "2034-05-25"),
]


@pytest.mark.parametrize(("words", "other", "field", "value"), SELDOM)
def test_what_few_trials_have_is_asked_about_until_a_row_names_the_very_value(
    words: str, other: str, field: str, value: str
) -> None:
    text = planted(words, other)
    assert "with this very value" in dict(faults(text))[field]
    assert field in dict(faults(explained(text, field, "That is so.")))
    assert field in dict(faults(explained(text, field, f"It is {value}0.")))
    assert field not in dict(faults(explained(text, field, f"It is {value}, as section 5 has it.")))


@pytest.mark.parametrize(
    ("reason", "value", "is_named"),
    [
        ("after 28,000 days", 28000, True),
        ("après 28 000 jours", 28000, True),
        ("day -1690", -1690, True),
        ("128 days", 28, False),
        ("12, 24 or 36", 24, True),
        ("in Africa/Ceuta", "Africa/Ceuta", True),
    ],
)
def test_a_reason_names_a_number_however_it_is_grouped(reason: str, value: object, is_named: bool) -> None:
    assert names(reason, value) == is_named


# the record


@pytest.mark.parametrize(
    ("words", "other", "field", "said"),
    [
        ('"2015-09-30"', '"0201-09-30"', "record.started_on", "0201 is no year of a trial"),
        ('"2016-05-25"', '"2915-05-25"', "record.completed_on", "2915 is no year of a trial"),
        ('"2015-09-30"', '"1915-09-30"', "record.started_on", "1915 is no year of a trial"),
        ('"2015-09-30"', '"2016-09-30"', "record.completed_on", "lies before `started_on`"),
        ("maximum_age = 75", "maximum_age = 17", "record.maximum_age", "17 lies below the lowest age, 18"),
        ("minimum_age = 18", "minimum_age = 81", "record.maximum_age", "75 lies below the lowest age, 81"),
        ("minimum_age = 18", "minimum_age = 21", "record.minimum_age", "is 21 beside 18 in criterion I3"),
        ("maximum_age = 75", "maximum_age = 57", "record.maximum_age", "is 57 beside 74 in criterion I3"),
    ],
)
def test_what_the_record_cannot_say_is_a_fault(words: str, other: str, field: str, said: str) -> None:
    """A row stands at `maximum_age` already: it explains 75, and no other number."""
    assert [message for at, message in faults(planted(words, other)) if at == field and said in message]


# zones


def at_site(zone: str, holidays: str) -> list[tuple[str, str]]:
    text = planted('zone = "Europe/Paris"', f'zone = "{zone}"')
    found = faults(text.replace('holidays = { country = "FR" }', f"holidays = {{ {holidays} }}", 1))
    return [row for row in found if row[0] == "sites[01].zone"]


@pytest.mark.parametrize(
    ("zone", "holidays"),
    [("America/New_York", 'country = "FR"'), ("Europe/London", 'country = "FR"'),
     ("Africa/Algiers", 'country = "FR"'), ("Europe/Paris", 'country = "GB"'),
     ("Indian/Reunion", 'country = "FR"'), ("Asia/Tokyo", 'country = "CN"'),
     ("Pacific/Auckland", 'country = "CA", subdivision = "ON"')],
)  # fmt: skip
def test_a_zone_far_from_the_country_of_the_site_is_asked_about(zone: str, holidays: str) -> None:
    ((_, said),) = at_site(zone, holidays)
    assert f"“{zone}” is no zone of {holidays[11:13]}" in said


@pytest.mark.parametrize(
    ("zone", "holidays"),
    [("Europe/London", 'country = "GB", subdivision = "SCT"'),
     ("Indian/Reunion", 'country = "FR", subdivision = "974"'),
     ("Europe/Paris", 'country = "BE"'), ("Atlantic/Canary", 'country = "ES"'),
     ("America/Puerto_Rico", 'country = "US", subdivision = "PR"'), ("Pacific/Honolulu", 'country = "US"'),
     ("America/Martinique", 'country = "MQ"'), ("Asia/Hong_Kong", 'country = "HK"')],
)  # fmt: skip
def test_a_zone_of_the_country_or_with_its_clocks_is_taken(zone: str, holidays: str) -> None:
    assert at_site(zone, holidays) == []


def test_every_zone_lies_in_a_country_of_the_pinned_table() -> None:
    countries = ("FR", "US", "GB", "JP", "BR", "ZA", "AU", "RU")
    assert all(lies_in(zone, country) for country in countries for zone in zones_of(country))
    assert set(zones_of("FR")) == {"Europe/Paris"} and set(zones_of("FR")) < known_zones()
    assert lies_in("Europe/Paris", "XX"), "of a country that no table has nothing is known"
