"""Judging a protocol that can be read: what a new version may not bring, found by judges.

Reading and judging are two things. The reader refuses what nobody could plan by. A judge names what should
not stand in a new file; a version that is installed stays readable, plans as before, and has what its
judges find listed as work for an amendment.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TypeAlias

from trial.core.faults import Fault, Place
from trial.core.protocol import Protocol

Judge: TypeAlias = Callable[[Place, Protocol], None]
"""Looks at a file, as its tables stand there and as the protocol read from it, and notes faults."""


def judge(data: Mapping[str, object], protocol: Protocol, judges: Iterable[Judge]) -> tuple[Fault, ...]:
    """Every fault that the judges find in a protocol and in the data from which it was read."""
    faults: list[Fault] = []
    for one in judges:
        one(Place(data, (), faults), protocol)
    return tuple(faults)
