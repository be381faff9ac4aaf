"""The calendar to take along: the same facts give the same bytes, codes only, and one page."""

from __future__ import annotations

import re
from datetime import date, timedelta

import icalendar
import pytest
import time_machine

from tests.caller import Caller
from tests.pdf_words import pages_of
from tests.trial_fixture import TrialFixture

ARMS = re.compile(
    rb"nct0|placebo|interleukin|aldesleukin|MIU|IL2|ALS\b|IMODALS|sclerosis|scl\xc3\xa9rose", re.I
)


@pytest.fixture
def path(nurse: Caller, world: TrialFixture) -> str:
    """The address of a participant whose day 1 is Tuesday 6 October 2015."""
    world.blinded_list()
    path = f"participants/{world.participant().number}/"
    nurse.post(f"{path}randomization/")
    nurse.post(f"{path}first-injection/", {"day": "2015-10-06"})
    return path


def events(content: bytes) -> dict[str, icalendar.Event]:
    return {str(event["UID"]): event for event in icalendar.Calendar.from_ical(content).walk("VEVENT")}


def test_the_ics_has_an_event_for_each_day_and_defines_its_zone(nurse: Caller, path: str) -> None:
    content = nurse.get(f"{path}calendar.ics").content
    found = events(content)
    assert len(found) == 15 + 7
    (first,) = (event for uid, event in found.items() if uid.endswith("-im-0101-0-injection-1@velum"))
    assert (first.start, str(first["SUMMARY"])) == (date(2015, 10, 6), "IM-0101-0 · injection 1/15 (C1D1)")
    zones = [str(zone["TZID"]) for zone in icalendar.Calendar.from_ical(content).walk("VTIMEZONE")]
    assert zones == ["Europe/Paris"]


def test_a_moved_day_1_changes_dates_and_sequence_and_keeps_the_uids(nurse: Caller, path: str) -> None:
    before = events(nurse.get(f"{path}calendar.ics").content)
    nurse.post(f"{path}first-injection/", {"day": "2015-10-07", "reason": "transport"})
    after = events(nurse.get(f"{path}calendar.ics").content)
    assert before.keys() == after.keys()
    assert all(after[uid]["SEQUENCE"] > before[uid]["SEQUENCE"] for uid in before)
    assert {after[uid].start - before[uid].start for uid in before} == {timedelta(days=1)}


def test_what_ends_is_cancelled(nurse: Caller, path: str) -> None:
    nurse.post(f"{path}withdrawal/", {"scope": "treatment", "reason": "wish"})
    found = events(nurse.get(f"{path}calendar.ics").content)
    cancelled = {uid for uid, event in found.items() if event["STATUS"] == "CANCELLED"}
    assert cancelled == {uid for uid in found if "injection" in uid}


@pytest.mark.parametrize("name", ["calendar.ics", "calendar.pdf"])
@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_same_facts_give_the_same_bytes_on_another_day(
    nurse: Caller, path: str, name: str, language: str, clock: time_machine.Traveller
) -> None:
    first = nurse.get(path + name, **{"Accept-Language": language})
    clock.shift(timedelta(hours=9))
    again = nurse.get(path + name, **{"Accept-Language": language})
    assert again.content == first.content
    assert not ARMS.search(first.content)
    assert not name.endswith("pdf") or not ARMS.search("".join(pages_of(first.content)).encode())


def test_the_pdf_is_one_page_in_the_language_of_the_caller(nurse: Caller, path: str) -> None:
    english = nurse.get(f"{path}calendar.pdf").content
    french = nurse.get(f"{path}calendar.pdf", **{"Accept-Language": "fr"}).content
    (one,), (other,) = pages_of(english), pages_of(french)
    assert "IM-0101-0" in one and "IM-0101-0" in other
    assert "Visit V1 Tuesday 6 October 2015" in one
    assert "Visite V1 mardi 6 octobre 2015" in other


def test_the_page_says_how_old_it_is_and_speaks_proper_french(nurse: Caller, path: str) -> None:
    french = nurse.get(f"{path}calendar.pdf", **{"Accept-Language": "fr"}).content
    (page,) = pages_of(french)
    assert "État du 5 octobre 2015" in page and "mardi 1er décembre 2015" in page


def test_there_is_no_file_before_day_1_is_booked(nurse: Caller, world: TrialFixture) -> None:
    number = world.participant().number
    answer = nurse.get(f"participants/{number}/calendar.ics")
    assert (answer.status_code, answer.json()["code"]) == (404, "nothing_planned")


def test_a_file_is_given_to_who_accepts_it(nurse: Caller, path: str) -> None:
    assert nurse.get(f"{path}calendar.ics", Accept="text/calendar").status_code == 200
    assert nurse.get(f"{path}calendar.ics", Accept="application/json").status_code == 406


def test_the_calendar_says_why_each_day_is_what_it_is(nurse: Caller, path: str) -> None:
    answer = nurse.get(f"{path}calendar/").json()
    injections = {row["code"]: row["explanation"] for row in answer["injections"]}
    assert injections["C2D5"] == {
        "en": "Day 33: fifth day of course 2, which starts 28 days after day 1.",
        "fr": "Jour 33\u00a0: cinquième jour de la cure 2, qui commence 28 jours après le jour 1.",
    }
    visits = {row["code"]: row["explanation"]["en"] for row in answer["visits"]}
    assert visits["V2"] == "Day 8: 7 days after day 1."
    assert all(row["explanation"]["fr"] for row in (*answer["injections"], *answer["visits"]))
