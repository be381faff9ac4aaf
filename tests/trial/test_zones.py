"""Zones are read by the pinned rules, and no zone is left to the database."""

from __future__ import annotations

import subprocess
import sys
import zoneinfo
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dosing.models import Reminder, ReminderState, ZoneRules
from dosing.reminders import zone_rules
from dosing.reminders.zone_rules import follow_zone_rules
from tests.site_fixture import SiteFixture
from tests.zone_guard import ZoneInSql
from trial.core import zones
from trial.core.protocol import HolidayCalendar, ProtocolSite
from trial.core.zones import known_zones, place_instead_of, rules, zone
from trial.models import AuditEntry

WINTER = datetime(2026, 12, 1, 12, tzinfo=UTC)


def test_the_machines_own_rules_are_not_asked() -> None:
    assert zoneinfo.TZPATH == ()
    assert rules().startswith("tzdata 20")


def test_a_process_reads_the_package_although_the_machine_says_otherwise(tmp_path: Path) -> None:
    """Planted: a machine whose Vancouver is Paris. The command asks Velum, and asks Python without it."""
    (tmp_path / "America").mkdir()
    package = zones.files("tzdata").joinpath("zoneinfo")
    (tmp_path / "America" / "Vancouver").write_bytes(package.joinpath("Europe", "Paris").read_bytes())
    told = "from zoneinfo import ZoneInfo; from datetime import datetime as d; "
    told += "print(ZoneInfo('America/Vancouver').utcoffset(d(2026, 7, 1)))"

    def said(first: str) -> str:
        code = f"{first}{told}"
        return subprocess.run(
            [sys.executable, "-c", code],
            env={"PYTHONTZPATH": str(tmp_path)},
            cwd=Path(zones.__file__).parents[2],
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()

    assert said("") == "2:00:00"
    assert said("import trial; ") == "-1 day, 17:00:00"


@pytest.mark.parametrize(
    ("name", "hours"),
    [
        ("America/Vancouver", -7),
        ("America/Edmonton", -6),
        ("America/Winnipeg", -5),
        ("Africa/Casablanca", 0),
        ("Europe/Paris", 1),
    ],
)
def test_the_rules_of_2026_count(name: str, hours: int) -> None:
    assert WINTER.astimezone(zone(name)).utcoffset() == timedelta(hours=hours)


@pytest.mark.parametrize(
    "name",
    [
        "localtime",
        "posixrules",
        "Factory",
        "posix/Europe/Paris",
        "europe/paris",
        "UTC",
        "Etc/UTC",
        "Zulu",
        "GMT",
        "GMT0",
        "Etc/GMT+5",
        "EST",
        "EST5EDT",
        "CET",
        "US/Eastern",
        "Europe/Kiev",
        "Asia/Calcutta",
        "Japan",
        "Israel",
    ],
)
def test_what_is_no_place_is_no_zone_of_a_new_file(name: str) -> None:
    assert name not in known_zones()


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("Europe/Kiev", "Europe/Kyiv"),
        ("Japan", "Asia/Tokyo"),
        ("Zulu", ""),
        ("Europe/Paris", ""),
        ("Factory", ""),
    ],
)
def test_an_older_name_leads_to_its_place(name: str, place: str) -> None:
    assert place_instead_of(name) == place


@pytest.mark.parametrize(
    ("old", "new", "may"),
    [
        ("Europe/Paris", "Europe/Paris", True),
        ("Europe/Paris", "Europe/Lisbon", False),
        ("UTC", "Europe/Lisbon", True),
        ("UTC", "Zulu", False),
        ("UTC", "UTC", True),
        ("Europe/Kiev", "Europe/Kyiv", True),
        ("Europe/Kiev", "Asia/Tokyo", False),
    ],
)
def test_an_amendment_mends_a_zone_that_is_no_place_and_keeps_every_other(
    old: str, new: str, may: bool
) -> None:
    site = ProtocolSite("01", "Hospital", "City", old, HolidayCalendar("FR"))
    assert site.may_move_to(new) is may


