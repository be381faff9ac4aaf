"""Why a change that no test notices may survive: one sentence for each, kept in `surviving_mutants.txt`."""

from __future__ import annotations

from pathlib import Path

FILE = Path(__file__).parents[1] / "surviving_mutants.txt"


def excused() -> dict[str, str]:
    """Change -> the sentence that stands above it, indented by two spaces; `#` begins a remark."""
    found: dict[str, str] = {}
    sentence = ""
    for line in FILE.read_text(encoding="utf-8").splitlines() if FILE.exists() else ():
        if line.startswith("  "):
            found[line.strip()] = sentence
        elif line and not line.startswith("#"):
            sentence = line
    return found
