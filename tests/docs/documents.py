"""What can be wrong with a document: something that it names is not there.

Reads files only; needs neither Django's settings nor a database.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache
from itertools import chain
from pathlib import Path

import django

from tests.lanes import LANES, TESTS

ROOT = TESTS.parent
PICTURES = ROOT / "docs" / "pictures"
PACKAGES = ("trial", "randomization", "dosing")
DJANGO = ("core", "contrib/auth", "contrib/staticfiles")
TOP_LEVEL = (*PACKAGES, "templates", "tests", "tools", "docs")

LINK = re.compile(r"\]\((?!https?:|mailto:|#)([^)#\s]+)")
IMAGE = re.compile(r"(?:!\[[^\]]*\]\(|<img src=\")([^)\"\s]+)")
COMMAND = re.compile(r"manage\.py ([a-z][a-z_]+)")
VARIABLE = re.compile(r"\b((?:VELUM|DATABASE|REDIS)_[A-Z_]*[A-Z])\b")
TARGET = re.compile(r"`(?:[A-Z]+=\S+ )?make ([a-z][a-z-]*)|^make ([a-z][a-z-]*)(?= *(?:#|$))", re.MULTILINE)
PATH = re.compile(rf"`((?:{'|'.join(TOP_LEVEL)})/[\w./*-]+)`")
CHOSEN_TESTS = re.compile(r"make test LANE=([\w-]+) WORDS='-k ([^']+)'")


def documents() -> list[Path]:
    """Every document of the project, by path."""
    return sorted(chain(ROOT.glob("*.md"), ROOT.glob("docs/**/*.md"), TESTS.glob("**/*.md")))


def pictures_in(text: str) -> set[str]:
    """The names of the pictures that a document shows."""
    return {Path(target).name for target in IMAGE.findall(text)}


@cache
def pictures_taken() -> set[str]:
    """The names of the pictures that the journeys take, each at both widths."""
    taking = re.compile(r'take\(\w+, pictures, "([\w-]+)"\)')
    names = chain(*(taking.findall(path.read_text()) for path in TESTS.glob("journeys/test_*.py")))
    return {f"{name}-{width}.png" for name in names for width in (390, 1440)}


def faults(document: Path, text: str) -> Iterator[str]:
    """Everything that `text`, standing in place of `document`, names and that is not there."""
    for target in sorted(set(LINK.findall(text)) | set(IMAGE.findall(text))):
        if not (document.parent / target).exists():
            yield f"links to {target}"
    for pattern, what, known in KINDS:
        named = {found[found.lastindex or 0] for found in pattern.finditer(text)}
        for name in sorted(named - known()):
            yield f"{what} {name}"
    for name in PATH.findall(text):
        if not any(ROOT.glob(name.rstrip("/"))):
            yield f"file {name}"
    for lane, words in CHOSEN_TESTS.findall(text):
        yield from (f"test {word} in {lane}" for word in unmatched(lane, words))


@cache
def commands() -> set[str]:
    """The commands of `manage.py`: ours, and those of Django that a document may name."""
    ours = (path for package in PACKAGES for path in ROOT.glob(f"{package}/**/management/commands/*.py"))
    django_ = (Path(django.__file__).parent / part / "management" / "commands" for part in DJANGO)
    return {path.stem for path in chain(ours, *(folder.glob("*.py") for folder in django_))} - {"__init__"}


@cache
def variables() -> set[str]:
    """The environment variables that settings, tools and tests read, and their forms as files."""
    read: set[str] = set()
    for path in (
        ROOT / "trial" / "settings.py",
        ROOT / "trial" / "installation.py",
        *ROOT.glob("tools/*.py"),
        *ROOT.glob("tests/**/*.py"),
    ):
        read |= set(re.findall(r"\"((?:VELUM|DATABASE|REDIS)_[A-Z_]*[A-Z])\"", path.read_text()))
    return read | {f"{name}_FILE" for name in read}


@cache
def targets() -> set[str]:
    """The targets of the Makefile."""
    return set(re.findall(r"^([a-z][a-z-]*):", (ROOT / "Makefile").read_text(), re.MULTILINE))


KINDS: tuple[tuple[re.Pattern[str], str, Callable[[], set[str]]], ...] = (
    (COMMAND, "command", commands),
    (VARIABLE, "variable", variables),
    (TARGET, "target", targets),
)


def unmatched(lane: str, expression: str) -> list[str]:
    """The words of a `-k` expression that choose no test of that lane."""
    names = tests_of(lane)
    words = set(re.findall(r"\w+", expression)) - {"or", "and", "not"}
    return sorted(word for word in words if not any(word in name for name in names))


@cache
def tests_of(lane: str) -> frozenset[str]:
    """The tests of a lane, as `file::function`; none for an unknown lane."""
    folders = [folder for one in LANES if one.name == lane for folder in one.paths]
    files = [path for folder in folders for path in folder.rglob("test_*.py")]
    return frozenset(
        f"{path.relative_to(TESTS)}::{name}"
        for path in files
        for name in re.findall(r"^def (test_\w+)", path.read_text(), re.MULTILINE)
    )
