"""`make fuzz`: invented requests to every endpoint of both doors, with ids that exist and tokens of roles.

The demonstration is built and served; schemathesis reads each door's OpenAPI document and sends what it can
think of. No answer may be a failure of the server, or have a status that the document does not name.
CASES=2000 sends fewer, DOOR=pharmacy to that door alone. The program lives in an environment of its own: it
brings much that Velum needs not.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.journeys.demonstration import TRIAL, Demonstration, clean_environment
from tests.lanes import TESTS

ROOT = TESTS.parent
PLACE = ROOT / ".kept" / "fuzz"
CASES = int(os.environ.get("CASES", "20000"))
"""How many for each door."""
CALLERS = {
    "clinic": ("nurse", "investigator", "monitor", "manager"),
    "pharmacy": ("pharmacist", "investigator", "statistician"),
}
CHECKS = "not_a_server_error,status_code_conformance"
COUNTED = re.compile(r"([\d,]+) generated")
MOST_ROUNDS = 60
EXAMPLES = {"clinic": "60", "pharmacy": "300"}
"""How many for each endpoint in a round. The pharmacy door has few, and a round takes long to begin."""
DOORS = [door for door in CALLERS if os.environ.get("DOOR", door) == door]
START = "import anyio, schemathesis.transport.asgi; from schemathesis.cli import schemathesis; schemathesis()"
"""What it would load in the depth of a generator, where CPython 3.11 cannot compile it, is loaded first."""


def program() -> list[str | Path]:
    """What starts the program, in its own environment as the lock says."""
    uv = ROOT / ".venv" / "bin" / "uv"
    subprocess.run([uv, "venv", "--quiet", "--allow-existing", PLACE], check=True)
    lock = ROOT / "requirements-fuzz.txt"
    subprocess.run([uv, "pip", "sync", "--quiet", "--python", PLACE, lock], check=True)
    return [PLACE / "bin" / "python", "-c", START]


def asked(address: str, token: str) -> Any:
    """What an endpoint answers."""
    request = urllib.request.Request(address, headers={"Authorization": f"Bearer {token}"})
    with urllib.request.urlopen(request, timeout=60) as answer:
        return json.load(answer)


def ids_of(demonstration: Demonstration, tokens: dict[str, str]) -> dict[str, list[object]]:
    """Ids that exist, by the name of their place in an address."""
    clinic, pharmacy = (
        f"{base}/api/v1/trials/{TRIAL}" for base in (demonstration.clinic, demonstration.pharmacy)
    )
    people = asked(f"{clinic}/participants/", tokens["nurse"])["results"]
    prepared = asked(f"{pharmacy}/preparations/", tokens["pharmacist"])["preparations"]
    stock = asked(f"{pharmacy}/stock/", tokens["pharmacist"])["lots"]
    return {
        "trial": [TRIAL],
        "number": [one["number"] for one in people],
        "preparation": [one["id"] for one in prepared],
        "lot": [one["lot"]["id"] for one in stock],
        "injection": list(range(1, 16)),
        "deviation": [1, 2, 3],
        "visit": [1, 2],
    }


def rounds(
    program: list[str | Path], config: Path, door: str, base: str, tokens: dict[str, str]
) -> Iterator[tuple[int, str]]:
    """Round after round, each with another caller's token: how many cases, and what was found."""
    for number in range(MOST_ROUNDS):
        who = CALLERS[door][number % len(CALLERS[door])]
        words: list[str | Path] = [
            *program,
            "--config-file",
            config,
            "run",
            ROOT / "docs" / f"openapi-{door}.json",
            "--url",
            base,
        ]
        words += ["--header", f"Authorization: Bearer {tokens[who]}", "--checks", CHECKS]
        words += ["--phases", "examples,coverage,fuzzing", "--max-examples", EXAMPLES[door], "--workers", "2"]
        words += ["--continue-on-failure", "--seed", str(number + 1), "--generation-database", "none"]
        done = subprocess.run(
            words, capture_output=True, text=True, cwd=config.parent, env=clean_environment()
        )
        found = COUNTED.search(done.stdout)
        count = int(found[1].replace(",", "")) if found else 0
        yield (
            count,
            "" if done.returncode == 0 and count else f"{who}:\n{done.stdout[-6000:]}{done.stderr[-2000:]}",
        )


def main() -> int:
    """Both doors; 0 if nothing was found in enough cases."""
    program_, bad = program(), 0
    with tempfile.TemporaryDirectory() as folder:
        demonstration = Demonstration(Path(folder) / "demonstration")
        demonstration.start()
        try:
            for door in DOORS:
                bad += fuzz(program_, Path(folder), demonstration, door)
        finally:
            demonstration.stop()
    return bad


def fuzz(program: list[str | Path], folder: Path, demonstration: Demonstration, door: str) -> int:
    """One door: prints what was found, and returns 0 if that is nothing."""
    tokens = {who: demonstration.token(who, door=door) for who in CALLERS[door]}
    known = tokens | {"nurse": demonstration.token("nurse", door="clinic")}
    known |= {"pharmacist": demonstration.token("pharmacist", door="pharmacy")}
    config = folder / f"{door}.toml"
    lines = (
        f'"path.{name}" = {json.dumps(ids)}' for name, ids in ids_of(demonstration, known).items() if ids
    )
    config.write_text("[parameters]\n" + "\n".join(lines) + "\n")
    total = 0
    for count, found in rounds(program, config, door, getattr(demonstration, door), tokens):
        total += count
        print(f"{door}: {total} cases so far.", flush=True)
        if found:
            print(f"{door}: found after {total} cases: {found}")
            return 1
        if total >= CASES:
            print(f"{door}: {total} cases, no failure of the server and no status that is not documented.")
            return 0
    print(f"{door}: only {total} cases in {MOST_ROUNDS} rounds.")
    return 1


if __name__ == "__main__":
    sys.exit(main())
