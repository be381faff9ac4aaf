"""Time: days of the site, both clock changes, midnight, other zones, 29 February, a clock that is wrong."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.test import Client

from dosing.models import InjectionRecord, PlannedInjection
from dosing.reading.queries import calendar_of
from dosing.services.day_guards import BeforeDay1
from tests.site_fixture import MONDAY, SiteFixture, paris
from tests.trial_fixture import START
from trial.models import Participant, Site
from trial.permissions import Role
from trial.refusals import InvalidInput
from trial.wording.clock import behind_the_trail


def given(
    ward: SiteFixture, participant: Participant, number: int, at: datetime, **more: object
) -> InjectionRecord:
    return ward.inject(participant, number, happened_at=at, at=at + timedelta(minutes=5), **more)


@pytest.mark.parametrize(
    ("clock", "timing"),
    [("2015-10-12 00:01", "on_day"), ("2015-10-12 23:59", "on_day"), ("2015-10-13 00:01", "late")],
)
def test_a_minute_before_and_after_midnight_at_the_site(ward: SiteFixture, clock: str, timing: str) -> None:
    row = given(
        ward, ward.booked(), 1, paris(clock), deviation_reason="Night shift." if timing == "late" else ""
    )
    assert row.timing == timing


def test_courses_across_both_clock_changes_keep_their_hour_and_day(ward: SiteFixture) -> None:
    participant = ward.booked(date(2015, 10, 21), at=START + timedelta(days=10))
    days = [date(2015, 10, 21) + timedelta(days=n) for n in range(5)]  # clocks go back on the 25th
    rows = [given(ward, participant, n, paris(f"{day} 02:30")) for n, day in enumerate(days, 1)]
    assert [row.timing for row in rows] == ["on_day"] * 5
    assert rows[4].happened_at - rows[3].happened_at == timedelta(hours=24)  # the first of two 02:30
    noon = [paris(f"{day} 12:00") for day in days]
    assert noon[4] - noon[3] == timedelta(hours=25)


def test_a_visit_across_the_spring_change_is_on_its_day(ward: SiteFixture) -> None:
    participant = ward.booked(date(2015, 10, 12))
    row = ward.visit(participant, "V7", day=date(2016, 3, 28), at=paris("2016-03-28 08:00"))
    assert row.timing == "on_day"


def test_a_participant_who_travels_is_judged_by_the_days_of_the_site(ward: SiteFixture) -> None:
    """22:30 on the evening before in New York is 04:30 in Montpellier; 18:30 in Tokyo is the same morning."""
    participant = ward.booked()
    there = datetime(2015, 10, 11, 22, 30, tzinfo=ZoneInfo("America/New_York"))
    assert given(ward, participant, 1, there).timing == "on_day"
    east = datetime(2015, 10, 13, 18, 30, tzinfo=ZoneInfo("Asia/Tokyo"))
    assert given(ward, participant, 2, east).timing == "on_day"


def test_a_site_in_another_zone_has_days_of_its_own(ward: SiteFixture) -> None:
    there = Site.objects.create(
        trial=ward.world.trial, number="07", name="Overseas", city="Papeete",
        zone="Pacific/Tahiti", opened_on=date(2015, 9, 1),
    )  # fmt: skip
    participant = ward.booked(site=there, at=START + timedelta(hours=4))
    evening = datetime(2015, 10, 12, 23, 30, tzinfo=ZoneInfo("Pacific/Tahiti"))
    assert evening.astimezone(UTC).date() == date(2015, 10, 13)
    assert given(ward, participant, 1, evening).timing == "on_day"


def test_29_february_is_a_day_like_any_other(ward: SiteFixture) -> None:
    at = datetime(2016, 2, 22, 8, tzinfo=UTC)
    participant = ward.booked(date(2016, 2, 26), at=at)
    dates = PlannedInjection.objects.filter(plan__participant=participant, course_number=1)
    assert list(dates.values_list("date", flat=True)) == [
        date(2016, 2, 26), date(2016, 2, 27), date(2016, 2, 28), date(2016, 2, 29), date(2016, 3, 1),
    ]  # fmt: skip
    assert given(ward, participant, 4, paris("2016-02-29 09:00")).timing == "on_day"


def test_nothing_that_counts_from_day_1_happens_before_it(ward: SiteFixture) -> None:
    participant, before = ward.booked(), paris(f"{MONDAY - timedelta(days=1)} 09:00")
    with pytest.raises(BeforeDay1):
        given(ward, participant, 2, before, deviation_reason="Early.")
    with pytest.raises(BeforeDay1):
        ward.visit(participant, "V2", day=before.date(), at=before, deviation_reason="Early.")
    assert given(ward, participant, 1, before, deviation_reason="Came a day early.").timing == "early"


def test_facts_entered_in_any_order_give_the_same_calendar(ward: SiteFixture) -> None:
    one, two = ward.booked(), ward.booked()
    for number in (1, 2, 3):
        ward.inject(one, number)
    ward.visit(one, "V1")
    ward.visit(two, "V1")
    for number in (3, 1, 2):
        ward.inject(two, number)
    views = [calendar_of(ward.again(person), at=paris("2015-10-20 09:00")) for person in (one, two)]
    states = [
        [(day.code, day.date, day.state) for day in (*view.injections, *view.visits)]
        for view in views
        if view
    ]
    assert states[0] == states[1] and ward.status(one) == ward.status(two)


# --- A clock that is wrong -----------------------------------------------------------------------


def test_a_clock_that_was_set_back_is_noticed(ward: SiteFixture) -> None:
    ward.inject(ward.booked(), 1)
    newest = paris(f"{MONDAY} 20:00")
    assert behind_the_trail(at=newest) == ""
    assert "behind the newest entry" in behind_the_trail(at=newest - timedelta(days=30))


def test_health_the_pages_and_verify_say_so(ward: SiteFixture, capsys: pytest.CaptureFixture[str]) -> None:
    ward.inject(ward.booked(), 1)
    client = Client()
    with time_machine.travel(START, tick=False):
        client.force_login(ward.world.person(Role.STUDY_NURSE).user)
        assert client.get("/health").json() == {"status": "clock"}
        assert "clock is behind" in client.get("/today/").content.decode()
        with suppress(CommandError):  # the list of a test is signed by nobody
            call_command("verify")
    assert "clock is behind" in capsys.readouterr().err


def test_a_refusal_is_kept_with_its_code_and_only_where_something_was_not_done(ward: SiteFixture) -> None:
    participant = ward.booked()
    row = ward.inject(
        participant, 1, outcome="missed", happened_at=None, reason="Felt well.", cause="refused"
    )
    assert row.cause == "refused"
    for cause in ("refused", "whatever"):
        with pytest.raises(InvalidInput):
            ward.inject(participant, 2, cause=cause)
    assert ward.visit(participant, "V1", outcome="missed", reason="Snow.", cause="absent").cause == "absent"
