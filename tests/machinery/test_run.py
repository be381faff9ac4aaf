"""The runner of the lanes counts right, names what was not run, and cannot pass on nothing."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from textwrap import dedent

import pytest

from tests import run
from tests.lanes import LANES, TESTS, Lane, door_of, folders_without_lane
from tests.run import Outcome

LANE = Lane("core", ("core",))
MIXED = """
import pytest

def test_that_passes(): pass
def test_that_fails(): assert False
@pytest.mark.skip(reason="no second computer")
def test_that_is_not_run(): pass
@pytest.fixture
def broken(): raise OSError
def test_whose_fixture_breaks(broken): pass
"""


def outcome(folder: Path, source: str) -> Outcome:
    """What the runner reads from pytest's own report of this source."""
    (folder / "test_it.py").write_text(source)
    report = folder / "report.xml"
    command = [sys.executable, "-m", "pytest", "-q", "-c", "/dev/null", f"--rootdir={folder}"]
    command += ["--disable-plugin-autoload", f"--junitxml={report}", str(folder)]
    status = subprocess.run(command, cwd=folder, capture_output=True).returncode
    return run.read(LANE, report, status, 1.0)


def test_passed_failed_broken_and_skipped_tests_are_counted(tmp_path: Path) -> None:
    one = outcome(tmp_path, MIXED)

    assert (one.passed, one.failed, one.skipped, one.trouble) == (1, 2, 1, "")
    assert len(one.not_run) == 1
    assert "test_that_is_not_run: no second computer" in one.not_run[0]


def test_a_lane_without_tests_is_in_trouble(tmp_path: Path) -> None:
    assert outcome(tmp_path, "").trouble == "no test was collected"


def test_a_lane_that_cannot_be_collected_is_in_trouble(tmp_path: Path) -> None:
    one = outcome(tmp_path, "import nothing_like_this")

    assert one.failed
    assert "status" in one.trouble


def test_a_lane_that_died_without_a_report_has_failed(tmp_path: Path) -> None:
    one = run.read(LANE, tmp_path / "never-written.xml", -9, 1.0)

    assert (one.failed, one.trouble) == (1, "pytest ended with status -9")


def test_a_lane_whose_folders_are_all_missing_is_in_trouble() -> None:
    assert run.run_lane(Lane("ghost", ("ghost",)), []).trouble == "none of its folders exists"


def test_a_lane_without_its_server_is_named_with_the_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.setattr("tests.servers.postgres.missing", lambda: "no PostgreSQL")

    one = run.run_lane(Lane("clinic-postgresql", ("core",), "clinic", "postgresql"), [])

    assert one.not_run == ["the whole lane clinic-postgresql: no PostgreSQL"]


def test_the_summary_ends_with_one_plain_line() -> None:
    text = run.summary([Outcome("core", 3, 0, 1, 2.0, ["core: t: why"]), Outcome("journeys", 1, 1)])

    assert "core: t: why" in text
    assert text.splitlines()[-1] == "4 passed, 1 failed, 1 skipped"


def test_the_slowest_twenty_of_all_lanes_are_named_with_lane_and_seconds() -> None:
    tests = tuple((float(second), f"tests.a.test_{second}") for second in range(30))

    named = run.slowest(
        [Outcome("core", tests=tests), Outcome("blinding", tests=((99.0, "tests.b.test_c"),))]
    )

    assert len(named) == 2 + run.SLOWEST
    assert [line.split() for line in named[2:4]] == [
        ["99.0", "s", "blinding", "tests.b.test_c"],
        ["29.0", "s", "core", "tests.a.test_29"],
    ]


def test_the_seconds_of_each_test_are_read(tmp_path: Path) -> None:
    source = "import time\ndef test_slow(): time.sleep(0.2)\ndef test_quick(): pass"
    seconds = {name.rpartition(".")[2]: taken for taken, name in outcome(tmp_path, source).tests}

    assert 0.2 <= seconds["test_slow"] < 2 > seconds["test_quick"]


def test_two_lanes_run_at_once_and_of_those_that_spread_one(monkeypatch: pytest.MonkeyPatch) -> None:
    running: set[str] = set()
    seen: list[set[str]] = []

    def run_lane(lane: Lane, words: list[str]) -> Outcome:
        running.add(lane.name)
        time.sleep(0.05)
        seen.append(set(running))
        running.remove(lane.name)
        return Outcome(lane.name)

    monkeypatch.setattr(run, "run_lane", run_lane)
    lanes = [Lane(f"plain{n}", ()) for n in range(4)] + [
        Lane(f"spreads{n}", (), spreads=True) for n in (1, 2)
    ]

    assert [one.lane for one in run.run_all(lanes, [])] == [lane.name for lane in lanes]
    assert max(len(names) for names in seen) == 2
    assert all(len([name for name in names if name.startswith("spreads")]) < 2 for names in seen)


def test_the_processor_time_of_what_a_lane_starts_is_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = """
        import subprocess, sys
        def test_it():
            busy = "import time\\nwhile time.process_time() < 0.5: pass"
            subprocess.run([sys.executable, "-c", busy], check=True)
    """
    (tmp_path / "test_it.py").write_text(dedent(source))
    words = ["-q", "-c", "/dev/null", f"--rootdir={tmp_path}", "--disable-plugin-autoload", str(tmp_path)]
    status, said, processor = run.run_pytest(Lane("ghost", ("ghost",)), words)

    assert (status, "1 passed" in said) == (0, True)
    assert 0.5 < processor < 5


@pytest.mark.parametrize(
    ("outcomes", "status"),
    [
        ([Outcome("core", passed=1)], 0),
        ([Outcome("core", passed=1, failed=1)], 1),
        ([Outcome("core", passed=1, trouble="no test was collected")], 1),
        ([Outcome("core", passed=1), Outcome("journeys", not_run=["the whole lane"])], 0),
        ([Outcome("journeys", not_run=["the whole lane"])], 1),
    ],
)
def test_only_a_run_with_passes_and_without_failures_is_a_success(
    outcomes: list[Outcome], status: int
) -> None:
    assert run.status(outcomes) == status


def test_every_folder_of_tests_runs_once_on_each_database_of_its_lanes() -> None:
    runs = [(folder, lane.database) for lane in LANES for folder in lane.folders]

    assert folders_without_lane() == []
    assert len(runs) == len(set(runs))


def test_a_folder_opens_its_own_door() -> None:
    assert [door_of(folder) for folder in ("core", "pages", "pharmacy")] == ["", "clinic", "pharmacy"]


def test_tests_of_two_doors_in_one_process_are_refused() -> None:
    paths = [str(TESTS / "machinery"), str(TESTS / "spec")]
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q", *paths]
    assert subprocess.run(command, cwd=TESTS.parent, capture_output=True).returncode == 0

    mixed = subprocess.run([*command, str(TESTS)], cwd=TESTS.parent, capture_output=True, text=True)

    assert mixed.returncode != 0
    assert "different doors" in mixed.stderr + mixed.stdout
