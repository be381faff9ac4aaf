"""Checks that the catalogues hold what code and templates say, no more and no less, and are compiled.

What is said is found by extraction (Babel), so that a new label without French fails before anybody sees it.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import redirect_stderr
from functools import cache
from importlib.util import find_spec
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any, TypeAlias

import polib
from babel.messages.extract import extract
from django.utils.translation.template import templatize

from tests.lanes import TESTS

ROOT = TESTS.parent
PACKAGES = ("trial", "randomization", "dosing")
KEYWORDS: dict[str, tuple[Any, ...]] = {
    "_": (1,),
    "gettext": (1,),
    "gettext_lazy": (1,),
    "gettext_noop": (1,),
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
    "Sentence": (1,),
    "counted": (1, 2),
    "fault": (1,),
}
"""Whose first arguments are words for people: gettext's functions, and `trial.core.sentences`."""
GETTEXT = "django.utils.translation"
FIELDS = {"forms", "models"}
FOR_PEOPLE = {"label", "help_text", "verbose_name", "empty_label"}
"""Arguments of these modules' fields that people read; serializers speak to programmers, in English."""
EXAMPLES = "samples.py"
"""Feeds the page that shows every component, which is for developers and in English."""
LIBRARIES = ("allauth", "django", "rest_framework")
"""Whose sentences the catalogue may say in other words."""

Message: TypeAlias = tuple[str, ...]
"""Its context or nothing, then one form, or singular and plural."""


def catalogues() -> list[Path]:
    """Every .po file of the packages."""
    return sorted(path for package in PACKAGES for path in ROOT.glob(f"{package}/**/*.po"))


def outdated() -> str:
    """One line for each thing that is missing, in doubt, not used any more or not compiled."""
    lines = [*unseen()]
    for path in catalogues():
        lines += faults(path) + differences(polib.pofile(str(path)), path.relative_to(ROOT))
    return "\n".join(lines)


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


def differences(catalogue: polib.POFile, name: object) -> list[str]:
    """What the project says and the catalogue lacks, and what the catalogue has and nobody says."""
    held: set[Message] = {
        (entry.msgctxt or "", entry.msgid, *([entry.msgid_plural] if entry.msgid_plural else []))
        for entry in catalogue
        if not entry.obsolete
    }
    wanted = said_by_project()
    missing = [
        f"{where}: not in {name}: {message[1]!r}" for message, where in wanted.items() if message not in held
    ]
    unused = (message for message in sorted(held - wanted.keys()) if message[1] not in said_by_libraries())
    return missing + [f"{name}: nothing says this any more: {message[1]!r}" for message in unused]


def said_by_project() -> dict[Message, str]:
    """Every message of code and templates, with the first place that says it."""
    found: dict[Message, str] = {}
    trees = code()
    keywords = KEYWORDS | dict.fromkeys(heirs(trees.values(), "Saying"), (1,))
    for path in [*ROOT.glob("templates/**/*.*"), *trees]:
        for line, message in messages(path, keywords):
            found.setdefault(message, f"{path.relative_to(ROOT)}:{line}")
    return found


def messages(path: Path, keywords: Mapping[str, Any] = KEYWORDS) -> Iterator[tuple[int, Message]]:
    """The messages of one file, each with its line."""
    text = path.read_text()
    if path.suffix != ".py":
        text = "\n".join(line.strip() for line in templatize(text).splitlines())
    with redirect_stderr(StringIO()):  # Babel warns of f-strings in places, which is fine
        found = list(extract("python", BytesIO(text.encode()), keywords))
    for line, message, _, context in found:
        yield line, (context or "", *([message] if isinstance(message, str) else message))


def unseen() -> Iterator[str]:
    """Words for people that extraction cannot find."""
    trees = code()
    sayings = heirs(trees.values(), "Saying")
    refusals = heirs(trees.values(), "Refusal") - sayings
    for path, tree in trees.items():
        for node in () if path.name.endswith(EXAMPLES) else ast.walk(tree):
            for what in _unseen(node, KEYWORDS.keys() | sayings, refusals):
                yield f"{path.relative_to(ROOT)}:{getattr(node, 'lineno', 0)}: {what}"


def code() -> dict[Path, ast.Module]:
    """Every module of the packages but for migrations."""
    files = (path for one in PACKAGES for path in sorted(ROOT.glob(f"{one}/**/*.py")))
    return {path: ast.parse(path.read_text()) for path in files if "migrations" not in path.parts}


def heirs(trees: Iterable[ast.Module], base: str) -> set[str]:
    """The names of a class and of all that derive from it."""
    classes = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
    known, before = {base}, 0
    while before < len(known):
        before = len(known)
        known |= {row.name for row in classes if known & {getattr(parent, "id", "") for parent in row.bases}}
    return known


def _unseen(node: ast.AST, keywords: Collection[str], refusals: Collection[str]) -> Iterator[str]:
    if isinstance(node, ast.ImportFrom) and node.module == GETTEXT:
        names = (name.asname or name.name for name in node.names if "gettext" in name.name)
        yield from (
            f"gettext is called {name}, which is not looked for" for name in names if name not in KEYWORDS
        )
    if isinstance(node, ast.JoinedStr):
        calls = (part for part in ast.walk(node) if isinstance(part, ast.Call))
        yield from ("words for people inside an f-string" for call in calls if _name(call) in keywords)
    if isinstance(node, ast.Call):
        if _name(node) in keywords and node.args and isinstance(node.args[0], ast.JoinedStr):
            yield "an f-string has no fixed words to translate"
        if _name(node) in refusals and node.args and _is_english(node.args[0]):
            yield f"{_name(node)} says a sentence that is not translated"
        yield from (f"a label that is not translated: {words!r}" for words in _bare_labels(node))


def _name(call: ast.Call) -> str:
    return getattr(call.func, "id", "")


def _is_english(words: ast.expr) -> bool:
    return isinstance(words, ast.JoinedStr) or (isinstance(words, ast.Constant) and bool(words.value))


def _bare_labels(call: ast.Call) -> Iterator[str]:
    if getattr(getattr(call.func, "value", None), "id", "") in FIELDS:
        for argument in call.keywords:
            if (
                argument.arg in FOR_PEOPLE
                and isinstance(argument.value, ast.Constant)
                and argument.value.value
            ):
                yield str(argument.value.value)


@cache
def said_by_libraries() -> frozenset[str]:
    """Every message in the libraries' own French."""
    folders = (Path(str(find_spec(one).origin)).parent for one in LIBRARIES)  # type: ignore[union-attr]
    files = (path for folder in folders for path in folder.glob("**/locale/fr/LC_MESSAGES/*.mo"))
    return frozenset(entry.msgid for path in files for entry in polib.mofile(str(path)))


def said(catalogue: polib.POFile | polib.MOFile) -> dict[tuple[str, str], tuple[str, ...]]:
    """What a catalogue translates, and how; plurals included."""
    return {
        (entry.msgctxt or "", entry.msgid): (entry.msgstr, *entry.msgstr_plural.values())
        for entry in catalogue
        if (entry.msgstr or entry.msgstr_plural) and not entry.obsolete
    }
