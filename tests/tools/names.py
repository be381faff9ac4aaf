"""Finds in tracked files what belongs to one machine: its paths, and where its packages come from."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

from tests.lanes import TESTS

ROOT = TESTS.parent
LOCKS = ("requirements.txt", "requirements-dev.txt")
SOURCE_IN_LOCK = re.compile(r"https?:|file:|--(extra-)?index|--find-links|--trusted-host", re.IGNORECASE)


def tracked() -> list[Path]:
    """Every file under version control; none outside a working copy."""
    done = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True)
    return [ROOT / name for name in done.stdout.split("\0") if name and (ROOT / name).is_file()]


def registries() -> set[str]:
    """The hosts that this machine's pip is set up to ask."""
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "config", "list"]
    listed = subprocess.run(command, capture_output=True, text=True).stdout
    return {host for url in re.findall(r"https?://[^\s']+", listed) if (host := urlsplit(url).hostname)}


def local_paths() -> set[str]:
    """Where this copy of the project is, and whose home that may be, if the paths are telling."""
    return {str(path) for path in (ROOT, ROOT.parent, Path.home()) if len(path.parts) > 2}


def telling() -> list[re.Pattern[str]]:
    """What to look for: each host and each path as a whole, not as a part of a longer one."""
    hosts = [rf"(?<![\w.-]){re.escape(host)}(?![\w-])" for host in registries()]
    paths = [rf"(?<![\w./-]){re.escape(path)}(?![\w-])" for path in local_paths()]
    return [re.compile(pattern) for pattern in (*hosts, *paths)]


def leaks() -> str:
    """One line for each file that names a registry or a path of this machine."""
    patterns = telling()
    found = [f"{path.relative_to(ROOT)} names {hit}" for path in tracked() for hit in hits(path, patterns)]
    sources = [f"{lock} says where packages come from" for lock in LOCKS if names_source(ROOT / lock)]
    return "\n".join(sorted([*found, *sources]))


def hits(path: Path, patterns: list[re.Pattern[str]]) -> list[str]:
    """What of it this file says."""
    text = path.read_text(encoding="utf-8", errors="ignore")
    return [match.group() for pattern in patterns if (match := pattern.search(text))]


def names_source(lock: Path) -> bool:
    """Whether a lock file holds an address; a shared lock must not."""
    return bool(SOURCE_IN_LOCK.search(lock.read_text()))
