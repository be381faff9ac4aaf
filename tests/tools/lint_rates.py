"""How often the lint of numbers errs: `python -m tests.tools.lint_rates`; see docs/evidence.md.

Good lists: permuted blocks with numbers from the stream. Leaks: every number is as random as any, and
a share of the envelopes of one arm gets an even one.
"""

from __future__ import annotations

import hashlib
import random
from math import sqrt

from randomization.core import number_leaks
from randomization.core.design import ArmShare, Design, StratumSize
from randomization.core.methods import allocations
from randomization.core.number_leaks import lint_numbers
from randomization.core.numbers import draw_numbers

ARMS = tuple(ArmShare(code, 1) for code in "abc")
LISTS = 1000
FEATURES = 35
"""That vary in a list of 36 with numbers from the stream."""
SHARES = (0.6, 0.7, 0.8, 0.9, 1.0)


def good_list(serial: int, size: int = 36) -> tuple[list[str], list[str]]:
    """Numbers and arms of a list that was made by the book; `serial` chooses the seed."""
    design = Design(arms=ARMS, strata=(StratumSize("all", size),), block_sizes=(3, 6, 9))
    seed = hashlib.sha256(b"good list %d" % serial).digest()
    held = [allocation.arm for allocation in allocations(design, seed)]
    return list(draw_numbers(size, "live", seed)), held


def leaking_list(serial: int, share: float) -> tuple[list[str], list[str]]:
    """36 numbers, even for that share of one arm's envelopes and odd for that share of the others'."""
    held, source = good_list(serial)[1], random.Random(serial)
    numbers = []
    for arm in held:
        odd = (arm == "a") != (source.random() < share)
        numbers.append(f"R-{source.randrange(1000, 9000) * 2 + odd}")
    return numbers, held


def alarms(size: int, lists: int) -> int:
    """How many of so many good lists are refused."""
    return sum(bool(lint_numbers(*good_list(serial, size)).telling) for serial in range(lists))


def main() -> None:
    """Print the false alarms with and without Bonferroni, and the share of leaks that is found."""
    for size, lists in ((36, 20 * LISTS), (120, LISTS), (600, LISTS)):
        found = alarms(size, lists)
        print(f"{lists} good lists of {size}: {found} refused ({_interval(found, lists)})")
    corrected, number_leaks.ONE_IN = number_leaks.ONE_IN, number_leaks.ONE_IN // FEATURES
    found = alarms(36, LISTS)
    number_leaks.ONE_IN = corrected
    print(f"the same of 36 without Bonferroni: {found} refused ({_interval(found, LISTS)})")
    for share in SHARES:
        caught = sum(bool(lint_numbers(*leaking_list(serial, share)).telling) for serial in range(100))
        print(f"leak by parity in {share:.0%} of 36 envelopes: {caught} of 100 lists refused")


def _interval(found: int, of: int) -> str:
    """Wilson's 95 % interval of a share, in per cent."""
    z, p = 1.96, found / of
    middle, half = p + z * z / (2 * of), z * sqrt(p * (1 - p) / of + z * z / (4 * of * of))
    low, high = (100 * (middle + sign * half) / (1 + z * z / of) for sign in (-1, 1))
    return f"95 % interval {low:.2f} to {high:.2f} %"


if __name__ == "__main__":
    main()
