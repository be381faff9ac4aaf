"""The sites of a study: where they are, in which zone, and which public holidays they keep."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from trial.core.judges.unfinished import UNKNOWN
from trial.core.usdm.document import Study
from trial.core.usdm.identity import site_rows
from trial.core.usdm.tree import Node
from trial.core.usdm.writing import Notes, one_line, quoted


@dataclass(frozen=True)
class Atlas:
    """What libraries know of countries: the two-letter code of any other, and the time zones."""

    alpha_2: Callable[[str], str]
    """`USA` and `France` are `US` and `FR`; empty for words that are no country's."""
    zones: Callable[[str], tuple[str, ...]]
    """The IANA time zones of a country, by its two-letter code."""


def site_lines(study: Study, atlas: Atlas, notes: Notes) -> Iterator[str]:
    """One `[[sites]]` for each site of the document."""
    rows = site_rows(study)
    if not rows[0][0]:
        notes.assume("sites[01].name", "The document names no site.")
    for number, (site, organization) in enumerate(rows, 1):
        code = str(number).rjust(max(2, len(str(len(rows)))), "0")
        country = _country(site, organization, code, atlas, notes)
        zone = _zone(country, code, atlas, notes)
        city = _city(organization, code, notes)
        yield f"[[sites]]\nnumber = {quoted(code)}\nname = {quoted(one_line(site.name))}"
        yield f"city = {quoted(city)}"
        yield f"zone = {quoted(zone)}\nholidays = {{ country = {quoted(country)} }}\n"


def _country(site: Node, organization: Node, code: str, atlas: Atlas, notes: Notes) -> str:
    """The site's own country; else that of the organisation's address, to be confirmed."""
    own, address = site.code("country"), organization.node("legalAddress").code("country")
    if found := _alpha_2(own, atlas):
        reason = (
            "The public holidays of the whole country; name its part (`subdivision`) if that keeps others."
        )
        notes.assume(f"sites[{code}].holidays", reason)
        return found
    found = "" if own else _alpha_2(address, atlas)
    said = own.text("decode") or own.text("code") or "nothing"
    reason = f"The document says “{said}” of the site's country."
    if found:
        reason += f" {found} is the country of {one_line(organization.name)}."
    notes.assume(f"sites[{code}].holidays.country", reason)
    return found or UNKNOWN


def _alpha_2(country: Node, atlas: Atlas) -> str:
    words = (country.text("code"), country.text("decode"))
    return next((found for word in words if word and (found := atlas.alpha_2(word))), "")


def _zone(country: str, code: str, atlas: Atlas, notes: Notes) -> str:
    """The country's zone where it has one only; a day at the site depends on it, so it stays open."""
    zones = atlas.zones(country) if country != UNKNOWN else ()
    reason = "USDM gives a site no time zone."
    if len(zones) == 1:
        reason += f" {zones[0]} is the only one of {country}."
    elif zones:
        reason += f" {country} has {len(zones)}: {', '.join(zones[:12])}."
    notes.assume(f"sites[{code}].zone", reason)
    return zones[0] if len(zones) == 1 else UNKNOWN


def _city(organization: Node, code: str, notes: Notes) -> str:
    city = one_line(organization.node("legalAddress").text("city"))
    whose = f" {city} is that of {one_line(organization.name)}." if city else ""
    notes.assume(f"sites[{code}].city", f"USDM gives a site no city.{whose}")
    return city if city and len(organization.nodes("managedSites")) == 1 else UNKNOWN
