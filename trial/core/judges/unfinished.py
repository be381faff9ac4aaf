"""What a person has not said yet in a protocol file: values that are `?`, gaps, and open assumptions.

An import cannot know everything. Where it does not, it writes the value `?`, or a gap such as `[? age]`
within a sentence; what it chose itself is an assumption with `status = "open"`. Each stops the file, and so
does a placeholder that a person left: `placeholders` knows them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from trial.core.faults import Fault, Place
from trial.core.judges.placeholders import placeholder
from trial.core.judges.texts import texts
from trial.core.paths import Path, find
from trial.core.protocol import Protocol
from trial.core.sentences import Sentence

UNKNOWN = "?"
"""A whole value that nobody knows yet."""
_UNSAID = re.compile(r"\?+|…|\.{3}|TB[CDA]|TODO|FIXME|[ÀA] (?:COMPLÉTER|DÉFINIR)", re.IGNORECASE)
"""`?` and the other words by which people say the same, as a whole value."""
GAP = re.compile(r"\[\?[^\[\]]*\]")
"""A part of a sentence that nobody knows yet: `at least [? age] years`."""
_HELD = Sentence(
    "holds “%(words)s”, which stands for something that nobody has said yet. Write what the protocol says."
)
NO_NUMBER = re.compile(r"(?:NCT|ISRCTN|ACTRN|CTRI)?[0-]{8,}", re.IGNORECASE)
"""Noughts that stand for a missing number, as in the drafts of earlier versions; no registry gives them."""


def judge_assumptions(root: Place, protocol: Protocol) -> None:
    """Each assumption that nobody has answered, unless its value is unknown: `told_once` tells that."""
    still = {fault.path for fault in unfinished(root.value)}
    for row in root.rows("assumptions"):
        if row.get("status") == "open" and not _within(find(root.value, row.get("field")), still):
            row.fault(
                "“%(field)s” is still open. Check it against the protocol, correct it if need be; then write "
                'status = "answered" here, and in `reason` where the value comes from.',
                "status",
                field=row.get("field"),
            )


def unfinished(data: object) -> list[Fault]:
    """Every value that is `?` or holds a gap, wherever it stands, and every placeholder that people read."""
    found = [Fault(path, sentence) for path, text in _texts(data, ()) if (sentence := _missing(text))]
    told = {fault.path for fault in found}
    held = ((words.path, placeholder(words)) for words in texts(data) if words.path not in told)
    return [*found, *(Fault(path, _HELD.having(words=words)) for path, words in held if words)]


def told_once(faults: Iterable[Fault], data: object) -> list[Fault]:
    """The faults, and what nobody has said yet: there that is the reason, whatever else does not fit."""
    still = unfinished(data)
    places = {fault.path for fault in still}
    return [*still, *(fault for fault in faults if fault.path not in places)]


def _missing(text: str) -> Sentence | None:
    if _UNSAID.fullmatch(text.strip()):
        return Sentence(
            "is “%(value)s”: nobody has said it yet. Write what the protocol says, and answer its row in "
            "[[assumptions]].",
            value=text.strip(),
        )
    if NO_NUMBER.fullmatch(text.strip()) and "0" in text:
        return Sentence("%(number)s is no trial's number; write the one of the registry.", number=text)
    if gap := GAP.search(text):
        return Sentence("has a gap, “%(gap)s”; write the protocol's own words in its place.", gap=gap.group())
    return None


def _texts(data: object, path: Path) -> Iterator[tuple[Path, str]]:
    if isinstance(data, str):
        yield path, data
    elif isinstance(data, Mapping):
        for key, value in data.items():
            yield from _texts(value, (*path, key))
    elif isinstance(data, list):
        for index, value in enumerate(data):
            yield from _texts(value, (*path, index))


def _within(field: Path | None, faulty: set[Path]) -> bool:
    """Whether a faulty place lies at the field or below it; its own sentence says what to do."""
    return field is not None and any(path[: len(field)] == field for path in faulty)
