"""What anybody can see of a randomisation number: the features that must not reveal the arm.

A feature gives each number of a list a label. Only which numbers share a label matters.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from itertools import pairwise

from trial.core.sentences import Sentence

Labels = Sequence[Hashable]
Feature = Callable[[Sequence[str]], Labels]

MODULI = range(2, 14)


def value(number: str) -> int:
    """The number's digits as one whole number; 0 where it has none."""
    return int("".join(filter(_is_digit, number)) or 0)


def letters(numbers: Sequence[str]) -> Labels:
    """What is left when the digits are taken out."""
    return ["".join(sign for sign in number if not _is_digit(sign)) for number in numbers]


def starts(count: int) -> Feature:
    """The first signs after those that all numbers share."""

    def labels(numbers: Sequence[str]) -> Labels:
        shared = shared_start(numbers)
        return [number[shared : shared + count] for number in numbers]

    return labels


def shared_start(numbers: Sequence[str]) -> int:
    """How many signs all numbers have in common at their beginning."""
    lowest, highest = min(numbers), max(numbers)
    pairs = enumerate(zip(lowest, highest, strict=False))
    return next((place for place, (a, b) in pairs if a != b), len(lowest))


def ends(count: int) -> Feature:
    """The last signs before those that all numbers share."""

    def labels(numbers: Sequence[str]) -> Labels:
        return starts(count)([number[::-1] for number in numbers])

    return labels


def sign_at(place: int) -> Feature:
    """The sign at one place, counted from 1 after those that all numbers share; "" where a number ends."""

    def labels(numbers: Sequence[str]) -> Labels:
        at = shared_start(numbers) + place - 1
        return [number[at : at + 1] for number in numbers]

    return labels


def sign_from_end(place: int) -> Feature:
    """The sign at one place, counted back from before the ending that all numbers share."""

    def labels(numbers: Sequence[str]) -> Labels:
        return sign_at(place)([number[::-1] for number in numbers])

    return labels


def remainder(divisor: int) -> Feature:
    """The remainder of the number's value."""
    return lambda numbers: [value(number) % divisor for number in numbers]


def body_remainder(divisor: int) -> Feature:
    """The remainder of what stands before the last digit, which may be a check digit."""
    return lambda numbers: [value(number) // 10 % divisor for number in numbers]


def digit_sums(numbers: Sequence[str]) -> list[int]:
    """The sum of the digits."""
    return [sum(int(sign) for sign in number if _is_digit(sign)) for number in numbers]


def gaps(numbers: Sequence[str]) -> list[int]:
    """By how much a number is above the one before it in the list; the first counts as 0."""
    values = [value(number) for number in numbers]
    return [0, *(later - earlier for earlier, later in pairwise(values))]


def thirds(values: Iterable[int]) -> list[int]:
    """The lowest, middle or highest third by rank; equal values share the lowest rank among them."""
    kept = list(values)
    ordered = sorted(kept)
    return [bisect_left(ordered, one) * 3 // len(ordered) for one in kept]


def _is_digit(sign: str) -> bool:
    return "0" <= sign <= "9"


_FEATURES: dict[Sentence, Feature] = {
    Sentence("its letters"): letters,
    Sentence("its length"): lambda numbers: [len(number) for number in numbers],
    Sentence("its first sign"): starts(1),
    Sentence("its first two signs"): starts(2),
    Sentence("its last sign"): ends(1),
    Sentence("its last two signs"): ends(2),
    **{Sentence("its remainder by %(divisor)s", divisor=divisor): remainder(divisor) for divisor in MODULI},
    **{
        Sentence("its remainder by %(divisor)s without the last digit", divisor=divisor): body_remainder(
            divisor
        )
        for divisor in MODULI
    },
    Sentence("its digit sum"): digit_sums,
    Sentence("the third of its digit sum"): lambda numbers: thirds(digit_sums(numbers)),
    Sentence("the third of its rank"): lambda numbers: thirds(value(number) for number in numbers),
    Sentence("its gap to the number before"): gaps,
    Sentence("the third of that gap"): lambda numbers: thirds(gaps(numbers)),
    Sentence("the parity of that gap"): lambda numbers: [gap % 2 for gap in gaps(numbers)],
    Sentence("whether it rises or falls"): lambda numbers: [(gap > 0) - (gap < 0) for gap in gaps(numbers)],
}


def features_of(numbers: Sequence[str]) -> Iterator[tuple[Sentence, Feature]]:
    """Every feature that such numbers may have: those above, and the sign at each further place."""
    yield from _FEATURES.items()
    for place in range(2, max(map(len, numbers), default=0) + 1):
        yield Sentence("its sign %(place)s", place=place), sign_at(place)
        yield Sentence("its sign %(place)s from the end", place=place), sign_from_end(place)
