"""Every text of a protocol file that a person reads: where it stands, its language, and its kind."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum

from trial.core.paths import Path


class Kind(Enum):
    """How a text is read."""

    NAME = "name"  # of a place, a person, a product: never a question
    LABEL = "label"  # what something is called on a page
    SENTENCE = "sentence"  # may ask, and may speak of what is to be filled in


@dataclass(frozen=True)
class Words:
    """A text of the file. `language` is `en` where it stands in no other."""

    path: Path
    text: str
    language: str
    kind: Kind

    @property
    def steps(self) -> tuple[str, ...]:
        """The keys on the way to it, without places in lists and without the language."""
        keys = tuple(step for step in self.path if isinstance(step, str))
        return keys[:-1] if keys[-1] in ("en", "fr") else keys


_NAMES = {
    ("trial", "acronym"),
    ("trial", "sponsor"),
    ("trial", "identifiers", "sponsor"),
    ("sites", "name"),
    ("sites", "city"),
    ("record", "director", "name"),
    ("record", "director", "affiliation"),
    ("arms", "preparations", "product"),
}
_LABELS = {
    ("screening", "label"),
    ("drugs", "label"),
    ("drugs", "route"),
    ("arms", "label"),
    ("arms", "preparations", "label"),
    ("arms", "preparations", "dose"),
    ("courses", "label"),
    ("visits", "label"),
    ("visits", "procedures", "name"),
    ("record", "condition"),
}
_SENTENCES = {
    ("trial", "title"),
    ("strata", "label"),
    ("strata", "levels", "label"),
    ("criteria", "text"),
    ("criteria", "question"),
    ("criteria", "parts", "question"),
    ("record", "objectives", "text"),
    ("record", "publication", "citation"),
    ("assumptions", "reason"),
}
_KINDS = {
    **dict.fromkeys(_NAMES, Kind.NAME),
    **dict.fromkeys(_LABELS, Kind.LABEL),
    **dict.fromkeys(_SENTENCES, Kind.SENTENCE),
}


def texts(data: object) -> Iterator[Words]:
    """Every text of a file, read from its tables as they stand there, whatever else is wrong with them."""
    for path, text in _strings(data, ()):
        words = Words(path, text, "fr" if path[-1] == "fr" else "en", Kind.SENTENCE)
        if kind := _KINDS.get(words.steps):
            yield Words(path, text, words.language, kind)


def _strings(data: object, path: Path) -> Iterator[tuple[Path, str]]:
    if isinstance(data, str) and path:
        yield path, data
    elif isinstance(data, Mapping):
        for key, value in data.items():
            yield from _strings(value, (*path, key))
    elif isinstance(data, list):
        for index, value in enumerate(data):
            yield from _strings(value, (*path, index))
