"""Faults of a protocol file, and the cursor that collects them all in one reading."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from trial.core.paths import Path, dotted
from trial.core.protocol import Text
from trial.core.sentences import Sentence, Words

Value = TypeVar("Value")


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong, where it stands (keys and list places from 0), and what to do about it."""

    path: Path
    message: Sentence


class ProtocolFaults(ValueError):
    """A protocol cannot be read. `faults` holds every fault that was found, in file order of reading."""

    def __init__(self, faults: Iterable[Fault], data: object = None) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(f"{dotted(data, fault.path)}: {fault.message}" for fault in self.faults))


@dataclass(frozen=True)
class Place:
    """A value of the file together with where it stands.

    Reading goes on after a fault, so that one run names them all. Values are of the shape that
    the file format's JSON Schema promises.
    """

    value: Any
    path: Path
    faults: list[Fault]

    def __getitem__(self, key: str | int) -> Place:
        return Place(self.value[key], (*self.path, key), self.faults)

    def __contains__(self, key: str) -> bool:
        return key in self.value

    def get(self, key: str, default: Any = None) -> Any:
        """The plain value under a key, or `default`."""
        return self.value.get(key, default)

    def rows(self, key: str) -> list[Place]:
        """The rows of a list under a key; none where the key is missing."""
        return [self[key][index] for index in range(len(self.value.get(key, ())))]

    def fault(self, code: str, /, *steps: str | int, **places: Words | int) -> None:
        """Note that something is wrong here, or at `steps` from here where those exist."""
        self.note(Sentence(code, **places), *steps)

    def note(self, sentence: Sentence, *steps: str | int) -> None:
        """The same with a sentence that was made elsewhere."""
        self.faults.append(Fault((*self.path, *steps), sentence))

    def text(self, key: str) -> Text:
        """The sentence under a key in both languages; a language that is missing or empty is a fault."""
        words: Mapping[str, str] = self.value.get(key, {})
        for language, name in (("en", Sentence("English")), ("fr", Sentence("French"))):
            if not words.get(language, "").strip():
                self.fault("has no %(name)s words; give `%(language)s`.", key, name=name, language=language)
        return Text(words.get("en", "").strip(), words.get("fr", "").strip())

    def distinct(self, rows: str, key: str, named: str) -> None:
        """Note every row whose `key` an earlier row already has. `named` is the word for the row."""
        seen: set[object] = set()
        for row in self.rows(rows):
            if row.get(key) in seen:
                row.fault(
                    "“%(value)s” is already the %(key)s of another %(row)s; choose a new one.",
                    key,
                    value=row.get(key),
                    key=key,
                    row=named,
                )
            seen.add(row.get(key))

    def read(self, key: str, reader: Callable[[Place], Value]) -> tuple[Value, ...]:
        """Every row under a key, read in order."""
        return tuple(reader(row) for row in self.rows(key))
