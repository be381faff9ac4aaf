"""Makes the virtual environment of this project, and brings it up to date when a lock changes.

    python3 tools/environment.py requirements.txt [requirements-dev.txt]

Needs nothing but Python. Packages are installed from a lock with the hash of every file: by uv,
which takes seconds, or by pip where uv cannot be had. Nothing is done when nothing has changed.
"""

from __future__ import annotations

import fcntl
import hashlib
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = str(VENV / "bin" / "python")
UV = str(VENV / "bin" / "uv")
STAMP = VENV / "velum-locks"
DEVELOPMENT = ROOT / "requirements-dev.txt"


def fingerprint(locks: list[Path]) -> set[str]:
    """One line for each lock: its name and the hash of what it says."""
    return {f"{lock.name} {hashlib.sha256(lock.read_bytes()).hexdigest()}" for lock in locks}


def installed() -> set[str]:
    """The locks that the environment has been brought up to."""
    return set(STAMP.read_text().splitlines()) if STAMP.exists() and Path(PYTHON).exists() else set()


def make_venv() -> None:
    """Make the environment with what Python ships. Exits with a sentence if that part is missing."""
    if Path(PYTHON).exists():
        return
    print(f"Making {VENV.name} with Python {sys.version.split()[0]}.", flush=True)
    if subprocess.run([sys.executable, "-m", "venv", VENV]).returncode:
        sys.exit("Python's venv module does not work here. On Debian: apt-get install python3-venv")


def pinned(name: str) -> str:
    """The entry of one package in the lock, with its hashes."""
    lines = DEVELOPMENT.read_text().splitlines()
    start = next(number for number, line in enumerate(lines) if line.startswith(f"{name}=="))
    length = next(n for n, line in enumerate(lines[start:], 1) if not line.endswith("\\"))
    return "\n".join(lines[start : start + length]) + "\n"


def have_uv() -> bool:
    """Install the pinned uv into the environment; false if that does not work."""
    if Path(UV).exists():
        return True
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
        file.write(pinned("uv"))
        file.flush()
        command = [PYTHON, "-m", "pip", "install", "-q", "--disable-pip-version-check", "--require-hashes"]
        return subprocess.run([*command, "-r", file.name]).returncode == 0


def install(lock: Path) -> None:
    """Install everything the lock names. Exits with a sentence if neither uv nor pip can.

    For the tests it is compiled as well: they start hundreds of processes, many of which write no cache.
    """
    print(f"Installing {lock.name}.", flush=True)
    from_lock = ["install", "-q", "--require-hashes", "-r", str(lock)]
    compiled = ["--compile-bytecode"] if lock == DEVELOPMENT else []
    with_uv = [UV, "pip", *from_lock, *compiled, "--python", PYTHON]
    if have_uv() and subprocess.run(with_uv).returncode == 0:
        return
    print("uv could not do it; trying pip, which takes about a minute.", flush=True)
    if subprocess.run([PYTHON, "-m", "pip", "--disable-pip-version-check", *from_lock]).returncode:
        sys.exit(f"The packages of {lock.name} could not be installed. The lines above say why.")


def put_project_on_path() -> None:
    """Let every command of the environment import the project, from whatever folder it is started."""
    site = next((VENV / "lib").glob("python3.*/site-packages"))
    (site / "velum.pth").write_text(f"{ROOT}\n")


def main() -> None:
    """Bring the environment up to the locks named; two at once wait for each other."""
    if sys.version_info < (3, 11):  # noqa: UP036 - whoever has an older one should read why
        sys.exit(
            f"Velum needs Python 3.11 or newer, not {sys.version.split()[0]}. Try: make PYTHON=python3.12"
        )
    locks = [ROOT / name for name in sys.argv[1:]]
    with (ROOT / ".venv.lock").open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        have, want = installed(), fingerprint(locks)
        if want <= have:
            return
        make_venv()
        for lock in locks:
            install(lock)
        put_project_on_path()
        current = fingerprint([ROOT / "requirements.txt", ROOT / "requirements-dev.txt"])
        STAMP.write_text("\n".join(sorted((have & current) | want)) + "\n")


if __name__ == "__main__":
    main()
