"""Time zones by the rules of the pinned `tzdata` package, whatever rules the machine has.

Python asks the machine first, and a machine's rules may be a year old: in the autumn of 2026 Vancouver,
Edmonton, Winnipeg, Casablanca and Havana would be an hour off. `use_pinned_rules` runs when `trial` is
imported, hence before anything of Velum reads a zone.
"""

from __future__ import annotations

import zoneinfo
from functools import cache
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

NO_PLACES = frozenset({"Factory"})
"""Names in the package at which no clock stands. `localtime` and `posixrules` are a machine's own."""


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
    """The names that the package has for places, and for fixed distances from UTC."""
    return frozenset(files("tzdata").joinpath("zones").read_text(encoding="utf-8").split()) - NO_PLACES


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
