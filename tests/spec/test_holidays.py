"""Public holidays of a site, in both languages whatever the machine speaks."""

from __future__ import annotations

from datetime import date

import pytest

from trial.core.protocol import HolidayCalendar, Text
from trial.protocol.holidays import UnknownHolidayCalendar, _of_year, holidays_between

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
