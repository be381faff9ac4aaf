"""Nothing that the clinic's role can read tells who was released and when, before the grid has come to it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.management import call_command
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from dosing.models import Readiness
from dosing.pharmacy import preparing
from dosing.pharmacy.models import Announcement, PreparationStep
from dosing.pharmacy.preparing import discard, mark_checked, mark_prepared, release
from dosing.pharmacy.publishing import catch_up, publish_due
from dosing.pharmacy.readiness import visible_from
from dosing.pharmacy.worklist import PreparationView, preparations
from dosing.reading.grid import quarter_of
from randomization.sealed.models import SealedAuditEntry
from tests.pharmacy.conftest import DAY, signature_of
from trial.models import Delegation, Participant
from trial.walls.database_grants import CLINIC, granted

Views = tuple[PreparationView, ...]
SEVEN = datetime(2015, 10, 6, 5, 0, tzinfo=UTC)
EIGHT = SEVEN + timedelta(hours=1)
NINE = SEVEN + timedelta(hours=2)


def minutes(count: int) -> datetime:
    """So many minutes after eight on the day of the injections."""
    return EIGHT + timedelta(minutes=count)


def checked(view: PreparationView, one: Delegation, two: Delegation, at: datetime) -> None:
    mark_prepared(preparation=view.id, lot=view.lots[0].id, by=one, at=at)
    mark_checked(preparation=view.id, by=two, at=at)


def released(view: PreparationView, one: Delegation, two: Delegation, at: datetime) -> None:
    checked(view, one, two, at)
    release(preparation=view.id, by=one, at=at)


def shown() -> list[str]:
    """Participants' numbers as the clinic's rows lie, without any order asked for."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM dosing_readiness")  # one column alone could come from an index
        place = [column[0] for column in cursor.description or ()].index("participant_id")
        found = [str(row[place]).replace("-", "") for row in cursor.fetchall()]
    names = {row.pk.hex: row.number for row in Participant.objects.all()}
    return [names[one] for one in found]


@contextmanager
def as_the_clinic() -> Iterator[None]:
    """With the clinic's database role, where there is one."""
    if connection.vendor == "sqlite":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("SET ROLE velum_clinic")
        yield
        cursor.execute("RESET ROLE")


def readable() -> dict[str, list[Any]]:
    """All rows of every table that the clinic's role may read, as they lie, but for its own sessions."""
    tables = [name for name in connection.introspection.table_names() if "S" in granted(CLINIC.get(name, ""))]
    rows = {}
    for table in tables:
        place = "rowid, " if connection.vendor == "sqlite" else ""
        with connection.cursor() as cursor, transaction.atomic():
            cursor.execute(f"SELECT {place}{table}.* FROM {table}")
            rows[table] = cursor.fetchall()
    return rows


def seen_by_the_clinic() -> dict[str, list[Any]]:
    with as_the_clinic():
        return readable()


@pytest.fixture
def granted_roles(db: None) -> None:
    """The roles with their rights, on PostgreSQL."""
    if connection.vendor == "postgresql":
        call_command("grant_roles", stdout=StringIO())


# --- what lies there -------------------------------------------------------------------------------


def test_no_act_on_a_syringe_changes_anything_that_the_clinic_may_read(
    granted_roles: None, todo: Views, pharmacist: Delegation, colleague: Delegation
) -> None:
    before = seen_by_the_clinic()
    assert len(before) > 25
    for view in todo:
        checked(view, pharmacist, colleague, minutes(1))
        release(preparation=view.id, by=pharmacist, at=minutes(4))
        assert seen_by_the_clinic() == before


