"""When reminders fall due: from the wall clock of the site to UTC."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from dosing.core.planning import plan
from dosing.core.refusals import UnknownZone
from dosing.core.reminders import due_reminders
from tests.core.protocols import imodals, protocol
from trial.core.protocol import ReminderEvent, ReminderFor, ReminderRule


def due(event, first_injection, *, days_before=0, at="08:00", zone="Europe/Paris"):
    rule = ReminderRule("rule", ReminderFor.SITE, event, days_before, at)
    trial = protocol(imodals().courses, imodals().visits, reminders=(rule,))
    return due_reminders(trial, plan(trial, first_injection=first_injection), zone=zone)


def test_every_injection_is_announced_on_the_eve_at_six():
    reminders = due(ReminderEvent.INJECTION, date(2015, 10, 5), days_before=1, at="18:00")
    assert [str(reminder.event) for reminder in reminders] == [f"injection:{n}" for n in range(1, 16)]
    assert reminders[0].due_at == datetime(2015, 10, 4, 16, tzinfo=UTC)
    assert reminders[5].due_at == datetime(2015, 11, 1, 17, tzinfo=UTC)  # winter time since 25 October


def test_a_course_is_announced_once_and_a_visit_by_its_code():
    courses = due(ReminderEvent.COURSE, date(2015, 10, 5))
    visits = due(ReminderEvent.VISIT, date(2015, 10, 5))
    assert [(str(r.event), r.event_date.day) for r in courses] == [
        ("course:1", 5),
        ("course:2", 2),
        ("course:3", 30),
    ]
    assert [str(reminder.event) for reminder in visits] == [f"visit:V{n}" for n in range(1, 8)]


def test_a_time_that_the_clock_skips_is_read_with_the_offset_before_the_gap():
    reminder = due(ReminderEvent.INJECTION, date(2016, 3, 27), at="02:30")[0]
    assert reminder.due_at == datetime(2016, 3, 27, 1, 30, tzinfo=UTC)  # the clock shows 03:30


def test_of_a_time_that_comes_twice_the_first_counts():
    reminder = due(ReminderEvent.INJECTION, date(2015, 10, 25), at="02:30")[0]
    assert reminder.due_at == datetime(2015, 10, 25, 0, 30, tzinfo=UTC)  # summer time still


def test_the_sites_zone_decides():
    reminder = due(ReminderEvent.INJECTION, date(2015, 10, 5), zone="Indian/Reunion")[0]
    assert reminder.due_at == datetime(2015, 10, 5, 4, tzinfo=UTC)


def test_keys_are_unique_and_change_with_the_date():
    before, after = (due(ReminderEvent.INJECTION, date(2015, 10, day)) for day in (5, 6))
    keys = {reminder.key_suffix for reminder in (*before, *after)}
    assert len(keys) == 30
    assert before[0].key_suffix == "rule/injection:1/2015-10-05"


@pytest.mark.parametrize("zone", ["Europe/Montpellier", "", "../etc/passwd", "Europe"])
def test_a_zone_that_does_not_exist_is_refused(zone):
    with pytest.raises(UnknownZone, match="is not a time zone"):
        due(ReminderEvent.INJECTION, date(2015, 10, 5), zone=zone)
