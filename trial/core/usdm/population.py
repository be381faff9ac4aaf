"""Who may take part: the criteria in words, the planned age and sex, and what is for a part of them only."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from trial.core.judges.unfinished import GAP
from trial.core.usdm.document import Study
from trial.core.usdm.tree import Node, by_id
from trial.core.usdm.writing import Notes, both, decimal, numbered, plain

_IDENTIFIER = re.compile(r"[A-Za-z]{0,3}[ ._-]?0*([1-9][0-9]{0,3})\Z")
_EXCLUSION, _INCLUSION = "C25370", "C25532"
_SEXES = {"C16576": "female", "C20197": "male", "F": "female", "M": "male"}


@dataclass(frozen=True)
class Criterion:
    """One criterion as the document has it. `group` is I, E, or empty where the document does not say."""

    group: str
    identifier: str
    text: str


def criterion_lines(study: Study, notes: Notes) -> Iterator[str]:
    """`[[criteria]]`, numbered as the document numbers them; then age and sex as they are planned."""
    rows = _criteria(study, notes)
    names = _numbered(rows, notes)
    for row, name in zip(rows, names, strict=True):
        if not row.group:
            notes.assume(f"criteria[{name}]", "The document does not say whether it lets in or keeps out.")
        yield f'[[criteria]]\nid = "{name}"\ntext = {both(row.text)}\n'
    gaps = sum(bool(GAP.search(row.text)) for row in rows)
    if gaps:
        words = numbered(gaps, "criterion fills", "criteria fill")
        notes.lost.append(f"what {words} in from elsewhere: the gaps stand as [? name]")
    if rows:
        notes.assume(
            "criteria", "Each is asked as yes or no, and has no French words; bounds can be computed."
        )
    else:
        notes.assume("criteria", "The document has no eligibility criteria.")
        yield f'[[criteria]]\nid = "I1"\ntext = {both("")}\n'
    last = max((int(name[1:]) for name in [*names, "I1" * (not rows)] if name.startswith("I")), default=0)
    yield from _planned(study, last, notes)
    _say_parts(study, notes)


def _criteria(study: Study, notes: Notes) -> list[Criterion]:
    items = by_id(study.version.nodes("eligibilityCriterionItems"), "criterion items")
    found = []
    for row in study.design.nodes("eligibilityCriteria"):
        item = items.get(row.text("criterionItemId"), Node({}))
        if not item:
            notes.lost.append(f"the words of the criterion “{row.name}”: the document has no item for it")
        found.append(
            Criterion(_group(row.code("category")), row.text("identifier"), plain(item.text("text")))
        )
    return found


def _group(category: Node) -> str:
    words = category.text("decode").lower()
    if category.text("code") == _EXCLUSION or "exclusion" in words:
        return "E"
    return "I" if category.text("code") == _INCLUSION or "inclusion" in words else ""


def _numbered(rows: list[Criterion], notes: Notes) -> list[str]:
    """I1, I2, E1 by the document's own numbers where each has one; else counted."""
    own = [_IDENTIFIER.match(row.identifier) for row in rows]
    names = [f"{row.group or 'I'}{match.group(1)}" for row, match in zip(rows, own, strict=True) if match]
    if len(set(names)) == len(rows):
        return names
    if any(row.identifier for row in rows):
        said = ", ".join(row.identifier or "none" for row in rows[:5])
        notes.lost.append(f"the numbers of the criteria ({said} …): they are counted here")
    counts = {"I": 0, "E": 0}
    for row in rows:
        counts[row.group or "I"] += 1
        names.append(f"{row.group or 'I'}{counts[row.group or 'I']}")
    return names[-len(rows) :]


def _planned(study: Study, last: int, notes: Notes) -> Iterator[str]:
    population = study.design.node("population")
    for number, lines in enumerate([*_age(population), *_sex(population)], last + 1):
        yield f'[[criteria]]\nid = "I{number}"\n{lines}\n'
        notes.assume(
            f"criteria[I{number}]",
            "From the population that is planned. Compare it with the criteria in words, and ask it once.",
        )


def _age(population: Node) -> Iterator[str]:
    """A computed criterion where the bounds are whole years; a question where they are not."""
    planned = population.node("plannedAge")
    low, high = planned.node("minValue"), planned.node("maxValue")
    if low.number("value") is None and high.number("value") is None:
        return
    bounds = (("minimum", low), ("maximum", high))
    given = [(key, end) for key, end in bounds if end.number("value") is not None]
    text = both(_age_words(low, high, is_about=planned.flag("isApproximate")))
    if planned.flag("isApproximate") or any(years(end) is None for _, end in given):
        yield f"text = {text}"
        return
    yield "\n".join([f"text = {text}", 'kind = "age"', *(f"{key} = {years(end)}" for key, end in given)])


def years(end: Node) -> int | None:
    """The bound in completed years. Months are not turned into years: 24 months are not “2 years or less”."""
    value = end.number("value")
    is_whole = value is not None and value.denominator == 1 and 0 <= value <= 150
    return int(value) if value is not None and is_whole and end.decode("unit").lower() in _YEARS else None


_YEARS = {"year", "years"}


def _age_words(low: Node, high: Node, *, is_about: bool) -> str:
    about = "about " if is_about else ""
    lowest, highest = low.number("value"), high.number("value")
    if lowest is None:
        return f"Aged {about}{_amount(highest, high)} or less."
    if highest is None:
        return f"Aged {about}{_amount(lowest, low)} or more."
    return f"Aged {about}{_amount(lowest, low)} to {_amount(highest, high)}, both included."


def _amount(value: Fraction | None, end: Node) -> str:
    unit = end.decode("unit").lower() or "[? unit]"
    number = decimal(value or Fraction(0))
    plural = "" if number == "1" or unit.endswith(("s", "]")) else "s"
    return f"{number} {unit}{plural}"


def planned_sexes(population: Node) -> set[str]:
    """`female`, `male` or both; other words as they stand."""
    rows = population.nodes("plannedSex")
    words = {_SEXES.get(row.text("code"), row.text("decode").lower()) for row in rows}
    return {"female", "male"} if words & {"both", "all"} else words - {""}


def _sex(population: Node) -> Iterator[str]:
    """A criterion where one sex is planned; where both are, there is nothing to ask."""
    words = planned_sexes(population)
    if len(words) == 1:
        yield f"text = {both(f'Is {words.pop()}.')}"


def _say_parts(study: Study, notes: Notes) -> None:
    """The cohorts: a part of the people, with criteria of its own."""
    population = study.design.node("population")
    for row in population.nodes("cohorts"):
        planned = row.node("plannedEnrollmentNumber")
        number = planned.number("value") or planned.node("maxValue").number("value")
        of = f", {decimal(number)} planned" if number else ""
        keys = row.texts("criterionIds")
        own = f", {numbered(len(keys), 'criterion', 'criteria')} of its own" if keys else ""
        notes.lost.append(f"the cohort “{row.name}”{of}{own}: there is one population, and strata, here")
