"""Spoils study definitions at random places, and says what the import makes of each.

    .venv/bin/python -m tests.tools.spoiled_usdm FILE [HOW MANY]

Each copy has one to six values taken out, emptied or replaced by nonsense. It has to become a draft that is
TOML and that check_protocol stops, or to be refused in one sentence; anything else ends in a traceback.
"""

from __future__ import annotations

import copy
import json
import sys
from collections import Counter
from pathlib import Path
from random import Random
from typing import Any

from trial.core.usdm.draft import draft_protocol
from trial.core.usdm.tree import NotUsdm
from trial.protocol.countries import ATLAS
from trial.protocol.files import UnreadableProtocol, parse_toml
from trial.protocol.judging import faults_in

NONSENSE: tuple[Any, ...] = (
    None, "", [], {}, 0, -1, 1.5, 10**30, True, "?", "\n\x00\x7f", '"""', "]]", "é" * 400, "P", "-P3D",
    "PT1.24H", "P9999Y", [None], [[]], [{}], ["x"], {"id": "x"}, {"decode": "After"}, "Before",
    "ScheduledDecisionInstance",
)  # fmt: skip


def spoiled(document: dict[str, Any], seed: int) -> dict[str, Any]:
    """A copy with one to six values spoiled; the same seed spoils the same."""
    random, whole = Random(seed), copy.deepcopy(document)
    for _ in range(random.randint(1, 6)):
        if not (holders := list(_holders(whole))):
            break
        holder = random.choice(holders)
        key = random.choice(list(holder) if isinstance(holder, dict) else range(len(holder)))
        if random.random() < 0.3:
            del holder[key]
        else:
            holder[key] = copy.deepcopy(random.choice(NONSENSE))
    return whole


def _holders(value: Any) -> Any:
    """Every object and list that holds something."""
    if isinstance(value, (dict, list)) and value:
        yield value
        for child in value.values() if isinstance(value, dict) else value:
            yield from _holders(child)


def verdict(document: dict[str, Any]) -> str:
    """`draft` for one that is TOML and stops, `refused`, or `passes` for one that nothing stops."""
    try:
        text = draft_protocol(document, ATLAS).text
    except NotUsdm as refusal:
        return "refused" if len(str(refusal).splitlines()) == 1 else "not one sentence"
    parse_toml(text)
    try:
        return "draft" if faults_in(text) else "passes"
    except UnreadableProtocol as stopped:
        return "draft" if stopped.faults else "passes"


def main(file: str, number: str = "1000") -> None:
    """Spoil a file so many times and print how often it came out how."""
    document = json.loads(Path(file).read_text(encoding="utf-8"))
    print(dict(Counter(verdict(spoiled(document, seed)) for seed in range(int(number)))))


if __name__ == "__main__":
    main(*sys.argv[1:])