def test_no_path_leads_out_of_the_rules() -> None:
    for name in ("../../etc/passwd", "/etc/localtime", ""):
        with pytest.raises((zoneinfo.ZoneInfoNotFoundError, ValueError, OSError)):
            zone(name)


def test_a_question_that_leaves_the_zone_to_the_database_is_caught(ward: SiteFixture) -> None:
    """Planted: every test of every lane runs under this guard."""
    with pytest.raises(ZoneInSql):
        list(AuditEntry.objects.filter(at__date=WINTER.date()))
    with connection.cursor() as cursor, pytest.raises(ZoneInSql):
        cursor.execute("SELECT CURRENT_DATE")


def test_open_reminders_are_planned_again_once_when_the_rules_changed(ward: SiteFixture) -> None:
    """Planted: half of the rows an hour off, as a machine with older rules had them."""
    ward.booked()
    rows = list(Reminder.objects.filter(state=ReminderState.OPEN).order_by("due_at"))
    at = min(row.due_at for row in rows) - timedelta(days=1)
    right = {row.pk: row.due_at for row in rows}
    for row in rows[::2]:
        Reminder.objects.filter(pk=row.pk).update(due_at=row.due_at + timedelta(hours=1))

    assert follow_zone_rules(at=at) == len(rows[::2])

    assert {row.pk: row.due_at for row in Reminder.objects.filter(state=ReminderState.OPEN)} == right
    entry = AuditEntry.objects.get(action="reminders.moved")
    assert f'"reminders":{len(rows[::2])}' in entry.body.replace(" ", "")
    Reminder.objects.filter(pk=rows[0].pk).update(due_at=rows[0].due_at + timedelta(hours=1))
    assert follow_zone_rules(at=at) == 0
    assert ZoneRules.objects.get().version == rules()


def test_a_reminder_that_is_closed_for_now_moves_as_well(ward: SiteFixture) -> None:
    """When it is opened again it is sent at the hour that stands there."""
    ward.booked()
    last = Reminder.objects.order_by("due_at").last()
    assert last is not None
    closed = {"due_at": last.due_at + timedelta(hours=1), "state": ReminderState.CANCELLED}
    Reminder.objects.filter(pk=last.pk).update(**closed)

    assert follow_zone_rules(at=last.due_at - timedelta(days=1)) == 1
    assert Reminder.objects.get(pk=last.pk).due_at == last.due_at


def test_rules_that_come_back_are_followed_again(ward: SiteFixture, monkeypatch: pytest.MonkeyPatch) -> None:
    """An update that is taken back: what waits was planned under the rules between."""
    for version in ("tzdata 1", "tzdata 2", "tzdata 2", "tzdata 1", "tzdata 2", "tzdata 1"):
        monkeypatch.setattr(zone_rules, "rules", lambda version=version: version)
        follow_zone_rules(at=WINTER)
    assert list(ZoneRules.objects.order_by("sequence").values_list("version", flat=True)) == [
        *("tzdata 1", "tzdata 2", "tzdata 1", "tzdata 2", "tzdata 1")
    ]


def test_a_reminder_that_is_due_already_is_left_alone(ward: SiteFixture) -> None:
    ward.booked()
    first = Reminder.objects.filter(state=ReminderState.OPEN).order_by("due_at")[0]
    late = first.due_at + timedelta(hours=1)
    Reminder.objects.filter(pk=first.pk).update(due_at=late)

    assert follow_zone_rules(at=late) == 0


def test_the_number_of_questions_does_not_grow_with_the_reminders(ward: SiteFixture) -> None:
    ward.booked()
    with CaptureQueriesContext(connection) as one:
        follow_zone_rules(at=WINTER)
    assert len(one) <= 8, "\n".join(query["sql"] for query in one)


def test_paris_is_still_paris() -> None:
    assert zone("Europe/Paris") is ZoneInfo("Europe/Paris")
