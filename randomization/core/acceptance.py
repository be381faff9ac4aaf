"""What a statistician reads before accepting a list: counts, blocks, runs, how well it can be guessed, how
rare its order is, if its numbers reveal the arm.

Values only; the whole of it names arms and is for the unblinded statistician alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from trial.core.sentences import Sentence

from .design import ArmShare, Design
from .imported import OURS
from .number_leaks import Lint, lint_numbers
from .order.guessing import Guesses, guesses, together
from .order.places import Earlier, StratumOrder, strata_of
from .order.verdict import Verdict, verdict_on
from .sealed_record import SealedRecord


@dataclass(frozen=True)
class StratumReport:
    """One stratum: envelopes of each arm, blocks of each size, runs of one arm by their length.

    `peak_range` is the largest lead of one arm over another at any place, in multiples of the ratio.
    `guesses` are what somebody who knows its earlier arms names rightly. `uneven_blocks` counts blocks that
    do not hold the ratio exactly; the last may be cut at the target.
    """

    key: str
    envelopes: int
    arms: Mapping[str, int]
    block_sizes: Mapping[int, int]
    uneven_blocks: int
    runs: Mapping[int, int]
    peak_range: float
    guesses: Guesses


@dataclass(frozen=True)
class Acceptance:
    """The report on one list. `origin` says where its order comes from and what could be compared,
    `numbers` whose the numbers are: `own` or `file`; `verdict` how rare its order is."""

    strata: tuple[StratumReport, ...]
    lint: Lint
    verdict: Verdict
    origin: Sentence
    numbers: str = OURS

    @property
    def arms(self) -> Mapping[str, int]:
        """Envelopes of each arm in the whole list."""
        return sum((Counter(stratum.arms) for stratum in self.strata), Counter())

    @property
    def guesses(self) -> Guesses:
        """How well the whole list can be guessed."""
        return together([stratum.guesses for stratum in self.strata])


def acceptance_of(
    records: Iterable[SealedRecord], design: Design, origin: Sentence, earlier: Sequence[Earlier] = ()
) -> Acceptance:
    """The report on these envelopes, given in list order, beside the trial's earlier lists."""
    strata, orders, seen, held = [], list[StratumOrder](), list[str](), list[str]()
    for key, rows in groupby(records, key=lambda record: record.stratum):
        places = []
        for record in rows:
            places.append((record.arm, record.block))
            seen.append(record.number)
        held += [arm for arm, _ in places]
        strata.append(_stratum(key, places, design))
        orders += strata_of(((key, arm, block) for arm, block in places), design.arms)
    verdict = verdict_on(design, orders, earlier)
    return Acceptance(tuple(strata), lint_numbers(seen, held), verdict, origin, design.numbers or OURS)


def _stratum(key: str, places: list[tuple[str, int]], design: Design) -> StratumReport:
    arms, index = design.arms, {arm.code: n for n, arm in enumerate(design.arms)}
    blocks = [Counter(arm for arm, _ in block) for number, block in groupby(places, _block) if number]
    counts = Counter(arm for arm, _ in places)
    return StratumReport(
        key=key,
        envelopes=len(places),
        arms={arm.code: counts[arm.code] for arm in arms},
        block_sizes=dict(sorted(Counter(block.total() for block in blocks).items())),
        uneven_blocks=sum(not is_even(block, arms) for block in blocks),
        runs=dict(sorted(Counter(_run_lengths(arm for arm, _ in places)).items())),
        peak_range=_peak_range((arm for arm, _ in places), arms),
        guesses=guesses([index[arm] for arm, _ in places], [block for _, block in places], design, key),
    )


def is_even(counts: Mapping[str, int], arms: Sequence[ArmShare]) -> bool:
    """Whether these counts are a whole multiple of the ratio."""
    times = counts.get(arms[0].code, 0) // arms[0].share
    return all(counts.get(arm.code, 0) == times * arm.share for arm in arms)


def _block(place: tuple[str, int]) -> int:
    return place[1]


def _run_lengths(held: Iterable[str]) -> Iterable[int]:
    return (len(list(run)) for _, run in groupby(held))


def _peak_range(held: Iterable[str], arms: Sequence[ArmShare]) -> float:
    counts, shares, peak = dict.fromkeys((arm.code for arm in arms), 0), {a.code: a.share for a in arms}, 0.0
    for arm in held:
        counts[arm] += 1
        scaled = [count / shares[code] for code, count in counts.items()]
        peak = max(peak, max(scaled) - min(scaled))
    return peak
