"""What takes long to make and is the same for every run: made once, kept below `.kept`, and copied.

Safe with two runs at once, which wait for each other, and with one that is killed: what it left half
made has another name, and the kernel gives its lock back. `rm -rf .kept` forgets everything.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

from tests.lanes import TESTS

KEPT = TESTS.parent / ".kept"
AT_MOST = 3
"""How many of a kind stay, those used last: enough to go back and forth between branches."""


def keep(kind: str, digest: str, place: Path, make: Callable[[], None]) -> None:
    """Have at `place` what `make()` makes there: a file or a folder.

    It is a copy where one of the same kind and digest is kept; `make` is called where none is.
    """
    KEPT.mkdir(exist_ok=True)
    with (KEPT / f"{kind}.lock").open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        kept = KEPT / f"{kind}-{digest}"
        if kept.exists():
            copy(kept, place)
        else:
            make()
            half = KEPT / f"{kind}.half-made"
            remove(half)
            copy(place, half)
            half.rename(kept)
        os.utime(kept)
        forget(kind)


def copy(source: Path, target: Path) -> None:
    """A copy with owner and rights, as a database server looks at them."""
    subprocess.run(["cp", "-a", "--reflink=auto", source, target], check=True)


def forget(kind: str) -> None:
    """Remove all of a kind but the AT_MOST that were used last."""
    newest_first = sorted(KEPT.glob(f"{kind}-*"), key=lambda path: path.stat().st_mtime, reverse=True)
    for old in newest_first[AT_MOST:]:
        remove(old)


def remove(path: Path) -> None:
    """Remove a file or a folder, if it is there."""
    if path.is_dir():
        shutil.rmtree(path)
    path.unlink(missing_ok=True)
