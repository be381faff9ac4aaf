"""Countries as libraries know them: their codes, and the time zones in them."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from holidays import country_holidays

from trial.core.usdm.places import Atlas

_ALSO = {
    "united kingdom": "GB",
    "united kingdom of great britain and northern ireland": "GB",
    "united states of america": "US",
    "czechia": "CZ",
    "republic of korea": "KR",
    "south korea": "KR",
    "türkiye": "TR",
    "russian federation": "RU",
    "viet nam": "VN",
}
"""Names that ISO 3166 or people use, where the zones' table has others."""


def alpha_2(words: str) -> str:
    """The ISO 3166 code of two letters for one of three, or for the country's English name; else empty.

    Only countries whose holidays can be told: a protocol file names no other.
    """
    named = _names().get(words.strip().casefold(), words.strip().upper())
    try:
        return str(country_holidays(named).country) if named.isalpha() and len(named) < 4 else ""
    except NotImplementedError:
        return ""


def zones(country: str) -> tuple[str, ...]:
    """The IANA time zones of a country, by its code of two letters."""
    return _zones().get(country, ())


@cache
def _names() -> dict[str, str]:
    return {**{name.casefold(): code for code, name in _rows("iso3166.tab")}, **_ALSO}


@cache
def _zones() -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for code, _, zone, *_ in _rows("zone.tab"):
        found[code] = (*found.get(code, ()), zone)
    return found


def _rows(name: str) -> list[list[str]]:
    text = (files("tzdata") / "zoneinfo" / name).read_text(encoding="utf-8")
    return [line.split("\t") for line in text.splitlines() if line and not line.startswith("#")]


ATLAS = Atlas(alpha_2, zones)
