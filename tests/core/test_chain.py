"""The hash chain of the audit trail: its one spelling, and each way in which it breaks."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from trial.core.chain import GENESIS, Entry, canonical, first_break, link, moment

AT = datetime(2015, 10, 5, 7, 30, 0, 1, tzinfo=UTC)
ENTRY = Entry("nct02059759/01", 1, AT, "n.martin", "study_nurse", "participant.screened", "IM-0101-0", "{}")


def chain(length: int = 3) -> list[tuple[Entry, str, str]]:
    """Entries with the hash before each and its own."""
    rows: list[tuple[Entry, str, str]] = []
    for number in range(1, length + 1):
        entry, before = replace(ENTRY, sequence=number), rows[-1][2] if rows else GENESIS
        rows.append((entry, before, link(entry, before)))
    return rows


def broken(rows: list[tuple[Entry, str, str]], *, head: str = "", length: int = 3) -> tuple[int, str] | None:
    """Where and why, if the head says `head` (or the last hash) and `length`."""
    found = first_break(rows, head=head or chain()[-1][2], length=length)
    return found and (found.sequence, str(found.reason))


def test_json_has_one_spelling() -> None:
    assert canonical({"b": [1, None, True], "a": "é"}) == '{"a":"é","b":[1,null,true]}'
    with pytest.raises(ValueError):
        canonical({"a": float("nan")})


def test_a_moment_is_spelled_in_utc_to_the_microsecond() -> None:
    assert moment(AT.astimezone(timezone(timedelta(hours=2)))) == "2015-10-05T07:30:00.000001Z"


def test_the_hash_of_an_entry_is_over_everything_that_it_says_and_the_one_before() -> None:
    """Written out, so that no later version can spell an old entry another way."""
    text = (
        '{"action":"participant.screened","actor":"n.martin","at":"2015-10-05T07:30:00.000001Z","body":"{}",'
        f'"chain":"nct02059759/01","previous":"{GENESIS}","role":"study_nurse","sequence":1,'
        '"subject":"IM-0101-0"}'
    )
    assert link(ENTRY, GENESIS) == hashlib.sha256(b"\x00" + text.encode()).hexdigest()


def test_a_whole_chain_holds_and_so_does_an_empty_one() -> None:
    assert broken(chain()) is None
    assert first_break([], head="0" * 64, length=0) is None


@pytest.mark.parametrize("gone", [0, 1])
def test_a_missing_entry_is_named_with_the_one_that_stands_there(gone: int) -> None:
    rows = chain()
    del rows[gone]
    assert broken(rows) == (gone + 1, f"entry {gone + 1} is missing; the next one is {gone + 2}")


def test_an_entry_that_follows_another_one_is_found() -> None:
    rows = chain()
    rows[1] = (rows[1][0], GENESIS, rows[1][2])
    assert broken(rows) == (2, "it does not follow the entry before it")


@pytest.mark.parametrize("number", [1, 2, 3])
def test_a_changed_entry_is_found(number: int) -> None:
    rows = chain()
    entry, before, kept = rows[number - 1]
    rows[number - 1] = (replace(entry, actor="somebody"), before, kept)
    assert broken(rows) == (number, "it was changed after it was written")


def test_a_cut_tail_and_a_head_of_another_chain_show_at_the_head() -> None:
    assert broken(chain()[:2]) == (3, "the chain's head speaks of 3 entries; 2 are there")
    assert broken(chain(), length=2) == (4, "the chain's head speaks of 2 entries; 3 are there")
    assert broken(chain(), head="f" * 64) == (4, "the chain's head speaks of 3 entries; 3 are there")
