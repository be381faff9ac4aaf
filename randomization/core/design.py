"""What a list is made from, and what making it gives. Values only."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from trial.core.sentences import Saying, Sentence

PERMUTED_BLOCKS = "permuted_blocks"
ONE_BLOCK = "one_block"
BIG_STICK = "big_stick"
URN = "urn"
COMPLETE = "complete"
EFRON = "efron"
BLOCK_URN = "block_urn"
MAXIMAL = "maximal"
IMPORTED = "imported"
DESIGN_VERSION = 1


PARAMETERS = ("max_range", "alpha", "beta", "sets", "probability")
ORIGIN = ("source", "sequence", "numbers")
"""Of an imported list's design (`brought.list_csv`). These name no arm, and stay sealed all the same."""


class DesignFault(Saying, ValueError):
    """The design cannot be made into a list; the sentence names the field and what to change."""


@dataclass(frozen=True)
class ArmShare:
    """An arm by its code, and its part of the ratio: 2:1:1 gives the first arm a share of 2."""

    code: str
    share: int


@dataclass(frozen=True)
class StratumSize:
    """How many envelopes a stratum gets: `target`, then `reserve` more in blocks of their own."""

    key: str
    target: int
    reserve: int = 0

    @property
    def parts(self) -> Iterator[tuple[str, int]]:
        """The two parts of the stratum in list order, with the word that names each in a stream's label."""
        yield "target", self.target
        yield "reserve", self.reserve


PARTS = {"target": Sentence("target"), "reserve": Sentence("reserve")}
"""The parts of a stratum as people read of them."""


@dataclass(frozen=True)
class Design:
    """A list design, complete: with a seed it determines every allocation.

    `block_sizes` are the sizes a block may have (ICH E9 2.3.2: enough of them, and known to nobody
    who enrols); `exact` asks that they sum to the target, otherwise the last block is cut at it.
    `max_range` is the limit of big stick and maximal procedure, `alpha` and `beta` are Wei's numbers of
    balls for the urn, `sets` how often the block urn holds the ratio, `probability` that of Efron's coin: a
    fraction in lowest terms, as text. A parameter that the method does not have stays None. The method
    `imported` has an order that came in a statistician's file and that no seed gives: `source` is the SHA-256
    of the file, `sequence` that of what it allocates, `numbers` says whether the numbers are the file's or
    ours.
    """

    arms: tuple[ArmShare, ...]
    strata: tuple[StratumSize, ...]
    method: str = PERMUTED_BLOCKS
    block_sizes: tuple[int, ...] = ()
    exact: bool = True
    max_range: int | None = None
    alpha: int | None = None
    beta: int | None = None
    sets: int | None = None
    probability: str | None = None
    source: str | None = None
    sequence: str | None = None
    numbers: str | None = None

    @property
    def unit(self) -> int:
        """The smallest balanced number of participants: the sum of the ratio."""
        return sum(arm.share for arm in self.arms)

    @property
    def size(self) -> int:
        """How many envelopes the whole list holds."""
        return sum(stratum.target + stratum.reserve for stratum in self.strata)

    def as_json(self) -> str:
        """The design as text, the same bytes for the same design: what the design commitment covers.

        `exact` is written only when it is false, and a parameter only when the method has it.
        """
        data: dict[str, Any] = {
            "version": DESIGN_VERSION,
            "method": self.method,
            "block_sizes": list(self.block_sizes),
            "arms": [[arm.code, arm.share] for arm in self.arms],
            "strata": [[s.key, s.target, s.reserve] for s in self.strata],
        }
        if not self.exact:
            data["exact"] = False
        for name in (*PARAMETERS, *ORIGIN):
            if (value := getattr(self, name)) is not None:
                data[name] = value
        return json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> Design:
        """The design that `as_json` wrote. Raises DesignFault for another version."""
        data = json.loads(text)
        if data["version"] != DESIGN_VERSION:
            raise DesignFault(
                "This design has version %(version)s; this program reads %(known)s.",
                version=data["version"],
                known=DESIGN_VERSION,
            )
        return cls(
            arms=tuple(ArmShare(code, share) for code, share in data["arms"]),
            strata=tuple(StratumSize(key, target, reserve) for key, target, reserve in data["strata"]),
            method=data["method"],
            block_sizes=tuple(data["block_sizes"]),
            exact=data.get("exact", True),
            **{name: data[name] for name in (*PARAMETERS, *ORIGIN) if name in data},
        )


@dataclass(frozen=True)
class Allocation:
    """What the envelope at one place of the list holds.

    Positions and blocks count from 1 in each stratum; `block` is 0 for a method without blocks.
    """

    stratum: str
    position: int
    arm: str
    block: int
