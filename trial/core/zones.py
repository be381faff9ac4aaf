"""Time zones by the rules of the pinned `tzdata` package, whatever rules the machine has.

Python asks the machine first, and a machine's rules may be a year old: in the autumn of 2026 Vancouver,
Edmonton, Winnipeg, Casablanca and Havana would be an hour off. `use_pinned_rules` runs when `trial` is
imported, hence before anything of Velum reads a zone.
"""

from __future__ import annotations

import re
import zoneinfo
from functools import cache
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


def use_pinned_rules() -> None:
    """From now on this process reads zones from the package alone."""
    zoneinfo.reset_tzpath(())
    ZoneInfo.clear_cache()


@cache
def rules() -> str:
    """Which rules count, for people and for what was planned under them: `tzdata 2026.6`."""
    return f"tzdata {version('tzdata')}"


@cache
def known_zones() -> frozenset[str]:
    """The names that the package has for places, each in a country.

    No name for a fixed distance from UTC (`Etc/GMT+5`, `UTC`), which keeps no summer time, for rules without
    a place (`EST5EDT`), for an older name of a place (`US/Eastern`), or for none (`Factory`).
    """
    return frozenset(line.split("\t")[2] for line in _lines("zone.tab") if not line.startswith("#"))


@cache
def place_instead_of(name: str) -> str:
    """The place whose rules an older name has; empty where there is none."""
    links = (line.split() for line in _lines("tzdata.zi") if line.startswith("L "))
    found = {link[2]: link[1] for link in links}.get(name, "")
    return found if found in known_zones() else ""


_TERRITORIES = {
    "AU": ("CC", "CX", "NF"),
    "CN": ("HK", "MO"),
    "DK": ("FO", "GL"),
    "FI": ("AX",),
    "FR": ("BL", "GF", "GP", "MF", "MQ", "NC", "PF", "PM", "RE", "TF", "WF", "YT"),
    "GB": ("AI", "BM", "FK", "GG", "GI", "IM", "JE", "KY", "MS", "SH", "TC", "VG"),
    "NL": ("AW", "BQ", "CW", "SX"),
    "NO": ("SJ",),
    "NZ": ("CK", "NU", "TK"),
    "US": ("AS", "GU", "MP", "PR", "UM", "VI"),
}
"""Parts of a country that ISO 3166 gives a code of their own, and that may keep the country's holidays."""


@cache
def zones_of(country: str, *, with_territories: bool = False) -> tuple[str, ...]:
    """The places of a country by its ISO 3166 code, in the order of the table; none where it has none."""
    codes = {country, *(_TERRITORIES.get(country, ()) if with_territories else ())}
    rows = [line.split("\t") for line in _lines("zone.tab") if not line.startswith("#")]
    return tuple(row[2] for row in rows if row[0] in codes)


@cache
def lies_in(name: str, country: str, *, with_territories: bool = False) -> bool:
    """Whether a zone is one of the country's, or its clocks go as one of those do from now on.

    True where nothing is known of the zone or of the country.
    """
    own = zones_of(country, with_territories=with_territories)
    if not own or name not in known_zones():
        return True
    return name in own or _clock(name) in {_clock(one) for one in own}


@cache
def _clock(name: str) -> str:
    """The rule by which a zone's clocks go after the last change of its table, without its letters."""
    rule = files("tzdata").joinpath("zoneinfo", *name.split("/")).read_bytes().rstrip().rpartition(b"\n")[2]
    return re.sub(r"<[^>]*>|[A-Za-z]{3,}", "", rule.decode("ascii"))


def _lines(name: str) -> list[str]:
    text = (files("tzdata") / "zoneinfo" / name).read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line]


def zone(name: str) -> ZoneInfo:
    """The zone of that name, spelled exactly so. Raises ZoneInfoNotFoundError or ValueError.

    A name that only the machine knows, `localtime` say, keeps what it meant: an installed trial may have
    it. A new protocol file may not.
    """
    try:
        return ZoneInfo(name)
    except ZoneInfoNotFoundError:
        found = _on_the_machine(name)
        if found is None:
            raise
        with found.open("rb") as source:
            return ZoneInfo.from_file(source, key=name)


_MACHINE = ("/usr/share/zoneinfo", "/usr/lib/zoneinfo", "/usr/share/lib/zoneinfo", "/etc/zoneinfo")


def _on_the_machine(name: str) -> Path | None:
    parts = Path(name).parts
    if ".." in parts or Path(name).is_absolute():
        return None
    paths = (Path(folder, name) for folder in _MACHINE)
    return next((path for path in paths if path.is_file()), None)
