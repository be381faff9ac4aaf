"""`python -m tests.blinding.errors`: every address, act and task of the clinic fails at every line of ours
that it runs.

What comes out of it (pages, answers, mail, log, what the worker keeps) is searched for arms, keys, passwords,
tokens and participants of another site; and every code of an error must stand in the closed list. After each
failure the act must have been written whole, or not at all; and no letter of the worker may be lost, or leave
again after it was noted (`tests.blinding.failing_tasks`).
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from tests.blinding.at_rest import times
from tests.blinding.forms import unpacked
from tests.blinding.recording import Recorded, Seen
from tests.blinding.run import Parts, Run, until
from tests.blinding.sandbox import Sandbox, open_sandbox
from tests.blinding.set_up import OF_AN_INVITATION, PEOPLE
from tests.blinding.sweep_depths import DEPTHS
from tests.blinding.worlds import CANARIES

TASKS, ACTS = ("clinic", "failing_tasks"), ("clinic", "failures")
BEFORE = until("wednesday_morning")
TASKS_ONLY: Parts = (*BEFORE, TASKS)
UNTIL_THURSDAY: Parts = (*TASKS_ONLY, *until("thursday")[len(BEFORE) :], ACTS)
FAILING = tuple(f"{part}/" for _door, part in (TASKS, ACTS))
OUTWARD = ("body", "headers", "cookies", "mail", "log", "outcome")
ELSEWHERE = "of another site"
"""How it is said of a word that is a secret only to those of the first site, and to nobody in particular."""
HOLDS_THE_LINK = re.compile(r" administrator: POST /people-invite/$|: GET /invitation/")
"""Whoever invites is shown the link once, to print it; and the page behind it knows where it stands."""
WITHOUT_A_PROVIDER = {f"GET /accounts/sign-on/{page}" for page in ("", "back/", "link/")}
"""Single sign-on is set in no world: these pages are not there. Their lines fail nowhere here."""
OF_ALL_SITES = frozenset(name for name, _role, site in PEOPLE if site is None)


@dataclass(frozen=True)
class Failures:
    """How often something was made to fail and how often that was a 500; what came out that must not.

    `ran` is how often the worker ran a task. `torn` are the failures that left an act or a letter
    half-written; `unreached` the addresses at which nothing of the view ran, and so nothing could fail.
    """

    planted: int
    shown: int
    ran: int
    leaks: tuple[str, ...]
    torn: tuple[str, ...]
    unreached: tuple[str, ...]
    codes: frozenset[str]


def failures(
    sandbox: Sandbox, out: Path, depth: str, breach: str = "", parts: Parts = UNTIL_THURSDAY
) -> Failures:
    """Run until the parts in which everything fails, and see what came of them."""
    recorded = Recorded(Run(sandbox, CANARIES, out, depth, breach, parts=parts).execute())
    rows = [row for row in recorded.seen if row.what.startswith(FAILING)]
    words = [line.partition("\t") for line in noted(recorded, rows, "words")]
    search = Search({word.encode(): what for what, _, word in words})
    leaks, codes, shown = list(noted(recorded, rows, "told")), set[str](), 0
    for row in rows:
        if row.channel == "status":
            shown += recorded.content(row.digest).startswith(b"500")
        if row.channel in OUTWARD:
            content = recorded.content(row.digest)
            leaks += [f"{row.what} · {row.channel}: {what}" for what in search.found(content, row)]
            codes |= problem_code(content)
    return Failures(
        sum(row.channel == "status" for row in rows),
        shown,
        sum(row.channel == "outcome" for row in rows),
        tuple(leaks),
        tuple(noted(recorded, rows, "torn")),
        tuple(one for one in noted(recorded, rows, "unreached") if one not in WITHOUT_A_PROVIDER),
        frozenset(codes),
    )


def noted(recorded: Recorded, rows: list[Seen], channel: str) -> list[str]:
    """What the runs noted under that name, line by line."""
    texts = (recorded.content(row.digest).decode() for row in rows if row.channel == channel)
    return [line for text in texts for line in text.splitlines()]


class Search:
    """Looks for words that must not come out, and for arms, lots and notes in any form."""

    def __init__(self, words: dict[bytes, str]) -> None:
        self.words = words
        self.needle = re.compile(b"|".join(map(re.escape, sorted(words, key=len, reverse=True))))

    def found(self, content: bytes, row: Seen) -> set[str]:
        """What that row holds. Whom a letter may speak of is judged by its reader, where it is sent."""
        texts = [content, *unpacked(content)]
        found = {self.words[word] for text in texts for word in self.needle.findall(text)}
        if row.channel == "mail" or asked_by(row) in OF_ALL_SITES:
            found = {what for what in found if not what.endswith(ELSEWHERE)}
        if row.channel == "body" and HOLDS_THE_LINK.search(row.what):
            found -= {OF_AN_INVITATION}
        return found | ({"an arm, a lot or a note"} if any(map(times, texts)) else set())


def asked_by(row: Seen) -> str:
    """Who sent a request."""
    return row.what.partition(" ")[2].partition(":")[0].removesuffix(" (token)")


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
        (home / "sandbox").mkdir()
        with open_sandbox(home / "sandbox", "sqlite") as sandbox:
            found = failures(sandbox, home, given.depth)
    print(f"{found.planted} requests, {found.shown} answered with 500; {found.ran} runs of tasks")
    print(f"codes: {', '.join(sorted(found.codes))}")
    print("\n".join(found.unreached) or "Every address was reached by somebody, or is acted on.")
    print("\n".join(found.leaks) or "No arm, key, password, token or participant of another site came out.")
    print("\n".join(found.torn) or "Each act was written whole, with its entry in the trail, or not at all.")
    return 1 if found.leaks or found.torn or found.unreached or not found.shown else 0


if __name__ == "__main__":
    sys.exit(main())
