"""`make check`: everything about the code that can be said without running the suite.

One line for each step that is fine; the whole output of each that is not. A name on the command
line runs that step alone: `.venv/bin/python -m tests.check types`.
"""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from tests.lanes import TESTS
from tests.tools import compose, names, openapi, translations

ROOT = TESTS.parent
BIN = Path(sys.executable).parent
DOORS = ("clinic", "pharmacy")


@dataclass(frozen=True)
class Step:
    """One thing to look at. `look` returns what is wrong, or an empty string."""

    name: str
    look: Callable[[], str]


def production(door: str, home: str) -> dict[str, str]:
    """The environment of a door as in production, with a secret of this moment."""
    inherited = {
        name: value for name, value in os.environ.items() if not name.startswith(("VELUM_", "DJANGO_"))
    }
    return inherited | {"VELUM_DOOR": door, "VELUM_HOME": home, "VELUM_SECRET_KEY": secrets.token_hex(32)}


def program(*words: str, door: str = "pharmacy") -> str:
    """What a program prints when it fails; nothing when it succeeds."""
    with tempfile.TemporaryDirectory(prefix="velum-check-") as home:
        done = subprocess.run(
            [BIN / words[0], *words[1:]],
            cwd=ROOT,
            env=production(door, home),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
    return (done.stdout.strip() or f"exit status {done.returncode}") if done.returncode else ""


def manage(*words: str, door: str) -> Callable[[], str]:
    """A management command as a step, behind one door."""
    return partial(program, "python", "manage.py", *words, door=door)


STEPS = (
    Step("format", partial(program, "ruff", "format", "--check", ".")),
    Step("lint", partial(program, "ruff", "check", "--quiet", "--output-format", "concise", ".")),
    Step("types", partial(program, "mypy")),
    Step("contracts", partial(program, "lint-imports", "--no-cache")),
    *(
        Step(f"settings-{door}", manage("check", "--deploy", "--fail-level", "WARNING", door=door))
        for door in DOORS
    ),
    *(
        Step(f"migrations-{door}", manage("makemigrations", "--check", "--dry-run", door=door))
        for door in DOORS
    ),
    *(Step(f"openapi-{door}", partial(openapi.outdated, door)) for door in DOORS),
    Step("containers", compose.faults),
    Step("translations", translations.outdated),
    Step("names", names.leaks),
)


def run(step: Step) -> bool:
    """Take one step and print its line, or everything that is wrong."""
    started = time.monotonic()
    wrong = step.look()
    print(f"{'FAIL' if wrong else 'ok':<5}{step.name:<22}{time.monotonic() - started:>6.1f} s", flush=True)
    if wrong:
        print(wrong, flush=True)
    return not wrong


def main() -> int:
    """All steps, even after one that failed; 1 if any did."""
    wanted = sys.argv[1:]
    results = [run(step) for step in STEPS if not wanted or step.name in wanted]
    return 0 if results and all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
