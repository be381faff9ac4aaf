"""The short form of `make blinding`: a few worlds, and proof that the script shows what it should."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.blinding import blinding
from tests.blinding.breach import caught
from tests.blinding.breaches import known
from tests.blinding.recording import (
    HEX_MASKS,
    Difference,
    Recorded,
    Recording,
    masked,
    told,
)
from tests.blinding.sandbox import Sandbox
from tests.blinding.set_up import PEOPLE
from tests.blinding.worlds import BASE, SHORT_FORM, WORLDS, find, only, turned
from trial.permissions import Role

A_FEW = ("arm_in_json", "loop_length", "mail_text", "pharmacists_timing", "read_seals", "import_sealed")
"""Planted leaks of the short form: one of each kind. `make breach` plants them all."""

MARKS = {
    "list_exhausted": "a draw when no envelope was left",
    "already_randomized": "a second draw",
    "not_eligible": "a draw too early",
    "no_consent": "a draw without consent",
    "A code was broken": "the notice of a code break",
    "code.broken": "the code break in the trail",
    "reminder.sent": "reminders that left",
    "BEGIN:VCALENDAR": "a calendar file",
    "%PDF": "a printed calendar",
    '"ready":true': "a syringe that was ready",
    "withdrawn": "withdrawals",
    "on_hold": "holds",
    "The network was down.": "a draw on paper",
    "injection.corrected": "a corrected record",
    "randomization.flagged_in_error": "somebody randomised in error",
    "participant.found": "somebody who was found again",
    "day.closed": "a closed day",
    "unscheduled.recorded": "an unscheduled visit",
    "hour.set": "an hour of an appointment",
    "deviation.reviewed": "deviations that were looked at",
    "feed.revoked": "addresses for calendar programs",
}


SHORT = blinding.Group("short", "brief", BASE, tuple(map(find, SHORT_FORM)))


@pytest.fixture(scope="module")
def recorded(sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The base and the worlds of the short form, run two at a time."""
    out = tmp_path_factory.mktemp("worlds")
    with ThreadPoolExecutor(2) as pool:
        worlds = (SHORT.base, *SHORT.worlds)
        runs = pool.map(lambda world: blinding.run_world(sandbox, SHORT, world, out), worlds)
        return {world.name: file for world, (file, _seconds) in zip(worlds, runs, strict=True)}


@pytest.mark.parametrize("name", SHORT_FORM)
def test_nothing_that_is_seen_depends_on_what_the_envelopes_hold(
    recorded: dict[str, Path], sandbox: Sandbox, tmp_path: Path, name: str
) -> None:
    found = list(blinding.against(Recorded(recorded["base"]), Recorded(recorded[name]), ()))
    row = blinding.Comparison(name, "sqlite", SHORT.depth, 1, 0.0, found)
    blinding.judged(row, sandbox, SHORT, find(name), tmp_path)

    assert list(map(told, row.found[:5])) == []


def test_the_script_shows_everything_that_it_is_meant_to(recorded: dict[str, Path]) -> None:
    """A comparison of pages that all say "log in" would find no difference either."""
    seen = b"\n".join(Recorded(recorded["base"]).contents()).decode("utf-8", "replace").replace('": ', '":')

    assert [what for mark, what in MARKS.items() if mark not in seen] == []


def test_there_are_more_than_twenty_worlds_each_of_its_own_name() -> None:
    assert len({world.name for world in WORLDS}) == len(WORLDS) >= 21


def test_every_role_has_a_person() -> None:
    assert {role for _, role, _ in PEOPLE} == set(Role)


def test_there_are_more_than_forty_planted_leaks() -> None:
    assert len(known()) >= 40


@pytest.mark.slow
@pytest.mark.parametrize("name", A_FEW)
def test_a_planted_leak_is_caught(sandbox: Sandbox, out: Path, name: str) -> None:
    row = caught(sandbox, known()[name], out)

    assert row.wall == known()[name].wall, row.where


def test_worlds_differ_in_what_they_say_they_do() -> None:
    arms = [0, 1, 2, 2, 1, 0, 0]

    assert (only(2)(arms), turned(arms)) == ([2] * 7, [0, 0, 1, 2, 2, 1, 0])


@pytest.mark.parametrize(("again", "kept"), [(("7", "8"), 1), (("8", "8"), 0)])
def test_a_number_of_calls_counts_if_it_differs_a_second_time(
    sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, again: tuple[str, str], kept: int
) -> None:
    """Two runs at a time are looked at: `again` is what they show when both are run once more."""
    files = iter([recording_of(tmp_path / f"{place}", calls) for place, calls in enumerate(again)])
    monkeypatch.setattr(blinding, "run_world", lambda *_words: (next(files), 0.0))
    found = [Difference("monday/0001 one", "calls", b"7", b"8")]
    row = blinding.Comparison("all placebo", "sqlite", "brief", 1, 0.0, found)
    group = blinding.Group("all", "brief", BASE, WORLDS)

    blinding.confirm(row, sandbox, group, find("all placebo"), tmp_path)

    assert (len(row.found), len(row.once)) == (kept, 1 - kept)


def recording_of(path: Path, calls: str) -> Path:
    """A recording of one act with so many calls."""
    recording = Recording()
    recording.add("monday/0001 one", {"calls": calls.encode()})
    recording.write(path, {})
    return path


def test_a_mask_hides_a_hash_and_nothing_around_it() -> None:
    assert masked(b"root " + b"a1" * 32 + b" of 12", HEX_MASKS) == b"root " + b"#" * 64 + b" of 12"
