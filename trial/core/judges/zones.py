"""Judges the time zones of sites: each has to be a place of the pinned rules."""

from __future__ import annotations

from trial.core.faults import Place
from trial.core.protocol import Protocol
from trial.core.zones import known_zones


def judge_zones(root: Place, protocol: Protocol) -> None:
    """Names that only a machine knows, or at which no clock stands."""
    for index, site in enumerate(protocol.sites):
        if site.zone not in known_zones():
            root["sites"][index].fault(
                "“%(zone)s” is no place: it means something else on each machine, or nothing. Use an IANA "
                "name such as Europe/Paris.",
                "zone",
                zone=site.zone,
            )
