"""`python -m tests.blinding.world --world NAME --out FOLDER`: one world alone, to look into."""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

from tests.blinding.recording import Recorded
from tests.blinding.run import Run
from tests.blinding.sandbox import open_sandbox
from tests.blinding.sweep_depths import DEPTHS
from tests.blinding.worlds import BY_NAME, find


def main() -> None:
    """Run it and say how much was seen."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--world", action="append", choices=list(BY_NAME), required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--depth", choices=DEPTHS, default="full")
    parser.add_argument("--breach", default="")
    given = parser.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory(prefix="velum-sandbox-") as folder,
        open_sandbox(Path(folder), given.database) as sandbox,
    ):
        for name in given.world:
            started = time.monotonic()
            file = Run(sandbox, find(name), given.out, given.depth, given.breach).execute()
            print(f"{name}: {Recorded(file).size()} channels in {time.monotonic() - started:.1f} s: {file}")


if __name__ == "__main__":
    main()
