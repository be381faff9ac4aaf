"""Public holidays of a site, in both languages whatever the machine speaks."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from dosing.core.notes import NoteKind
from dosing.reading.site_calendar import plan_at, propose_starts_at
from trial.core.protocol import HolidayCalendar, Text
from trial.protocol.files import parse_protocol
from trial.protocol.holiday_judge import codes_of, is_of_schools
from trial.protocol.holidays import UnknownHolidayCalendar, _of_year, holidays_between
from trial.protocol.judging import faults_in

FRANCE = HolidayCalendar("FR")


@pytest.mark.parametrize("language", ["C.UTF-8", "fr_FR.UTF-8", "de_DE.UTF-8"])
def test_names_do_not_follow_the_locale(language, monkeypatch):
    monkeypatch.setenv("LANG", language)
    monkeypatch.setenv("LANGUAGE", language[:2])
    _of_year.cache_clear()
    year = 2031
    assert holidays_between(FRANCE, date(year, 5, 1), date(year, 5, 1)) == {
        date(year, 5, 1): Text("Labour Day", "Fête du Travail")
    }


def test_both_ends_belong_to_the_period_and_years_join():
    days = holidays_between(FRANCE, date(2015, 12, 25), date(2016, 1, 1))
    assert list(days) == [date(2015, 12, 25), date(2016, 1, 1)]


@pytest.mark.parametrize("calendar", [HolidayCalendar("XX"), HolidayCalendar("FR", "99")])
def test_an_unknown_calendar_is_refused_in_words(calendar):
    with pytest.raises(UnknownHolidayCalendar, match="There is no holiday calendar"):
        holidays_between(calendar, date(2015, 1, 1), date(2015, 12, 31))


def test_a_country_without_french_names_keeps_its_own():
    names = holidays_between(HolidayCalendar("IT"), date(2026, 6, 2), date(2026, 6, 2))
    assert names == {date(2026, 6, 2): Text("Republic Day", "Festa della Repubblica")}


@pytest.mark.parametrize("subdivision", ["57", "6AE"])
def test_alsace_and_moselle_keep_two_days_more_than_the_rest_of_france(subdivision):
    year = (date(2026, 1, 1), date(2026, 12, 31))
    more = set(holidays_between(HolidayCalendar("FR", subdivision), *year)) - set(
        holidays_between(FRANCE, *year)
    )
    assert more == {date(2026, 4, 3), date(2026, 12, 26)}  # Good Friday, Saint Stephen's Day


# --- The weekend -------------------------------------------------------------------------------------

CASES = Path(__file__).resolve().parents[1] / "cases" / "protocols"
FRIDAY, SUNDAY = date(2026, 9, 25), date(2026, 9, 20)


def weekend(country: str, first: date, last: date) -> list[date]:
    days = holidays_between(HolidayCalendar(country), first, last).weekend
    return [
        date.fromordinal(n)
        for n in range(first.toordinal(), last.toordinal() + 1)
        if date.fromordinal(n) in days
    ]


WEEKENDS = {
    "FR": ["Saturday", "Sunday"],
    "IL": ["Friday", "Saturday"],
    "EG": ["Friday", "Saturday"],
    "SA": ["Friday", "Saturday"],
    "DZ": ["Friday", "Saturday"],
    "JO": ["Friday", "Saturday"],
    "IR": ["Friday"],
    "BN": ["Friday", "Sunday"],
    "AE": ["Saturday", "Sunday"],
    "HK": ["Sunday"],
}


@pytest.mark.parametrize("country", WEEKENDS)
def test_the_weekend_is_the_one_of_the_country(country):
    week = weekend(country, date(2026, 9, 21), date(2026, 9, 27))
    assert [f"{day:%A}" for day in week] == WEEKENDS[country]


def test_a_weekend_that_a_law_has_moved_is_moved_from_its_day_on():
    assert date(2021, 12, 31) in holidays_between(HolidayCalendar("AE"), FRIDAY, FRIDAY).weekend
    assert date(2022, 1, 7) not in holidays_between(HolidayCalendar("AE"), FRIDAY, FRIDAY).weekend


def test_a_saturday_that_is_worked_is_no_weekend():
    """Taiwan worked on Saturday 7 January 2023 for a bridge day."""
    found = weekend("TW", date(2023, 1, 7), date(2023, 1, 15))
    assert found == [date(2023, 1, 8), date(2023, 1, 14), date(2023, 1, 15)]


def in_israel():
    protocol = parse_protocol((CASES / "w_IL.toml").read_text()).protocol
    return protocol.sites[0], protocol


def test_a_calendar_in_israel_notes_friday_and_not_sunday():
    site, protocol = in_israel()
    calendar = plan_at(site, protocol, first_injection=SUNDAY)
    notes = {entry.date: [note.kind for note in entry.notes] for entry in calendar.injections}
    assert NoteKind.WEEKEND in notes[FRIDAY]
    assert notes[SUNDAY] == []


def test_proposals_in_israel_count_its_weekend():
    site, protocol = in_israel()
    found = propose_starts_at(site, protocol, earliest=SUNDAY, latest=SUNDAY)
    days = [note.date for note in found[0].injection_conflicts if note.kind is NoteKind.WEEKEND]
    assert days == [FRIDAY, date(2026, 9, 26)]


# --- Codes -------------------------------------------------------------------------------------------


def sentences(text: str) -> list[str]:
    return [str(fault) for fault in faults_in(text) if "holidays" in str(fault)]


def test_alsace_as_ges_is_refused_with_the_codes_to_use():
    (said,) = sentences((CASES / "alsace-as-GES.toml").read_text())
    assert "FR GES is out of date" in said
    assert "57 (Moselle), 6AE (Alsace)" in said


@pytest.mark.parametrize(
    ("country", "code", "words"),
    [
        ("FR", "Alsace-Moselle", "out of date"),
        ("FR", "Métropole", "out of date"),
        ("FR", "67", "6AE (Alsace)"),
        ("FR", "Zone A", "region of schools"),
        ("NL", "Noord", "region of schools"),
        ("BE", "Flemish", "region of schools"),
        ("DE", "BYP", "BY (Bayern)"),
        ("GB", "UK", "ENG (England)"),
        ("IN", "OR", "out of date"),
        ("EG", "C", "the same everywhere"),
    ],
)
def test_a_code_that_nobody_should_plan_by_is_refused(country, code, words):
    good = (CASES / "alsace-as-GES.toml").read_text()
    (said,) = sentences(
        good.replace('country = "FR", subdivision = "GES"', f'country = "{country}", subdivision = "{code}"')
    )
    assert words in said


@pytest.mark.parametrize(
    "holidays",
    [
        'country = "FR", subdivision = "6AE"',
        'country = "PL", subdivision = "02"',
        'country = "DE", subdivision = "BY", categories = ["catholic"]',
        'country = "GB", subdivision = "SCT"',
        'country = "IL", categories = ["optional"]',
    ],
)
def test_a_code_of_today_is_taken(holidays):
    good = (CASES / "alsace-as-GES.toml").read_text()
    assert sentences(good.replace('country = "FR", subdivision = "GES"', holidays)) == []


def test_no_region_of_schools_is_among_the_codes_to_use():
    assert not [code for code in codes_of("FR") if "Zone" in code]
    assert is_of_schools("FR", "Zone B")
    assert not is_of_schools("PL", "02")  # a province, whose schools have a week of their own


def test_what_is_out_of_date_goes_on_giving_its_days_where_it_is_installed(recwarn):
    year = (date(2026, 1, 1), date(2026, 12, 31))
    assert len(holidays_between(HolidayCalendar("FR", "GES"), *year)) == 11
    assert [warning for warning in recwarn if warning.category is DeprecationWarning] == []


# --- Other kinds of days -----------------------------------------------------------------------------

ASSUMPTION = date(2026, 8, 15)


def test_assumption_in_bavaria_is_a_holiday_where_the_site_says_so():
    year = (date(2026, 1, 1), date(2026, 12, 31))
    public = holidays_between(HolidayCalendar("DE", "BY"), *year)
    catholic = holidays_between(HolidayCalendar("DE", "BY", ("catholic",)), *year)
    assert set(catholic) - set(public) == {ASSUMPTION}
    assert catholic[ASSUMPTION].en == "Assumption Day"


def test_a_kind_that_the_country_does_not_have_is_refused_in_words():
    with pytest.raises(UnknownHolidayCalendar, match="DE-BY-hindu"):
        holidays_between(HolidayCalendar("DE", "BY", ("hindu",)), ASSUMPTION, ASSUMPTION)


def test_a_file_names_the_kinds_of_days_that_a_site_keeps():
    good = (CASES / "alsace-as-GES.toml").read_text()
    text = good.replace(
        'country = "FR", subdivision = "GES"', 'country = "DE", subdivision = "BY", categories = ["catholic"]'
    )
    assert parse_protocol(text).protocol.sites[0].holidays == HolidayCalendar("DE", "BY", ("catholic",))
