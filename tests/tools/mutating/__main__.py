"""`python -m tests.tools.mutating [PATH …] [--nearest TESTS …]`: change the modules, one change at a time.

Results are kept in `var/mutants/`, so that a run that was stopped goes on where it was; a change whose text
is another one is met anew. What survives has to stand in `surviving_mutants.txt` with a sentence that says
why it may; otherwise the exit status is 1.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections import Counter
from collections.abc import Collection
from pathlib import Path
from typing import Any

from tests.tools.mutating.changes import MODULE, changes
from tests.tools.mutating.running import (
    KILLED,
    ROOT,
    SURVIVED,
    UNREACHED,
    Plugin,
    meet_anew,
    read_results,
    run_tests,
    source_of,
)
from tests.tools.mutating.sentences import excused

CORES = ("trial/core", "randomization/core", "dosing/core")
NEAREST = ("tests/core", "tests/spec")


def modules(named: list[str]) -> list[str]:
    """The paths of the modules that are named, or lie below a folder that is."""
    found = []
    for name in named:
        path = ROOT / name
        found += [path] if path.is_file() else sorted(path.rglob("*.py"))
    paths = [str(path.relative_to(ROOT)) for path in found]
    return [path for path in dict.fromkeys(paths) if changes_of(path)]


def changes_of(path: str) -> list[str]:
    """The keys of every change of a module."""
    return [change.key for change in changes(source_of(path), path)]


def within_functions(paths: list[str], nearest: list[str], kept: Path, done: Collection[str]) -> None:
    """In a fork, so that this process stays one that has imported nothing of the product."""
    pid = os.fork()
    if pid == 0:
        os.chdir(ROOT)
        plugin = Plugin(paths, lambda key: key not in done, lambda row: keep(kept, row))
        os._exit(run_tests(nearest, plugin))
    _pid, status = os.waitpid(pid, 0)
    if status:
        sys.exit("The tests do not pass as they are, or the run was stopped.")


def at_import(paths: list[str], kept: Path, done: Collection[str]) -> None:
    """What is computed when modules are imported, and functions that are called meanwhile."""
    known = read_results(kept)
    files = known.files
    for path in paths:
        tree = source_of(path)
        near = sorted({file for owner, found in files.items() if owner[0] == path for file in found})
        for change in changes(tree, path):
            row = known.outcomes.get(change.key)
            waiting = row is not None and row["again"]
            if not waiting and (change.owner[0] != MODULE or change.key in done):
                continue
            tests = files.get((path, change.owner[0])) or near
            outcome = meet_anew(change.key, path, tests) if tests else UNREACHED
            keep(kept, {"key": change.key, "outcome": outcome, "by": "", "again": False})


def keep(kept: Path, row: dict[str, Any]) -> None:
    """One row more."""
    with kept.open("a", encoding="utf-8") as file:
        file.write(json.dumps(row, ensure_ascii=False) + "\n")


def report(paths: list[str], kept: Path) -> int:
    """The figures by package, and what survives without a sentence. Exit status 1 if anything does."""
    outcomes = read_results(kept).outcomes
    counts: dict[str, Counter[str]] = {}
    sentences, open_ones = excused(), []
    for path in paths:
        package = path.rpartition("/")[0]
        for key in changes_of(path):
            outcome = outcomes.get(key, {}).get("outcome", "not met")
            counts.setdefault(package, Counter())[outcome] += 1
            if outcome in {SURVIVED, UNREACHED} and key not in sentences:
                open_ones.append(f"{outcome}: {key}")
    for package, count in counts.items():
        made = sum(count.values())
        share = 100 * count[KILLED] / made
        print(f"{package}: {made} made, {count[KILLED]} killed ({share:.1f} %), {dict(count)}")
    print(*open_ones, sep="\n")
    return 1 if open_ones else 0


def main() -> int:
    """Change, meet, report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("paths", nargs="*", default=list(CORES))
    parser.add_argument("--nearest", nargs="+", default=list(NEAREST), help="where the nearest tests lie")
    parser.add_argument("--results", type=Path, default=ROOT / "var" / "mutants" / "cores.jsonl")
    parser.add_argument("--again", action="store_true", help="meet what survived once more")
    parser.add_argument("--report", action="store_true", help="meet nothing, only report")
    given = parser.parse_args()
    paths, kept = modules(given.paths), given.results
    kept.parent.mkdir(parents=True, exist_ok=True)
    if not given.report:
        met = read_results(kept).outcomes
        done = {key for key, row in met.items() if not given.again or row["outcome"] == KILLED}
        within_functions(paths, given.nearest, kept, done)
        at_import(paths, kept, done)
    return report(paths, kept)


if __name__ == "__main__":
    sys.exit(main())
