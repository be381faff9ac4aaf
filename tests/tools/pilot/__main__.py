"""`make pilot`: reads the published files, lives the study again, prints the figures side by side.

The files lie in `../shared/vectors/cdiscpilot01` beside the checkout, or where PILOT says. Takes some ten
minutes on one core. Ends with status 1 if a figure differs and nobody has said why.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from tests.journeys.demonstration import clean_environment
from tests.lanes import TESTS
from tests.tools.pilot import published
from tests.tools.pilot.comparing import lines, table

ROOT = TESTS.parent
PLACE = ROOT / ".kept" / "pilot"
FILES = Path(os.environ.get("PILOT", ROOT.parent / "shared" / "vectors" / "cdiscpilot01"))


def reader() -> Path:
    """The Python of the environment that holds pandas, as the lock says."""
    uv = ROOT / ".venv" / "bin" / "uv"
    subprocess.run([uv, "venv", "--quiet", "--allow-existing", PLACE], check=True)
    lock = ROOT / "requirements-pilot.txt"
    subprocess.run([uv, "pip", "sync", "--quiet", "--python", PLACE, lock], check=True)
    return PLACE / "bin" / "python"


def printed(words: list[str | Path], **environment: str) -> str:
    """What a command prints; its signs of life go on to whoever waits."""
    done = subprocess.run(
        words, check=True, stdout=subprocess.PIPE, cwd=ROOT, env=clean_environment(**environment)
    )
    return done.stdout.decode()


class Doors:
    """Both doors of one installation below a folder; the clinic's keys are the public halves."""

    def __init__(self, home: Path) -> None:
        self.keys = home / "keys"
        self.public = home / "clinic-keys"
        (home / "static").mkdir()
        self.environment = {
            "DJANGO_SETTINGS_MODULE": "trial.settings",
            "VELUM_HOME": str(home),
            "VELUM_SECRET_KEY": os.urandom(32).hex(),
            "VELUM_PLAIN_HTTP": "1",
            "VELUM_LOG_LEVEL": "ERROR",
        }

    def make_keys(self) -> None:
        self.ask("pharmacy", "-m", "tests.tools.pilot.sealing", "--keys")
        self.public.mkdir()
        for file in self.keys.iterdir():
            if file.suffix != ".key":
                shutil.copy(file, self.public)

    def ask(self, door: str, *words: str) -> str:
        """Run a module at this door."""
        keys = {"VELUM_KEYS": str(self.public)} if door == "clinic" else {}
        return printed([sys.executable, *words], VELUM_DOOR=door, **self.environment, **keys)


def main() -> int:
    """Returns the exit status."""
    if not FILES.is_dir():
        print(f"The pilot study is not in {FILES.name}; name its folder with PILOT=.", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory(prefix="velum-pilot-") as folder:
        home = Path(folder)
        facts = home / "facts.json"
        facts.write_text(printed([reader(), published.__file__, FILES]))
        doors = Doors(home)
        doors.make_keys()
        doors.ask("pharmacy", "-m", "tests.tools.pilot.sealing", str(facts))
        said: dict[str, Any] = json.loads(
            doors.ask("clinic", "-m", "tests.tools.pilot.replaying", str(facts))
        )
        arms = json.loads(doors.ask("pharmacy", "-m", "tests.tools.pilot.sealing", str(facts), "--open"))
        rows = lines(json.loads(facts.read_text()), said, arms)
    print(table(rows))
    for refusal in said["refused"]:
        print("refused:", *refusal.values(), sep="\t")
    left = [row.figure for row in rows if not row.explained]
    if left:
        print("Without an explanation:", *left, sep="\n- ", file=sys.stderr)
    return 1 if left else 0


if __name__ == "__main__":
    sys.exit(main())
