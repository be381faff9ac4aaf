"""`python -m tests.blinding.errors`: every address of the clinic fails at every line of ours that it runs.

What comes out of it (pages, answers, mail, log) is searched for arms, keys, passwords, tokens and
participants of another site; and every code of an error must stand in the closed list. After each failure the
act must have been written whole, or not at all.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from tests.blinding.at_rest import NAMES
from tests.blinding.ground import Ground, grounds
from tests.blinding.recording import Recorded
from tests.blinding.stage import Stage, until
from tests.blinding.sweep_depths import DEPTHS
from tests.blinding.worlds import CANARIES

UNTIL_THURSDAY = (*until("thursday"), ("clinic", "failures"))
OUTWARD = ("body", "headers", "cookies", "mail", "log")


@dataclass(frozen=True)
class Failures:
    """How often something was made to fail and how often that was a 500; what came out that must not.

    `torn` are the failures that left an act half-written.
    """

    planted: int
    shown: int
    leaks: tuple[str, ...]
    torn: tuple[str, ...]
    codes: frozenset[str]


def failures(ground: Ground, out: Path, depth: str, breach: str = "") -> Failures:
    """Play until Thursday, then let everything fail."""
    recorded = Recorded(Stage(ground, CANARIES, out, depth, breach, parts=UNTIL_THURSDAY).play())
    rows = [row for row in recorded.seen if row.what.startswith("failures/")]
    words, torn = (
        next(recorded.content(row.digest) for row in rows if row.channel == channel).decode().splitlines()
        for channel in ("words", "torn")
    )
    wanted = {word.encode(): what for what, _, word in (line.partition("\t") for line in words)}
    wanted |= dict.fromkeys(NAMES, "an arm, a lot or a note")
    needle = re.compile(b"|".join(map(re.escape, sorted(wanted, key=len, reverse=True))))
    leaks, codes, shown = [], set(), 0
    for row in rows:
        if row.channel == "status":
            shown += recorded.content(row.digest).startswith(b"500")
        if row.channel in OUTWARD:
            content = recorded.content(row.digest)
            leaks += [
                f"{row.what} · {row.channel}: {wanted[found]}" for found in set(needle.findall(content))
            ]
            codes |= problem_code(content)
    planted = sum(row.channel == "status" for row in rows)
    return Failures(planted, shown, tuple(leaks), tuple(torn), frozenset(codes))


def problem_code(content: bytes) -> set[str]:
    """The code of an answer that is a problem."""
    if not content.startswith(b'{"type": "urn:velum:problem:'):
        return set()
    return {str(json.loads(content)["code"])}


def main() -> int:
    """Let everything fail, and print what came of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--depth", choices=DEPTHS, default="full")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="velum-errors-") as folder:
        home = Path(folder)
        (home / "ground").mkdir()
        with grounds(home / "ground", "sqlite") as ground:
            found = failures(ground, home, given.depth)
    print(
        f"{found.planted} requests, {found.shown} answered with 500; codes: {', '.join(sorted(found.codes))}"
    )
    print("\n".join(found.leaks) or "No arm, key, password, token or participant of another site came out.")
    print("\n".join(found.torn) or "Each act was written whole, with its entry in the trail, or not at all.")
    return 1 if found.leaks or found.torn or not found.shown else 0


if __name__ == "__main__":
    sys.exit(main())
