"""`[record]`: what a registry says of a study beside the rules, as far as the document says it too."""

from __future__ import annotations

from collections.abc import Iterator

from trial.core.usdm.document import Study
from trial.core.usdm.masking import schema
from trial.core.usdm.population import planned_sexes, years
from trial.core.usdm.tree import Node
from trial.core.usdm.writing import Notes, both, numbered, one_line, plain, quoted

_MODELS = ("parallel", "crossover", "factorial", "sequential", "single group")
_PURPOSES = (
    "treatment", "prevention", "diagnostic", "supportive care", "screening", "health services research",
    "basic science", "device feasibility",
)  # fmt: skip
_MASKING = {"open": "none"}
_SEX = {
    frozenset({"female", "male"}): "all",
    frozenset({"female"}): "female",
    frozenset({"male"}): "male",
}
_OLDEST = 120
_SECONDARY = "C85827"


def record_lines(study: Study, notes: Notes) -> Iterator[str]:
    """The table, with what the document has of it; every word of it is to be compared with the registry."""
    rows = [row for row in _rows(study, notes) if row]
    objectives = list(_objectives(study, notes))
    if not rows and not objectives:
        return
    notes.assume("record", "From the study definition. Compare it with the registry; the French is missing.")
    yield "\n".join(["[record]", *rows, ""])
    for number, text in enumerate(objectives, 1):
        yield f'[[record.objectives]]\nid = "{number}"\ntext = {both(text)}\n'


def _rows(study: Study, notes: Notes) -> Iterator[str]:
    design, population = study.design, study.design.node("population")
    conditions = dict.fromkeys(one_line(row.name) for row in design.nodes("indications"))
    yield f"condition = {both(', '.join(conditions))}" if conditions else ""
    yield _word("allocation", _allocation(design))
    yield _word("intervention_model", _model(design))
    yield _word("purpose", _purpose(design, notes))
    yield _word("masking", _MASKING.get(schema(design), schema(design)))
    sexes = planned_sexes(population)
    yield _word("sex", _SEX.get(frozenset(sexes), ""))
    if "includesHealthySubjects" in population.value:
        yield f"healthy_volunteers = {str(population.flag('includesHealthySubjects')).lower()}"
    planned = population.node("plannedAge")
    for key, end in (("minimum_age", planned.node("minValue")), ("maximum_age", planned.node("maxValue"))):
        age = None if planned.flag("isApproximate") else years(end)
        yield f"{key} = {age}" if age is not None and age <= _OLDEST else ""


def _word(key: str, word: str) -> str:
    return f"{key} = {quoted(word.replace(' ', '_'))}" if word else ""


def _allocation(design: Node) -> str:
    rows = [*design.nodes("characteristics"), *design.nodes("subTypes")]
    said = " ".join(row.text("decode").lower() for row in rows)
    if "non-random" in said or "nonrandom" in said:
        return "non randomized"
    return "randomized" if "randomi" in said else ""


def _model(design: Node) -> str:
    said = design.decode("model").lower().replace("cross-over", "crossover").replace("-", " ")
    return next((word for word in _MODELS if word in said), "")


def _purpose(design: Node, notes: Notes) -> str:
    said = [row.text("decode") for row in design.nodes("intentTypes")]
    words = [next((word for word in _PURPOSES if word in one.lower()), "other") for one in said]
    for one in said[1:]:
        notes.lost.append(f"the purpose “{one}”: a protocol file has one")
    return words[0] if words else ""


def _objectives(study: Study, notes: Notes) -> Iterator[str]:
    """The secondary ones; the primary one and whatever else there is has no place."""
    for row in study.design.nodes("objectives"):
        level = row.code("level")
        text = plain(row.text("text")) or one_line(row.name)
        if level.text("code") == _SECONDARY or "secondary" in level.text("decode").lower():
            yield text
        else:
            notes.lost.append(f"the objective “{text}” ({level.text('decode').lower() or 'without a level'})")
    endpoints = sum(len(row.nodes("endpoints")) for row in study.design.nodes("objectives"))
    if endpoints:
        notes.lost.append(f"{numbered(endpoints, 'endpoint')} of the objectives")
