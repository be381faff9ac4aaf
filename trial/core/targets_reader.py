"""Reads the targets of a protocol file. A target is a limit: nobody is randomised beyond it."""

from __future__ import annotations

from collections.abc import Collection

from trial.core.faults import Place
from trial.core.protocol import Protocol, Targets


def read_targets(root: Place) -> Targets:
    """The targets of sites and strata, and the shares at which one is said to come near."""
    if "targets" not in root:
        return Targets()
    place = root["targets"]
    notices = tuple(place.get("notices", Targets.notices))
    if list(notices) != sorted(set(notices)):
        place.fault("must rise from share to share, as 80, 95, 100 do.", "notices")
    return Targets(notices, _pairs(place, "sites"), _pairs(place, "strata"))


def check_targets(root: Place, protocol: Protocol) -> None:
    """Note targets of what the file does not have, and targets that contradict each other."""
    if "targets" not in root:
        return
    numbers = [site.number for site in protocol.sites]
    _check(root["targets"], "sites", protocol.targets.sites, numbers, protocol.target)
    _check(root["targets"], "strata", protocol.targets.strata, protocol.stratum_keys(), protocol.target)


def _pairs(place: Place, key: str) -> tuple[tuple[str, int], ...]:
    return tuple(place.get(key, {}).items())


def _check(
    place: Place, key: str, given: tuple[tuple[str, int], ...], known: Collection[str], target: int
) -> None:
    for name, number in given:
        if name not in known:
            place.fault(
                "names “%(name)s”, which this file does not have; it has %(known)s.",
                key,
                name,
                name=name,
                known=", ".join(known),
            )
        elif not 1 <= number <= target:
            place.fault("must be 1 to %(target)s, the target of the trial.", key, name, target=target)
    total = sum(number for _, number in given)
    if {name for name, _ in given} == set(known) and total < target:
        place.fault(
            "add up to %(total)s, so that the target of the trial, %(target)s, is never reached.",
            key,
            total=total,
            target=target,
        )
