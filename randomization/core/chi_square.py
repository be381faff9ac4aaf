"""The upper tail of the chi-square distribution, for lists too long to permute."""

from __future__ import annotations

import math

TERMS = 10_000
CLOSE = 1e-15
TINY = 1e-300


def upper_tail(statistic: float, degrees: int) -> float:
    """The chance of a value of `statistic` or more with that many degrees of freedom.

    The regularised incomplete gamma function Q(degrees / 2, statistic / 2): by its series below the mean
    and by Lentz's continued fraction above it (Abramowitz and Stegun 6.5.29 and 6.5.31).
    """
    a, x = degrees / 2, statistic / 2
    if x <= 0:
        return 1.0
    factor = math.exp(a * math.log(x) - x - math.lgamma(a))
    return 1 - factor * _series(a, x) if x < a + 1 else factor * _fraction(a, x)


def _series(a: float, x: float) -> float:
    term = total = 1 / a
    for n in range(1, TERMS):
        term *= x / (a + n)
        total += term
        if term < total * CLOSE:
            break
    return total


def _fraction(a: float, x: float) -> float:
    b = x + 1 - a
    c, d = 1 / TINY, 1 / b
    value = d
    for n in range(1, TERMS):
        numerator, b = -n * (n - a), b + 2
        d = 1 / ((numerator * d + b) or TINY)
        c = (b + numerator / c) or TINY
        value *= c * d
        if abs(c * d - 1) < CLOSE:
            break
    return value
