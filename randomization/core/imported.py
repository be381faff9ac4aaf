"""The content of a list whose order came in a file: what our seed adds to it, and what it cannot give.

An imported list has a seed of its own, fresh and sealed, from which come the salts, the salt of the
design and, unless the file brought them, the numbers. Arms and blocks are the file's. So the list is
not reproducible from its seed, and its design says so by its method.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import repeat
from uuid import UUID

from .design import Design
from .numbers import Taken, draw_numbers
from .sealed_record import SALT_BYTES, SealedRecord
from .stream import Stream

OURS, THEIRS = "own", "file"
"""Whose randomisation numbers a list has: drawn here, or brought in the file."""


def make_outlines(
    design: Design, *, list_id: UUID, environment: str, seed: bytes, taken: Taken = ()
) -> Iterator[SealedRecord]:
    """What seed and design give of each envelope, in list order: place, salt, and the number if it is ours.

    Arm, block and a number of the file's are empty.
    """
    ours = design.numbers == OURS
    numbers = draw_numbers(design.size, environment, seed, taken) if ours else repeat("")
    salts = Stream(seed, "salts")
    for stratum in design.strata:
        for position in range(1, stratum.target + stratum.reserve + 1):
            yield SealedRecord(
                environment=environment,
                list_id=list_id,
                stratum=stratum.key,
                position=position,
                number=next(numbers),
                arm="",
                block=0,
                salt=salts.take(SALT_BYTES),
            )


def outline_of(record: SealedRecord, design: Design) -> SealedRecord:
    """The part of an envelope's content that `make_outlines` gives."""
    known = replace(record, arm="", block=0)
    return known if design.numbers == OURS else replace(known, number="")


class Order:
    """The digest of an order of arms: SHA-256 over a line for each envelope in list order."""

    def __init__(self) -> None:
        self._said = hashlib.sha256()

    def add(self, stratum: str, position: int, arm: str, block: int) -> None:
        """One more envelope."""
        self._said.update(f"{stratum}\t{position}\t{arm}\t{block}\n".encode())

    def digest(self) -> str:
        """In hexadecimal, as `Design.sequence` keeps it."""
        return self._said.hexdigest()


def filled(
    outlines: Iterable[SealedRecord], contents: Iterable[tuple[str, int, str]]
) -> Iterator[SealedRecord]:
    """The outlines with arm, block and (unless empty) number from the file, in list order."""
    for outline, (arm, block, number) in zip(outlines, contents, strict=True):
        yield replace(outline, arm=arm, block=block, number=number or outline.number)
