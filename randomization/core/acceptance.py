"""What a statistician reads before accepting a list: counts, blocks, runs, if numbers reveal the arm.

Values only; the whole of it names arms and is for the unblinded statistician alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from trial.core.sentences import Sentence

from .design import ArmShare
from .imported import OURS
from .number_leaks import Lint, lint_numbers
from .sealed_record import SealedRecord


@dataclass(frozen=True)
class StratumReport:
    """One stratum: envelopes of each arm, blocks of each size, runs of one arm by their length.

    `peak_range` is the largest lead of one arm over another at any place, in multiples of the ratio.
    `uneven_blocks` counts blocks that do not hold the ratio exactly; the last may be cut at the target.
    """

    key: str
    envelopes: int
    arms: Mapping[str, int]
    block_sizes: Mapping[int, int]
    uneven_blocks: int
    runs: Mapping[int, int]
    peak_range: float


@dataclass(frozen=True)
class Acceptance:
    """The report on one list. `origin` says where its order comes from and what could be compared,
    `numbers` whose the numbers are: `own` or `file`."""

    strata: tuple[StratumReport, ...]
    lint: Lint
    origin: Sentence
    numbers: str = OURS

    @property
    def arms(self) -> Mapping[str, int]:
        """Envelopes of each arm in the whole list."""
        return sum((Counter(stratum.arms) for stratum in self.strata), Counter())


def acceptance_of(
    records: Iterable[SealedRecord], arms: Sequence[ArmShare], origin: Sentence, numbers: str = OURS
) -> Acceptance:
    """The report on these envelopes, given in list order."""
    strata, seen, held = [], [], []
    for key, rows in groupby(records, key=lambda record: record.stratum):
        places = []
        for record in rows:
            places.append((record.arm, record.block))
            seen.append(record.number)
        held += [arm for arm, _ in places]
        strata.append(_stratum(key, places, arms))
    return Acceptance(tuple(strata), lint_numbers(seen, held), origin, numbers)


def _stratum(key: str, places: list[tuple[str, int]], arms: Sequence[ArmShare]) -> StratumReport:
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
