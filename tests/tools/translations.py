"""Checks that every catalogue of translations is complete and compiled."""

from __future__ import annotations

from pathlib import Path

import polib

from tests.lanes import TESTS

ROOT = TESTS.parent


def catalogues() -> list[Path]:
    """Every .po file of the packages."""
    return sorted(
        path for package in ("trial", "randomization", "dosing") for path in ROOT.glob(f"{package}/**/*.po")
    )


def outdated() -> str:
    """One line for each thing that is missing, in doubt or not compiled."""
    return "\n".join(line for path in catalogues() for line in faults(path))


def faults(path: Path) -> list[str]:
    """What is wrong with one catalogue."""
    name = path.relative_to(ROOT)
    source = polib.pofile(str(path))
    lines = [f"{name}: not translated: {entry.msgid!r}" for entry in source.untranslated_entries()]
    lines += [f"{name}: in doubt (fuzzy): {entry.msgid!r}" for entry in source.fuzzy_entries()]
    compiled = path.with_suffix(".mo")
    if not compiled.exists() or said(polib.mofile(str(compiled))) != said(source):
        lines.append(f"{name}: {compiled.name} is not up to date. Compile it: manage.py compile_translations")
    return lines


def said(catalogue: polib.POFile | polib.MOFile) -> dict[tuple[str, str], tuple[str, ...]]:
    """What a catalogue translates, and how; plurals included."""
    return {
        (entry.msgctxt or "", entry.msgid): (entry.msgstr, *entry.msgstr_plural.values())
        for entry in catalogue
        if (entry.msgstr or entry.msgstr_plural) and not entry.obsolete
    }
