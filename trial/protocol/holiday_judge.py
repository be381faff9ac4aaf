"""Judges the holiday calendars of sites: the `holidays` package has to know them."""

from __future__ import annotations

from holidays import country_holidays

from trial.core.faults import Place
from trial.core.protocol import Protocol


def judge_holidays(root: Place, protocol: Protocol) -> None:
    """Holiday calendars that the `holidays` package does not know."""
    for index, site in enumerate(protocol.sites):
        country, subdivision = site.holidays.country, site.holidays.subdivision
        try:
            country_holidays(country, subdiv=subdivision or None)
        except NotImplementedError:
            root["sites"][index].fault(
                "no holiday calendar is known for %(name)s; check country and subdivision.",
                "holidays",
                name=" ".join(filter(None, (country, subdivision))),
            )
