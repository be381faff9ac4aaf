"""The codes that the code raises, those that the documents promise, and those of `docs/errors.md`."""

from __future__ import annotations

import importlib
import json
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import dosing
import randomization
import trial
from tests.caller import plain_document
from trial.refusals import Refusal
from trial.rest.problems import GENERAL

DOCUMENT = Path(__file__).resolve().parent.parent / "docs" / "errors.md"
_ROW = re.compile(r"^\| `(\w+)` \| (\d+) \| (\w+) \| (.+) \| (.+) \|$", re.MULTILINE)
Row = tuple[int, str, str]


def listed() -> dict[str, Row]:
    """Code -> status, door and both sentences, as the document lists them."""
    return {row[0]: (int(row[1]), row[2], f"{row[3]} {row[4]}") for row in _ROW.findall(DOCUMENT.read_text())}


def raised(*, without: tuple[str, ...] = ()) -> dict[str, int]:
    """Code -> status of every refusal in the code and of every general problem."""
    for package in (trial, randomization, dosing):
        _load(package, without)
    general = {code: status for status, (code, _sentence) in GENERAL.items()}
    return general | {kind.code: kind.status for kind in _kinds(Refusal)}


def promised() -> set[str]:
    """Every code that the OpenAPI document of this door can give."""
    text = json.dumps(plain_document()["paths"])
    found = re.findall(r'"code": \{"enum": \[([^\]]*)\]', text)
    return {code for codes in found for code in json.loads(f"[{codes}]")}


def for_door(door: str) -> set[str]:
    """The codes that the document gives to the API of a door."""
    return {code for code, (_status, where, _words) in listed().items() if where in {door, "both"}}


PROCESSES = ("trial.wsgi", "trial.celery", "trial.management.commands.serve")
"""Modules that start something when they are imported."""


def _load(package: ModuleType, without: tuple[str, ...]) -> None:
    for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        if ".migrations" not in module.name and not module.name.startswith((*PROCESSES, *without)):
            importlib.import_module(module.name)


def _kinds(kind: type[Refusal]) -> Iterator[type[Refusal]]:
    for inner in kind.__subclasses__():
        if inner.__module__.startswith(("trial", "randomization", "dosing")):
            yield inner
        yield from _kinds(inner)
