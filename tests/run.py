"""Runs every lane of the suite and says what came of it, and what was not run and why.

.venv/bin/python -m tests.run                        all lanes
.venv/bin/python -m tests.run clinic-sqlite          one lane
.venv/bin/python -m tests.run core -- -k windows     one lane, with words for pytest
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections import deque
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from xml.etree import ElementTree

from tests.lanes import LANES, TESTS, Lane, folders_without_lane
from tests.servers import postgres
from tests.tools import chromium

SLOWEST = 20
"""How many of the slowest tests are named at the end."""


@dataclass(frozen=True)
class Outcome:
    """What came of one lane. `not_run` names tests or the whole lane, each with its reason.

    `processor` are the seconds of processor time of the lane and of all that it started and waited for;
    `tests` the seconds of each test with what was set up for it, and its name.
    """

    lane: str
    passed: int = 0
    failed: int = 0
    skipped: int = 0
    seconds: float = 0.0
    not_run: list[str] = field(default_factory=list)
    trouble: str = ""
    processor: float = 0.0
    tests: tuple[tuple[float, str], ...] = ()


def missing(lane: Lane) -> str:
    """Why this lane cannot run on this machine, or an empty string."""
    if lane.database == "postgresql" and not os.environ.get("DATABASE_URL"):
        return postgres.missing()
    return chromium.missing() if lane.name == "journeys" else ""


def run_lane(lane: Lane, words: list[str]) -> Outcome:
    """Run one lane to its end and print its output in one piece."""
    reason = missing(lane)
    if reason:
        return Outcome(lane.name, not_run=[f"the whole lane {lane.name}: {reason}"])
    if not lane.paths:
        return Outcome(lane.name, trouble="none of its folders exists")
    with tempfile.TemporaryDirectory(prefix="velum-lane-") as folder:
        report = Path(folder, "report.xml")
        started = time.monotonic()
        print(f"lane {lane.name}: started", flush=True)
        status, said, processor = run_pytest(lane, [f"--junitxml={report}", "-q", *words])
        print(f"\n===== lane {lane.name} =====\n{said}", flush=True)
        outcome = read(lane, report, status, time.monotonic() - started)
        return replace(outcome, processor=processor)


def run_pytest(lane: Lane, words: list[str]) -> tuple[int, str, float]:
    """Exit status, output and seconds of processor time of the lane's pytest process."""
    process = subprocess.Popen(
        [sys.executable, "-m", "pytest", *lane.paths, *words],
        cwd=TESTS.parent,
        env=environment(lane),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout
    with process.stdout as output:
        said = output.read()
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return process.returncode, said, used.ru_utime + used.ru_stime


def environment(lane: Lane) -> dict[str, str]:
    """The environment of a lane's pytest process; `tests/plugins/lane.py` adds home and secrets."""
    return os.environ | {
        "VELUM_DOOR": lane.door or "clinic",
        "VELUM_TEST_DATABASE": lane.database,
        "VELUM_TEST_DATABASE_NAME": f"velum_test_{lane.name.replace('-', '_')}",
    }


def read(lane: Lane, report: Path, status: int, seconds: float) -> Outcome:
    """Count what pytest wrote down. A lane that ended badly or found no test is in trouble."""
    if not report.exists():
        return Outcome(lane.name, failed=1, seconds=seconds, trouble=f"pytest ended with status {status}")
    cases = list(ElementTree.parse(report).iter("testcase"))
    failed = [case for case in cases if case.find("failure") is not None or case.find("error") is not None]
    skipped = [case for case in cases if case.find("skipped") is not None]
    trouble = {0: "", 1: "", 5: "no test was collected"}.get(status, f"pytest ended with status {status}")
    return Outcome(
        lane.name,
        passed=len(cases) - len(failed) - len(skipped),
        failed=len(failed),
        skipped=len(skipped),
        seconds=seconds,
        tests=tuple((float(case.get("time", 0)), name_of(case)) for case in cases),
        not_run=[f"{lane.name}: {name_of(case)}: {reason_of(case)}" for case in skipped],
        trouble=trouble if cases else "no test was collected",
    )


def name_of(case: ElementTree.Element) -> str:
    return f"{case.get('classname')}.{case.get('name')}"


def reason_of(case: ElementTree.Element) -> str:
    """Why a test was skipped, in its own words."""
    skipped = case.find("skipped")
    return (skipped.get("message") or "no reason given") if skipped is not None else ""


def run_all(lanes: list[Lane], words: list[str]) -> list[Outcome]:
    """Two lanes at a time, of which at most one spreads; the outcomes in the order of the lanes.

    One worker takes those that spread and then helps with the plain ones, which the other worker takes.
    """
    longest_first = sorted(lanes, key=lambda lane: -lane.minutes)
    plain = deque(lane for lane in longest_first if not lane.spreads)
    spreading = deque(lane for lane in longest_first if lane.spreads)

    def work(*queues: deque[Lane]) -> list[Outcome]:
        return [run_lane(lane, words) for queue in queues for lane in taken_from(queue)]

    with ThreadPoolExecutor(2) as pool:
        workers = [pool.submit(work, spreading, plain), pool.submit(work, plain)]
        found = {one.lane: one for worker in workers for one in worker.result()}
    return [found[lane.name] for lane in lanes]


def taken_from(queue: deque[Lane]) -> Iterator[Lane]:
    """One lane after the other, until none is left that the other worker has not taken."""
    with suppress(IndexError):
        while True:
            yield queue.popleft()


def summary(outcomes: list[Outcome]) -> str:
    """The slowest tests, the table of lanes, what was not run, and the closing line."""
    lines = [*slowest(outcomes), ""]
    lines.append(f"{'lane':<22}{'passed':>8}{'failed':>8}{'skipped':>9}{'seconds':>9}{'processor':>11}")
    for one in outcomes:
        row = f"{one.lane:<22}{one.passed:>8}{one.failed:>8}{one.skipped:>9}{one.seconds:>9.1f}"
        row += f"{one.processor:>11.1f}"
        lines.append(f"{row}  {one.trouble}".rstrip())
    not_run = [reason for one in outcomes for reason in one.not_run]
    not_run += [f"what the lane {one.lane} lacks: {one.trouble}" for one in outcomes if one.trouble]
    lines += (
        ["", "Not run:", *(f"  {reason}" for reason in not_run)] if not_run else ["", "Everything was run."]
    )
    passed, failed, skipped = (
        sum(getattr(one, what) for one in outcomes) for what in ("passed", "failed", "skipped")
    )
    return "\n".join([*lines, "", f"{passed} passed, {failed} failed, {skipped} skipped"])


def slowest(outcomes: list[Outcome]) -> list[str]:
    """The slowest tests of all lanes, in seconds with what was set up for them."""
    found = sorted(((*test, one.lane) for one in outcomes for test in one.tests), reverse=True)[:SLOWEST]
    rows = [f"{seconds:>8.1f} s  {lane:<20} {name}" for seconds, name, lane in found]
    return ["", "The slowest tests:", *rows] if rows else []


def chosen() -> tuple[list[Lane], list[str]]:
    """The lanes of the command line, and the words behind `--` for pytest."""
    names = [lane.name for lane in LANES]
    parser = argparse.ArgumentParser(description="Run the lanes of the test suite.")
    parser.add_argument(
        "lanes", nargs="*", metavar="LANE", help=f"any of {', '.join(names)}; none means the suite"
    )
    mark = sys.argv.index("--") if "--" in sys.argv else len(sys.argv)
    wanted = parser.parse_args(sys.argv[1:mark]).lanes
    if unknown := sorted(set(wanted) - set(names)):
        parser.error(f"there is no lane {', '.join(unknown)}. Choose from {', '.join(names)}.")
    lanes = [lane for lane in LANES if lane.name in wanted or not (wanted or lane.when_named)]
    return lanes, sys.argv[mark + 1 :]


def status(outcomes: list[Outcome]) -> int:
    """The exit status: 1 after any failure or trouble, and where nothing passed at all."""
    bad = any(one.failed or one.trouble for one in outcomes)
    return 1 if bad or not any(one.passed for one in outcomes) else 0


def main() -> int:
    """Run, report, and exit with 1 if anything failed or a lane had no test."""
    lanes, words = chosen()
    if strays := folders_without_lane():
        print(f"No lane would run these tests: {', '.join(strays)}. Add them to tests/lanes.py.")
        return 1
    outcomes = run_all(lanes, words)
    print(summary(outcomes))
    return status(outcomes)


if __name__ == "__main__":
    sys.exit(main())
