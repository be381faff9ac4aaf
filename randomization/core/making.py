"""Making the whole content of a list from its design and seed."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from .design import Design
from .methods import allocations
from .numbers import Taken, draw_numbers
from .sealed_record import SALT_BYTES, SealedRecord
from .stream import Stream


def make_records(
    design: Design, *, list_id: UUID, environment: str, seed: bytes, taken: Taken = ()
) -> Iterator[SealedRecord]:
    """What every envelope of the list holds, in list order; the same for the same arguments, for ever.

    `taken` are the numbers of the trial's earlier lists, which are not used twice. Memory does not grow
    with the list, but for one bit for each possible number.
    """
    numbers = draw_numbers(design.size, environment, seed, taken)
    salts = Stream(seed, "salts")
    for allocation, number in zip(allocations(design, seed), numbers, strict=True):
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
