"""Making the whole content of a list from its design and seed."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from uuid import UUID

from .design import Design
from .methods import make_allocations
from .numbers import draw_numbers
from .sealed_record import SALT_BYTES, SealedRecord
from .stream import Stream


def make_records(
    design: Design, *, list_id: UUID, environment: str, seed: bytes, taken: Collection[str] = frozenset()
) -> Iterator[SealedRecord]:
    """What every envelope of the list holds, in list order; the same for the same arguments, for ever.

    `taken` are the numbers of the trial's earlier lists, which are not used twice.
    """
    allocations = make_allocations(design, seed)
    numbers = draw_numbers(len(allocations), environment, seed, taken)
    salts = Stream(seed, "salts")
    for allocation, number in zip(allocations, numbers, strict=True):
        yield SealedRecord(
            environment=environment,
            list_id=list_id,
            stratum=allocation.stratum,
            position=allocation.position,
            number=number,
            arm=allocation.arm,
            block=allocation.block,
            salt=salts.take(SALT_BYTES),
        )


def design_salt(seed: bytes) -> bytes:
    """The salt of the design's commitment, from a label of its own."""
    return Stream(seed, "design-salt").take(SALT_BYTES)
