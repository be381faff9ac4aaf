"""The draft of a protocol file from a USDM 4.0 study definition, and a list of what was not carried over.

CDISC's Unified Study Definitions Model holds the design of a study; a protocol file also needs what only
the sponsor knows. What the document does not say stands as `?`, and what the draft chose itself is an open
assumption: either stops the file until a person has replaced it. What has no place in a protocol file is
listed. A draft is for people to finish.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from trial.core.durations import Duration
from trial.core.usdm.document import Study, open_study
from trial.core.usdm.identity import trial_lines
from trial.core.usdm.leftovers import left_over
from trial.core.usdm.places import Atlas, site_lines
from trial.core.usdm.population import criterion_lines
from trial.core.usdm.products import products_left
from trial.core.usdm.registry import record_lines
from trial.core.usdm.schedule import DraftVisit, Schedule, read_schedule
from trial.core.usdm.treatment import arm_lines, course_lines, drug_lines
from trial.core.usdm.writing import Notes, both, codes, known, one_line, quoted


@dataclass(frozen=True)
class Draft:
    """The protocol file as text, and what was not carried over, one sentence each."""

    text: str
    lost: tuple[str, ...]


def draft_protocol(document: Mapping[str, Any], atlas: Atlas) -> Draft:
    """The draft that follows from a USDM document. Raises NotUsdm."""
    study = open_study(document)
    notes = Notes()
    schedule = read_schedule(study.design)
    body = [
        *trial_lines(study, notes),
        *record_lines(study, notes),
        *_screening_lines(schedule, notes),
        *site_lines(study, atlas, notes),
        *drug_lines(study, notes),
        *arm_lines(study, notes),
        *course_lines(study, notes),
        *_visit_lines(schedule, notes),
        *criterion_lines(study, notes),
    ]
    lost = tuple(
        one_line(line) for line in [*notes.lost, *products_left(study), *schedule.lost, *left_over(study)]
    )
    text = "\n".join([*_head(study, lost), *body, *_assumption_lines(notes)]) + "\n"
    return Draft(text, lost)


def _head(study: Study, lost: tuple[str, ...]) -> Iterator[str]:
    usdm = one_line(study.usdm) or "of a version that it does not name"
    yield f"# Drafted from a study definition in USDM {usdm}. It stops check_protocol until it is finished:"
    yield "# replace each “?”, compare each open row of [[assumptions]] with the protocol, and answer it."
    if lost:
        yield "# Not carried over:"
        yield from (f"# - {line}" for line in lost)
    yield ""


def _screening_lines(schedule: Schedule, notes: Notes) -> Iterator[str]:
    found = schedule.screening
    notes.assume("screening", found.why)
    yield f'[screening]\ncode = "SCREENING"\nlabel = {both("Screening", "Sélection")}'
    yield f"from_day = {known(found.from_day)}\nto_day = {known(found.to_day)}\n"


def _visit_lines(schedule: Schedule, notes: Notes) -> Iterator[str]:
    if not schedule.visits:
        notes.assume("visits", "The document plans no visit whose day can be told.")
        yield f"[[visits]]\ncode = {quoted('')}\nlabel = {both('')}\nday = {quoted('')}\n"
        return
    notes.assume("visits", "Their names and procedures have no French words; days count from the first dose.")
    names = [visit.name for visit in schedule.visits]
    for visit, code in zip(schedule.visits, codes(names), strict=True):
        yield from _visit(visit, code)


def _visit(visit: DraftVisit, code: str) -> Iterator[str]:
    yield f"[[visits]]\ncode = {quoted(code)}\nlabel = {both(one_line(visit.label))}\n{_distance(visit.at)}"
    if (visit.before, visit.after) != (0, 0):
        yield f"window = {{ before = {known(visit.before)}, after = {known(visit.after)} }}"
    names = ", ".join(f"{{ name = {both(one_line(name))} }}" for name in visit.procedures)
    yield f"procedures = [{names}]\n" if names else ""


def _distance(at: Duration) -> str:
    return f"offset = {{ months = {at.months} }}" if at.months else f"day = {at.days + 1}"


def _assumption_lines(notes: Notes) -> Iterator[str]:
    for where, reason in notes.assumed:
        yield f"[[assumptions]]\nfield = {quoted(where)}\nreason = {quoted(one_line(reason))}"
        yield 'status = "open"\n'