def test_the_pages_of_the_pharmacy_change_nothing_either(
    granted_roles: None,
    todo: Views,
    pharmacist: Delegation,
    colleague: Delegation,
    enter: Callable[[Delegation], Client],
) -> None:
    own = f"/preparations/{todo[0].id}/"
    with time_machine.travel(minutes(1), tick=False):
        signed = signature_of(pharmacist)
        browsers = enter(pharmacist), enter(colleague)
        before = seen_by_the_clinic()
        browsers[0].post(f"{own}prepare/", {"lot": todo[0].lots[0].id})
        browsers[1].post(f"{own}check/", {})
        assert browsers[0].post(f"{own}release/", signed).status_code == 302
    assert Announcement.objects.count() == 1
    assert seen_by_the_clinic() == before


def test_a_planted_row_at_release_is_seen(
    granted_roles: None, todo: Views, pharmacist: Delegation, colleague: Delegation, plant: None
) -> None:
    before = seen_by_the_clinic()
    checked(todo[0], pharmacist, colleague, minutes(1))
    release(preparation=todo[0].id, by=pharmacist, at=minutes(4))
    after = seen_by_the_clinic()
    assert [table for table in before if after[table] != before[table]] == ["dosing_readiness"]


@pytest.fixture
def plant(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was so before decision 43: the clinic's row is written at release and hidden by a query."""
    real = preparing.announce_later

    def at_once(slot: Any, step: PreparationStep) -> Announcement:
        row = real(slot, step)
        Readiness.objects.create(
            participant_id=slot.participant.pk, number=slot.number, date=slot.date, visible_from=row.due_at
        )
        return row

    monkeypatch.setattr(preparing, "announce_later", at_once)


# --- what a poll sees ------------------------------------------------------------------------------


def polled(act: Callable[[], None]) -> list[int]:
    """How many rows of readiness a process with the clinic's role saw, each count once, while `act` ran.

    It has a connection of its own and looks a hundred times a second.
    """
    counts: list[int] = []
    over = threading.Event()

    def look() -> None:
        with as_the_clinic(), connection.cursor() as cursor:
            while not over.is_set():
                cursor.execute("SELECT count(*) FROM dosing_readiness")
                counts.append(cursor.fetchone()[0])
                time.sleep(0.01)
        connection.close()

    watcher = threading.Thread(target=look)
    watcher.start()
    try:
        act()
        time.sleep(0.1)
    finally:
        over.set()
        watcher.join()
    return [count for place, count in enumerate(counts) if place == 0 or counts[place - 1] != count]


def releases(todo: Views, pharmacist: Delegation, colleague: Delegation) -> None:
    """Syringes are released at 8:02, 8:06 and 8:11, the last person's first."""
    for minute, view in zip((2, 6, 11), reversed(todo), strict=True):
        released(view, pharmacist, colleague, minutes(minute))
        time.sleep(0.05)


@pytest.mark.django_db(transaction=True)
def test_a_process_that_polls_sees_a_whole_quarter_appear_and_nothing_before(
    granted_roles: None, todo: Views, pharmacist: Delegation, colleague: Delegation
) -> None:
    def morning() -> None:
        releases(todo, pharmacist, colleague)
        publish_due(at=minutes(14))
        time.sleep(0.05)
        publish_due(at=minutes(15))

    assert polled(morning) == [0, 3]
    assert shown() == [view.participant for view in todo]


@pytest.mark.django_db(transaction=True)
def test_the_poll_sees_a_planted_leak(
    granted_roles: None, todo: Views, pharmacist: Delegation, colleague: Delegation, plant: None
) -> None:
    assert polled(lambda: releases(todo, pharmacist, colleague)) == [0, 1, 2, 3]


# --- when it is written ----------------------------------------------------------------------------


def test_it_is_written_on_the_grid_and_with_its_own_moment(
    todo: Views, pharmacist: Delegation, colleague: Delegation
) -> None:
    released(todo[0], pharmacist, colleague, minutes(1))
    assert publish_due(at=minutes(15) - timedelta(seconds=1)) == 0
    assert publish_due(at=minutes(15)) == 1
    assert publish_due(at=minutes(15)) == 0
    assert Readiness.objects.get().visible_from == minutes(15)


def test_what_was_made_on_the_day_before_is_written_at_seven(
    todo: Views, pharmacist: Delegation, colleague: Delegation, at: datetime
) -> None:
    for view in todo:
        released(view, pharmacist, colleague, at + timedelta(hours=5))
    assert publish_due(at=SEVEN - timedelta(minutes=1)) == 0
    assert publish_due(at=SEVEN) == len(todo)


def test_rows_of_a_quarter_lie_in_the_order_of_numbers(
    todo: Views, pharmacist: Delegation, colleague: Delegation
) -> None:
    for place, view in enumerate(reversed(todo)):
        released(view, pharmacist, colleague, minutes(place))
    publish_due(at=minutes(15))
    assert shown() == sorted(view.participant for view in todo)
    assert len(shown()) == 3


def test_the_sealed_trail_says_what_was_published(
    todo: Views, pharmacist: Delegation, colleague: Delegation
) -> None:
    released(todo[0], pharmacist, colleague, minutes(1))
    publish_due(at=minutes(15))
    entry = SealedAuditEntry.objects.get(action="readiness.published")
    assert entry.shown() == {"due": minutes(15).isoformat(), "syringes": [str(todo[0].id)]}
    assert (entry.actor, entry.role) == ("velum", "system")


def test_with_the_process_dead_the_next_look_at_the_list_catches_up(
    todo: Views, pharmacist: Delegation, colleague: Delegation
) -> None:
    released(todo[0], pharmacist, colleague, minutes(1))
    preparations(day=DAY, by=pharmacist, at=minutes(16))
    assert shown() == [todo[0].participant]


def test_with_the_process_dead_the_next_release_catches_up_and_shows_nothing_of_itself(
    todo: Views, pharmacist: Delegation, colleague: Delegation
) -> None:
    released(todo[0], pharmacist, colleague, minutes(1))
    released(todo[1], pharmacist, colleague, minutes(16))
    assert shown() == [todo[0].participant]


def test_the_doors_health_catches_up_so_that_no_syringe_waits_for_a_person(
    todo: Views, pharmacist: Delegation, colleague: Delegation
) -> None:
    released(todo[0], pharmacist, colleague, minutes(1))  # years ago, by the clock of the machine
    assert Client().get("/health").status_code == 200
    assert shown() == [todo[0].participant]


def test_the_door_leaves_the_moment_itself_to_the_process(
    todo: Views, pharmacist: Delegation, colleague: Delegation
) -> None:
    released(todo[0], pharmacist, colleague, minutes(1))
    assert catch_up(at=minutes(15) + timedelta(seconds=2)) == 0
    assert catch_up(at=minutes(15) + timedelta(seconds=3)) == 1


def test_a_clock_that_is_ahead_still_looks_on_a_grid_only(
    monkeypatch: pytest.MonkeyPatch, todo: Views, pharmacist: Delegation, colleague: Delegation
) -> None:
    """Twenty minutes ahead: what is released at 8.01 shows at that clock's next quarter, never at once."""
    from dosing.pharmacy.management.commands import publish_readiness

    ahead, looks = timedelta(minutes=20), []
    released(todo[0], pharmacist, colleague, minutes(1))
    monkeypatch.setattr(publish_readiness.connections, "close_all", lambda: None)
    for second in range(0, 15 * 60, 30):
        now = minutes(1) + timedelta(seconds=second) + ahead
        if quarter_of(now) != quarter_of(now - timedelta(seconds=30)):
            publish_readiness.published(now)
            looks.append(now)
    assert [look.minute for look in looks] == [30]


def test_the_command_publishes_once_when_asked(
    todo: Views, pharmacist: Delegation, colleague: Delegation
) -> None:
    released(todo[0], pharmacist, colleague, minutes(1))
    said = StringIO()
    call_command("publish_readiness", "--once", stdout=said)
    assert said.getvalue() == "1 syringes published.\n"


def test_the_process_goes_on_where_the_database_does_not_answer(
    monkeypatch: pytest.MonkeyPatch, db: None
) -> None:
    from django.db import OperationalError

    from dosing.pharmacy.management.commands import publish_readiness

    def gone(**_when: Any) -> int:
        raise OperationalError("the server closed the connection")

    monkeypatch.setattr(publish_readiness.connections, "close_all", lambda: None)
    monkeypatch.setattr(publish_readiness, "publish_due", gone)
    assert publish_readiness.published(timezone.now()) is False


# --- discarded -------------------------------------------------------------------------------------


def test_a_syringe_that_is_discarded_before_its_moment_is_never_published(
    todo: Views, pharmacist: Delegation, colleague: Delegation
) -> None:
    released(todo[0], pharmacist, colleague, minutes(1))
    discard(preparation=todo[0].id, reason="Dropped", by=pharmacist, at=minutes(3))
    assert publish_due(at=minutes(15)) == 0
    released(todo[0], pharmacist, colleague, minutes(20))
    assert publish_due(at=minutes(30)) == 1


def test_a_syringe_that_is_discarded_after_it_was_published_disappears_at_once(
    todo: Views, pharmacist: Delegation, colleague: Delegation
) -> None:
    released(todo[0], pharmacist, colleague, minutes(1))
    publish_due(at=minutes(15))
    discard(preparation=todo[0].id, reason="Dropped", by=pharmacist, at=minutes(17))
    assert shown() == []


def test_an_announcement_is_written_once(todo: Views, pharmacist: Delegation, colleague: Delegation) -> None:
    released(todo[0], pharmacist, colleague, minutes(1))
    publish_due(at=minutes(15))
    for change in ({"due_at": NINE}, {"published_at": None}, {"published_at": NINE}):
        with pytest.raises(Exception, match="published once"), transaction.atomic():
            Announcement.objects.update(**change)
    with pytest.raises(Exception, match="written once"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM pharmacy_announcement")


def test_nothing_can_be_published_before_it_is_due(
    todo: Views, pharmacist: Delegation, colleague: Delegation
) -> None:
    released(todo[0], pharmacist, colleague, minutes(1))
    with pytest.raises(Exception, match="nothing_is_published_before_it_is_due"), transaction.atomic():
        Announcement.objects.update(published_at=minutes(14))


# --- rows from before ------------------------------------------------------------------------------


def test_rows_from_before_move_behind_this_door_if_they_are_not_due(
    monkeypatch: pytest.MonkeyPatch, todo: Views, pharmacist: Delegation, colleague: Delegation
) -> None:
    import importlib

    from django.apps import apps

    migration = importlib.import_module("dosing.pharmacy.migrations.0004_announcements")
    monkeypatch.setattr(preparing, "announce_later", lambda slot, step: None)
    for view in todo[:2]:
        released(view, pharmacist, colleague, minutes(1))
    due = [minutes(15), minutes(30)]
    for view, moment in zip(todo, due, strict=False):
        person = Participant.objects.get(number=view.participant)
        Readiness.objects.create(participant=person, number=view.number, date=DAY, visible_from=moment)
    monkeypatch.setattr(migration.timezone, "now", lambda: minutes(20))

    migration.behind_this_door(apps, None)

    assert shown() == [todo[0].participant]
    assert publish_due(at=minutes(30)) == 1
    assert shown() == [view.participant for view in todo[:2]]


def test_the_migration_can_go_back(todo: Views, pharmacist: Delegation, colleague: Delegation) -> None:
    import importlib

    from django.apps import apps

    released(todo[0], pharmacist, colleague, minutes(1))
    importlib.import_module("dosing.pharmacy.migrations.0004_announcements").before_the_clinic_again(
        apps, None
    )
    assert Readiness.objects.get().visible_from == minutes(15)


def test_quarters_are_those_of_the_grid() -> None:
    for minute, begins in ((0, 0), (1, 0), (14, 0), (15, 15), (59, 45)):
        assert quarter_of(minutes(minute)) == minutes(begins)
    assert visible_from(DAY, ZoneInfo("Europe/Paris"), minutes(15)) == minutes(30)
