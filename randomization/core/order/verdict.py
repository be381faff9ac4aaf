"""One verdict on the order of a list: how many good lists come for one like it.

The fixed set has two sorts of rules. A bet stakes on orders under the declared design: over all good lists
what it wins is 1 at most on the average, and so is the average over the bets by their weights; hence N or
more is won by at most one good list in N. A chance says outright in how many good lists so much agrees. Of
N the bets have together, and each chance for itself, the part that is their weight. That N is said, never
more: the true rarity is as great or greater.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from randomization.core.design import IMPORTED, Design
from trial.core.sentences import Sentence, counted

from . import again, alike, begun, copied, groups, in_blocks, pairs, slips, within
from .copying import total
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
"""The logarithm of what a bet wins, or of N; None where the list gives the rule nothing to look at."""


@dataclass(frozen=True)
class Kind:
    """A rule, its part of the whole, and what it sees, in words.

    `chance`: the rule gives N itself. `of_several`: its part where a list has several strata, if another.
    `of_parts`: what it sees is said only if no rule for the whole sees something.
    """

    rule: Rule
    weight: int
    seen: Sentence
    chance: bool = False
    of_several: int | None = None
    of_parts: bool = False

    def part(self, judged: Judged) -> int:
        """Its part for this list."""
        return self.weight if self.of_several is None or len(judged.strata) == 1 else self.of_several


KINDS = (
    Kind(
        begun.an_earlier_list_from_its_first_place,
        145,
        Sentence("it has the order of an earlier list of the trial, from the first place on"),
        chance=True,
        of_several=40,
    ),
    Kind(
        copied.passages_of_an_earlier_list,
        100,
        Sentence("a part of an earlier list of the trial comes again in it, at the same place or another"),
        chance=True,
        of_several=40,
        of_parts=True,
    ),
    Kind(
        groups.strata_alike_in_groups,
        80,
        Sentence("some of its strata have one and the same order"),
        chance=True,
    ),
    Kind(groups.strata_begun_alike, 25, Sentence("some of its strata begin with one order"), chance=True),
    Kind(
        groups.strata_turned,
        20,
        Sentence("some of its strata have the order of another one, turned by whole blocks"),
        chance=True,
    ),
    Kind(
        copied.passages_of_another_stratum,
        25,
        Sentence("a part of one of its strata comes again in another one"),
        chance=True,
    ),
    Kind(
        again.a_part_again,
        15,
        Sentence("a part of it comes again in it, as it is, mirrored or with arms exchanged"),
        chance=True,
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
    Kind(
        slips.an_earlier_list_nearly,
        24,
        Sentence(
            "it has the order of an earlier list of the trial, with a few places changed or up to some place"
        ),
    ),
    Kind(pairs.two_strata_alike, 16, Sentence("two of its strata have one order, but for a few places")),
    Kind(pairs.two_strata_shifted, 10, Sentence("one of its strata has the order of another one, shifted")),
    Kind(
        alike.each_stratum_from_the_one_before,
        16,
        Sentence("each stratum has the order of the one before it, shifted, reversed or with arms exchanged"),
    ),
    Kind(alike.strata_alike, 4, Sentence("some of its strata have the order of another one")),
    Kind(within.sorted_by_arm, 12, Sentence("it is sorted by arm")),
    Kind(slips.nearly_sorted, 24, Sentence("it is sorted by arm, but for a few places")),
    Kind(within.with_a_period, 24, Sentence("it repeats itself")),
    Kind(within.with_periods, 4, Sentence("it has long runs of one arm, or parts of it repeat themselves")),
    Kind(slips.nearly_with_a_period, 20, Sentence("it repeats itself, but for a few places")),
    Kind(slips.seldom_changing, 12, Sentence("its arm seldom changes from one place to the next")),
    Kind(within.never_twice, 1, Sentence("no arm ever stands twice in a row")),
    Kind(in_blocks.sorted_in_blocks, 14, Sentence("its blocks are sorted by arm")),
    Kind(in_blocks.one_pattern, 8, Sentence("its blocks of one size all have one order")),
    Kind(in_blocks.patterns_again, 4, Sentence("many of its blocks have the order of the one before")),
    Kind(in_blocks.sizes_sorted, 1, Sentence("its blocks are sorted by size")),
)
"""The fixed set. The parts are shared out among those that a list gives something to look at."""

ALL_ALIKE = Sentence("all its strata have one and the same order")
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
    known = judged(design, strata, earlier)
    won = _won(known)
    bets = total(logarithm for kind, logarithm in won if not kind.chance)
    together = max([bets, *(logarithm for kind, logarithm in won if kind.chance)])
    once_in = _rounded(together)
    seen = _seen(won, known) if once_in > REASON_FROM else None
    return Verdict(once_in, seen, _under(design, strata))


def _won(known: Judged) -> list[tuple[Kind, float]]:
    """What each rule wins with its part of the stake; a logarithm."""
    found = [(kind, kind.rule(known)) for kind in KINDS] if known.strata else []
    looked = [(kind, won) for kind, won in found if won is not None]
    stake = sum(kind.part(known) for kind, _ in looked)
    return [(kind, won + math.log(kind.part(known) / stake)) for kind, won in looked]


def _seen(won: Sequence[tuple[Kind, float]], known: Judged) -> Sentence:
    """What the rule that sees most says, if possible one for the whole; where all strata are alike, that."""
    rare = [pair for pair in won if pair[1] > math.log(REASON_FROM)] or won
    kind, _ = max(rare, key=lambda pair: (not pair[0].of_parts, pair[1]))
    all_alike = kind.rule is groups.strata_alike_in_groups and groups.all_alike(known)
    return ALL_ALIKE if all_alike else kind.seen


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
