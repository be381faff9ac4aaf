"""Reads `[record]`, the table of what the registry record says."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import TypeVar

from trial.core.faults import Place
from trial.core.record.values import (
    NO_RECORD,
    Allocation,
    Director,
    DirectorRole,
    Masking,
    Model,
    Objective,
    Publication,
    Purpose,
    Record,
    Sex,
)

Value = TypeVar("Value")
_DOI = re.compile(r"10\.[0-9]{4,9}/\S+\Z")


def read_record(root: Place) -> Record:
    """The record, or an empty one where the file carries none."""
    if "record" not in root:
        return NO_RECORD
    place = root["record"]
    place.distinct("objectives", "id", "objective")
    return Record(
        condition=place.text("condition") if "condition" in place else None,
        allocation=_given(place, "allocation", Allocation),
        intervention_model=_given(place, "intervention_model", Model),
        purpose=_given(place, "purpose", Purpose),
        masking=_given(place, "masking", Masking),
        sex=_given(place, "sex", Sex),
        healthy_volunteers=place.get("healthy_volunteers"),
        minimum_age=place.get("minimum_age"),
        maximum_age=place.get("maximum_age"),
        started_on=_day(place, "started_on"),
        completed_on=_day(place, "completed_on"),
        director=_director(place["director"]) if "director" in place else None,
        publication=_publication(place["publication"]) if "publication" in place else None,
        objectives=place.read("objectives", lambda row: Objective(row.get("id"), row.text("text"))),
    )


def _given(place: Place, key: str, kind: Callable[[str], Value]) -> Value | None:
    return kind(place.get(key)) if key in place else None


def _day(place: Place, key: str) -> date | None:
    if key not in place:
        return None
    try:
        return date.fromisoformat(place.get(key))
    except ValueError:
        place.fault("“%(day)s” is no day; write year, month and day as 2015-09-30.", key, day=place.get(key))
        return None


def _director(place: Place) -> Director:
    role = place.get("role", DirectorRole.STUDY_DIRECTOR.value)
    return Director(place.get("name"), DirectorRole(role), place.get("affiliation", ""))


def _publication(place: Place) -> Publication:
    doi = place.get("doi", "")
    if doi and not _DOI.match(doi):
        place.fault("“%(doi)s” is no DOI; write it as 10.1016/j.ebiom.2020.102844.", "doi", doi=doi)
    return Publication(place.get("citation"), doi)
