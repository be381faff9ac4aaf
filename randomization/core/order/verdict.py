"""One verdict on the order of a list: how many good lists come for one like it.

Each rule of the fixed set bets on the order under the declared design. Over all good lists what a rule
wins is 1 at most on the average, and so is the average over the rules by their weights; hence N or more is
won by at most one good list in N. That N is said, never more: the true rarity is as great or greater.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from randomization.core.design import IMPORTED, Design
from trial.core.sentences import Sentence, counted

from . import alike, in_blocks, within
from .copying import NOTHING, total
from .judged import Judged, judged
from .places import Earlier, StratumOrder

REASON_FROM = 1_000
"""An order that comes once in more lists than this is taken with a reason alone."""
REFUSED_FROM = 1_000_000
"""An order that comes once in more lists than this is refused."""
THIN = "\u202f"
"""Between thousands: a comma would be read as a decimal one in French."""
MOST = 10**15
"""A greater number is not told apart from this one."""

Rule = Callable[[Judged], float | None]
"""The logarithm of what is won; None where the list gives the rule nothing to look at."""


@dataclass(frozen=True)
class Kind:
    """A rule, its part of the stake, and what it sees, in words."""

    rule: Rule
    weight: int
    seen: Sentence


KINDS = (
    Kind(
        alike.an_earlier_list_from_its_first_place,
        40,
        Sentence("it has the order of an earlier list of the trial, from the first place on"),
    ),
    Kind(
        alike.an_earlier_list_changed,
        8,
        Sentence("it is an earlier list of the trial, reversed, shifted, or with strata or arms exchanged"),
    ),
    Kind(
        alike.parts_of_an_earlier_list,
        4,
        Sentence("parts of it stand in an earlier list of the trial"),
    ),
    Kind(alike.one_order_in_all_strata, 20, Sentence("all its strata have one and the same order")),
    Kind(
        alike.each_stratum_from_the_one_before,
        8,
        Sentence("each stratum has the order of the one before it, shifted, reversed or with arms exchanged"),
    ),
    Kind(alike.strata_alike, 4, Sentence("some of its strata have the order of another one")),
    Kind(within.sorted_by_arm, 12, Sentence("it is sorted by arm")),
    Kind(within.with_a_period, 16, Sentence("it repeats itself")),
    Kind(within.with_periods, 4, Sentence("it has long runs of one arm, or parts of it repeat themselves")),
    Kind(within.never_twice, 1, Sentence("no arm ever stands twice in a row")),
    Kind(in_blocks.sorted_in_blocks, 10, Sentence("its blocks are sorted by arm")),
    Kind(in_blocks.one_pattern, 8, Sentence("its blocks of one size all have one order")),
    Kind(in_blocks.patterns_again, 4, Sentence("many of its blocks have the order of the one before")),
    Kind(in_blocks.sizes_sorted, 1, Sentence("its blocks are sorted by size")),
)
"""The fixed set. The parts are shared out among those that a list gives something to look at."""

BY_DESIGN = Sentence("The order is judged under the design from which it was made.")
BY_BLOCKS = Sentence(
    "The order is judged as one of permuted blocks, with the blocks that the file names: within each, "
    "every order is equally likely."
)
BY_NOTHING = Sentence(
    "The file names no blocks, so the method is not known. For each rule the method is taken under which the "
    "order would be likeliest: blocks of any sizes, complete randomisation, urns, big stick, Efron's coin."
)


@dataclass(frozen=True)
class Verdict:
    """An order like this comes once in `once_in` lists, or more rarely. It names no arm.

    `seen` says what made it rare, where it is; `under` what it was judged by.
    """

    once_in: int
    seen: Sentence | None
    under: Sentence

    @property
    def refused(self) -> bool:
        """Whether it is too rare to be taken."""
        return self.once_in > REFUSED_FROM

    @property
    def needs_reason(self) -> bool:
        """Whether it is taken with a reason alone."""
        return REASON_FROM < self.once_in <= REFUSED_FROM

    @property
    def sentence(self) -> Sentence:
        """The one sentence of every report."""
        return counted(
            "An order like this comes once in %(lists)s list of this design.",
            "An order like this comes once in %(lists)s lists of this design.",
            count=self.once_in,
            lists=f"{self.once_in:,}".replace(",", THIN),
        )


def verdict_on(design: Design, strata: Sequence[StratumOrder], earlier: Sequence[Earlier] = ()) -> Verdict:
    """The verdict on an order under its design, beside the trial's earlier lists."""
    won = list(_won(judged(design, strata, earlier)))
    together = total(logarithm for _, logarithm in won)
    seen, _ = max(won, key=lambda pair: pair[1], default=(None, NOTHING))
    once_in = _rounded(together)
    return Verdict(once_in, seen if once_in > REASON_FROM else None, _under(design, strata))


def _won(known: Judged) -> list[tuple[Sentence, float]]:
    """What each rule wins with its part of the stake; a logarithm."""
    found = [(kind, kind.rule(known)) for kind in KINDS] if known.strata else []
    looked = [(kind, won) for kind, won in found if won is not None]
    stake = sum(kind.weight for kind, _ in looked)
    return [(kind.seen, won + math.log(kind.weight / stake)) for kind, won in looked]


def _rounded(logarithm: float) -> int:
    """At most two digits that are not 0, rounded down; 1 at least, MOST at most."""
    if logarithm >= math.log(MOST):
        return MOST
    whole = max(1, int(math.exp(logarithm)))
    step: int = 10 ** max(0, len(str(whole)) - 2)
    return whole // step * step


def _under(design: Design, strata: Sequence[StratumOrder]) -> Sentence:
    if design.method != IMPORTED:
        return BY_DESIGN
    return BY_BLOCKS if all(stratum.blocked for stratum in strata if stratum.arms) else BY_NOTHING
