"""What `verify` makes of the times and actors of a chain, to the second; and how it shows what differs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest

from randomization.verifying.chains import Actors, Times, duties_kept, had
from randomization.verifying.replaying import Kept, Table, Told, differences, digest_of
from trial.models import AuditEntry, Consent, Delegation, Trial

NOW = datetime(2015, 10, 5, 7, 30, tzinfo=UTC)
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
HERE, THERE = uuid4(), uuid4()


def entry(sequence: int, at: datetime, action: str = "screened", **more: str) -> Any:
    return SimpleNamespace(
        sequence=sequence, at=at, action=action, **({"actor": "anne", "role": "study_nurse"} | more)
    )


def times(*entries: Any) -> str:
    found = Times(lambda: NOW)
    for one in entries:
        found.hear(one)
    return str(found.fault)


@pytest.mark.parametrize(("back", "seen"), [(MINUTE, False), (MINUTE + SECOND, True)])
def test_a_minute_back_is_let_pass_also_below_an_earlier_entry(back: timedelta, seen: bool) -> None:
    """It is measured from the latest entry so far, not from the one just above."""
    hour = NOW - timedelta(hours=1)
    assert ("entry 3 is of" in times(entry(1, hour), entry(2, hour - SECOND), entry(3, hour - back))) is seen


@pytest.mark.parametrize(("ahead", "seen"), [(MINUTE, False), (MINUTE + SECOND, True)])
def test_a_minute_ahead_of_the_clock_is_let_pass(ahead: timedelta, seen: bool) -> None:
    assert times(entry(1, NOW + ahead)).startswith("entry 1 is of 2015-10-05T07:31:01") is seen
    assert (times(entry(1, NOW + ahead)) == "") is not seen


def test_the_first_of_several_is_named_and_time_that_runs_back_before_time_to_come() -> None:
    day = timedelta(days=1)
    assert "entry 1 is" in times(entry(1, NOW + day), entry(2, NOW + 2 * day))
    back = (entry(1, NOW - day), entry(2, NOW - 3 * day), entry(3, NOW - 5 * day))
    assert "entry 2 is" in times(*back)
    assert "entry 2 is" in times(entry(1, NOW + day), entry(2, NOW))


def test_a_mended_clock_explains_what_lay_ahead_and_nothing_that_comes_after() -> None:
    mended = entry(2, NOW - MINUTE, "clock.mended")
    assert times(entry(1, NOW + timedelta(days=1)), mended) == ""
    assert "entry 3 is" in times(entry(1, NOW + timedelta(days=1)), mended, entry(3, NOW - 3 * MINUTE))
    assert "entry 3 is" in times(entry(1, NOW), mended, entry(3, NOW + timedelta(days=1)))
    assert "entry 2 is" in times(entry(1, NOW), entry(2, NOW - timedelta(days=1)), mended)


def duty(**more: Any) -> Delegation:
    return Delegation(**({"granted_at": NOW, "role": "study_nurse", "site_id": HERE} | more))


@pytest.mark.parametrize(
    ("at", "holds"),
    [
        (NOW - MINUTE - SECOND, False),
        (NOW - MINUTE, True),
        (NOW, True),
        (NOW + timedelta(hours=1) + MINUTE, True),
        (NOW + timedelta(hours=1) + MINUTE + SECOND, False),
    ],
)
def test_a_duty_holds_from_its_beginning_to_its_end_give_or_take_a_minute(at: datetime, holds: bool) -> None:
    assert had(duty(ended_at=NOW + timedelta(hours=1)), at, HERE) is holds


def test_a_duty_without_an_end_goes_on_and_reaches_its_own_site_or_all() -> None:
    later = NOW + timedelta(days=4000)
    assert had(duty(), later, HERE)
    assert not had(duty(), later, THERE)
    assert had(duty(site_id=None), later, THERE)
    assert had(duty(), later, None)


def actors(*entries: Any, site: Any = HERE) -> str:
    found = Actors({("anne", "study_nurse"): [duty(site_id=THERE), duty()]}, site)
    for one in entries:
        found.hear(one)
    return str(found.fault)


def test_any_duty_that_fits_will_do_and_nobody_needs_one_for_the_system_or_a_link() -> None:
    assert actors(entry(1, NOW)) == ""
    assert actors(entry(1, NOW, role="system"), entry(2, NOW, role="link")) == ""


def test_the_first_who_had_no_duty_is_named() -> None:
    said = actors(entry(1, NOW), entry(2, NOW, role="monitor"), entry(3, NOW, actor="zoe"))
    assert said.startswith("entry 2: anne did not have the role monitor there at 2015-10-05T07:30:00")
    assert actors(entry(7, NOW, actor="zoe")).startswith("entry 7: zoe did not have")
    assert actors(entry(1, NOW), site=uuid4()).startswith("entry 1: anne")


def test_who_came_after_the_duty_ended_is_named_in_no_role_and_needs_none() -> None:
    assert actors(entry(1, NOW, role="no_duty")) == ""
    assert actors(entry(1, NOW, role="")).startswith("entry 1: anne")


LONG_AFTER = NOW + timedelta(days=400)


@pytest.mark.parametrize(
    ("action", "body", "fault"),
    [
        ("code.broken", '{"happened_at": "2015-10-05T07:30:30Z"}', ""),
        ("code.broken", '{"happened_at": "2016-10-05T07:30:30Z"}', "at 2016-10-05T07:30:30"),
        ("code.broken", "{}", "at 2016-11-08"),
        ("code.broken", "[]", "at 2016-11-08"),
        ("code.broken", "{", "at 2016-11-08"),
        ("code.broken", '{"happened_at": "at night"}', "at 2016-11-08"),
        ("code.broken", '{"happened_at": 7}', "at 2016-11-08"),
        ("injection.recorded", '{"happened_at": "2015-10-05T07:30:30Z"}', "at 2016-11-08"),
    ],
)
def test_only_a_code_break_is_judged_by_the_time_that_its_body_says(
    action: str, body: str, fault: str
) -> None:
    found = Actors({("anne", "study_nurse"): [duty(ended_at=NOW + MINUTE)]}, HERE)
    found.hear(entry(1, LONG_AFTER, action, body=body))
    assert str(found.fault) == "" if not fault else fault in str(found.fault)


@pytest.mark.parametrize(
    ("rows", "names"),
    [
        (
            '{"trial_delegation": {"anne study_nurse 2015": {}}, "trial_user": {"anne": {}}}',
            ["anne study_nurse 2015"],
        ),
        ('{"trial_user": {"anne": {}}}', []),
        (None, []),
        ("", []),
        ("{", []),
        ("[]", []),
        ('{"trial_delegation": 7}', []),
    ],
)
def test_the_duties_that_an_entry_keeps_are_named_and_garbage_names_none(
    rows: str | None, names: list[str]
) -> None:
    assert duties_kept(rows) == names


def kept(sequence: int, rows: str | None, chain: int = 7, at: datetime = NOW) -> Any:
    return SimpleNamespace(sequence=sequence, rows=rows, chain_id=chain, action="x", at=at, actor="anne")


def test_the_newest_entry_about_a_row_counts_and_says_where_it_stands() -> None:
    told = Told()
    for one in (kept(1, '{"t": {"a": {"v": 1}, "b": {"v": 2}}}'), kept(2, '{"t": {"a": {"v": 3}}}', chain=8)):
        told.hear(one)
    assert told.rows == {
        "t": {"a": Kept(digest_of({"v": 3}), 8, 2, NOW), "b": Kept(digest_of({"v": 2}), 7, 1, NOW)},
    }
    assert (told.older, told.unread) == (set(), "")


@pytest.mark.parametrize(
    ("chain", "back", "newest"),
    [
        (8, SECOND, 1),  # another chain, read later, of an earlier moment
        (8, timedelta(0), 3),  # at one moment the one that is read later
        (7, SECOND, 3),  # one chain: its order counts, whatever the clock said
    ],
)
def test_of_two_chains_the_later_moment_counts_and_in_one_chain_its_order(
    chain: int, back: timedelta, newest: int
) -> None:
    told = Told()
    for one in (kept(9, '{"t": {"a": {"v": 1}}}'), kept(10, '{"t": {"a": {"v": 3}}}', chain, NOW - back)):
        told.hear(one)
    assert told.rows["t"]["a"].digest == digest_of({"v": newest})


def test_an_entry_without_rows_is_known_by_act_moment_and_person() -> None:
    told = Told()
    told.hear(kept(1, None))
    assert (told.older, told.rows, told.unread) == ({("x", NOW, "anne")}, {}, "")


@pytest.mark.parametrize("rows", ["{", "[]", "17", '{"t": []}', '{"t": {"a": NaN'])
def test_what_cannot_be_read_is_said_of_the_first_and_the_rest_is_heard(rows: str) -> None:
    told = Told()
    for one in (kept(3, rows), kept(4, rows), kept(5, '{"t": {"b": {}}}')):
        told.hear(one)
    assert str(told.unread) == "what entry 3 keeps of rows cannot be read"
    assert told.rows["t"]["b"].sequence == 5


def test_a_row_is_named_with_its_participant_unless_its_key_says_so_already() -> None:
    table = Table(Consent, Trial(pk="t"), Told(), AuditEntry)
    said = {table.said.participant: "IM-0101-0"}
    assert table._label("2015-10-05", said) == "2015-10-05 of IM-0101-0"
    assert table._label("2015-10-05", {"participant": "IM-0101-0"}) == "2015-10-05 of IM-0101-0"
    assert table._label("IM-0101-0 1", said) == "IM-0101-0 1"
    assert table._label("2015-10-05", {}) == "2015-10-05"


def test_what_differs_is_shown_column_by_column_and_cut_where_it_is_long() -> None:
    fits, long = "a" * 60, "b" * 61
    assert differences({"day": None, "same": 1}, {"day": "5", "same": 1}) == "day is empty, 5"
    assert differences({"a": fits}, {"a": long}) == f"a is {fits}, {'b' * 60}…"
    assert differences({"b": 0}, {"a": 1, "b": 2}) == "a is empty, 1, b is 0, 2"


def test_a_digest_has_sixteen_bytes_of_the_text_in_its_canonical_form() -> None:
    assert digest_of({"a": 1, "b": 2}) == digest_of({"b": 2, "a": 1}) != digest_of({"a": 1, "b": 3})
    assert digest_of({}).hex() == "44136fa355b3678a1146ad16f7e8649e"
