"""The units in which medicines are measured, every way in which they are spelled, and what one is worth.

A unit is worth so many of the base unit of its kind: a gram, a millilitre, an international unit. Values are
fractions, so that nothing is rounded. Spellings keep their case: mIU is a thousandth, MIU a million.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from fractions import Fraction
from itertools import product


class Kind(Enum):
    """What is measured. Two amounts can be compared where their kinds are the same."""

    MASS = "mass"
    ACTIVITY = "activity"  # international units, and units without more
    SUBSTANCE = "amount of substance"
    CHARGE = "equivalents"
    DECAY = "radioactivity"
    CELLS = "cells"
    VOLUME = "volume"
    BODY_WEIGHT = "body weight"
    BODY_SURFACE = "body surface"
    TIME = "time"
    OTHER = "other"  # a unit of the trial's own, such as “AU”: known by its spelling alone


@dataclass(frozen=True)
class Unit:
    """A unit by one of its spellings. `language` is the only one that writes it so, or empty."""

    spelling: str
    kind: Kind
    worth: Fraction
    language: str = ""


_PREFIXES = {
    "k": Fraction(1000),
    "": Fraction(1),
    "d": Fraction(1, 10),
    "c": Fraction(1, 100),
    "m": Fraction(1, 1000),
    "µ": Fraction(1, 10**6),
    "μ": Fraction(1, 10**6),
    "u": Fraction(1, 10**6),
    "n": Fraction(1, 10**9),
    "p": Fraction(1, 10**12),
}
_WORDS = {
    "kilo": Fraction(1000),
    "": Fraction(1),
    "milli": Fraction(1, 1000),
    "micro": Fraction(1, 10**6),
    "nano": Fraction(1, 10**9),
    "pico": Fraction(1, 10**12),
}
_MILLION = Fraction(10**6)


def _symbols(symbol: str, kind: Kind, prefixes: str, base: Fraction = Fraction(1)) -> list[Unit]:
    return [Unit(prefix + symbol, kind, _PREFIXES[prefix] * base) for prefix in ("", *prefixes)]


def _words(word: str, kind: Kind, base: Fraction = Fraction(1)) -> list[Unit]:
    return [
        Unit(prefix + word + plural, kind, worth * base)
        for (prefix, worth), plural in product(_WORDS.items(), ("", "s"))
    ]


def _international() -> list[Unit]:
    """IU and UI with their multiples; a space behind the M is customary (M IU)."""
    multiples = {
        "": Fraction(1),
        "k": Fraction(1000),
        "M": _MILLION,
        "M ": _MILLION,
        "m": Fraction(1, 1000),
        "µ": Fraction(1, 10**6),
        "G": Fraction(10**9),
    }
    symbols = {"IU": "en", "UI": "fr"}
    return [
        Unit(prefix + symbol, Kind.ACTIVITY, worth, language)
        for (prefix, worth), (symbol, language) in product(multiples.items(), symbols.items())
    ]


_LITRE = Fraction(1000)
_OF_U = {"": Fraction(1), "k": Fraction(1000), "M": _MILLION, "m": Fraction(1, 1000)}
"""“U” is read so that its arithmetic is judged as well; that it may not stand there, `writing` says."""
_NAMED_ACTIVITY = {
    "international unit": "en",
    "international units": "en",
    "unit": "en",
    "units": "en",
    "unité internationale": "fr",
    "unités internationales": "fr",
    "unité": "fr",
    "unités": "fr",
}

UNITS: tuple[Unit, ...] = (
    *_symbols("g", Kind.MASS, "kdcmµμunp"),
    Unit("mcg", Kind.MASS, Fraction(1, 10**6)),
    *_words("gram", Kind.MASS),
    *_words("gramme", Kind.MASS),
    *_symbols("L", Kind.VOLUME, "dcmµμun", _LITRE),
    *_symbols("l", Kind.VOLUME, "dcmµμun", _LITRE),
    Unit("cm³", Kind.VOLUME, Fraction(1)),
    Unit("cm3", Kind.VOLUME, Fraction(1)),
    *_words("litre", Kind.VOLUME, _LITRE),
    *_words("liter", Kind.VOLUME, _LITRE),
    *_international(),
    *(Unit(name, Kind.ACTIVITY, Fraction(1), language) for name, language in _NAMED_ACTIVITY.items()),
    *_symbols("mol", Kind.SUBSTANCE, "mµμunp"),
    *_symbols("Eq", Kind.CHARGE, "mµμu"),
    *_symbols("Bq", Kind.DECAY, "k"),
    Unit("MBq", Kind.DECAY, _MILLION),
    Unit("GBq", Kind.DECAY, Fraction(10**9)),
    *(Unit(prefix + mark, Kind.ACTIVITY, worth) for prefix, worth in _OF_U.items() for mark in "Uu"),
    Unit("cells", Kind.CELLS, Fraction(1)),
    Unit("cellules", Kind.CELLS, Fraction(1)),
)
"""What can stand behind a number."""

BODY: tuple[Unit, ...] = (
    Unit("kg", Kind.BODY_WEIGHT, Fraction(1)),
    Unit("m²", Kind.BODY_SURFACE, Fraction(1)),
    Unit("m2", Kind.BODY_SURFACE, Fraction(1)),
)
TIMES: tuple[Unit, ...] = tuple(
    Unit(word, Kind.TIME, Fraction(1))
    for word in ("day", "d", "jour", "j", "injection", "dose", "syringe", "seringue", "vial", "flacon")
)
"""What may stand behind a stroke: each day, each injection."""

VOLUMES: tuple[Unit, ...] = tuple(unit for unit in UNITS if unit.kind is Kind.VOLUME)
