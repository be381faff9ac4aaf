"""Judges the time zones of sites: each has to be a place of the pinned rules, and in the site's country."""

from __future__ import annotations

from trial.core.faults import Place
from trial.core.judges.asked import ask
from trial.core.protocol import Protocol, ProtocolSite
from trial.core.sentences import Sentence
from trial.core.zones import known_zones, lies_in, place_instead_of, zones_of

NO_PLACE = Sentence(
    "“%(zone)s” is no place: it keeps a fixed distance from UTC, means something else on each machine, or "
    "nothing. Use the IANA name of a place such as Europe/Paris."
)
ELSEWHERE = Sentence(
    "“%(zone)s” is no zone of %(country)s, the country of the site; its zones are %(places)s"
)
_SHOWN = 3
OLDER_NAME = Sentence("“%(zone)s” is an older name. Write %(place)s.")


def judge_zones(root: Place, protocol: Protocol) -> None:
    """Names that are no place in a country: of machines, fixed distances, rules, older names."""
    for index, site in enumerate(protocol.sites):
        if site.zone not in known_zones():
            place = place_instead_of(site.zone)
            said = (
                OLDER_NAME.having(zone=site.zone, place=place) if place else NO_PLACE.having(zone=site.zone)
            )
            root["sites"][index].note(said, "zone")
        elif not lies_in(site.zone, site.holidays.country, with_territories=bool(site.holidays.subdivision)):
            found = ELSEWHERE.having(zone=site.zone, country=site.holidays.country, places=_places(site))
            ask(root["sites"][index], protocol, root, "zone", site.zone, found)


def _places(site: ProtocolSite) -> str:
    """The first few places of the country whose holidays the site keeps."""
    own = zones_of(site.holidays.country)
    return ", ".join(own[:_SHOWN]) + (" …" if len(own) > _SHOWN else "")
