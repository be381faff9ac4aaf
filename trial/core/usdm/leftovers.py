"""Everything of a document for which a protocol file has no place, listed by name or by number."""

from __future__ import annotations

import re
from collections.abc import Iterator

from trial.core.usdm.document import Study
from trial.core.usdm.tree import Node
from trial.core.usdm.writing import numbered

_OF_ALL = {"id", "name", "label", "description", "instanceType"}
_READ = {
    "study": {"versions"},
    "version": {"versionIdentifier", "studyIdentifiers", "titles", "organizations", "roles",
        "studyInterventions", "eligibilityCriterionItems", "studyDesigns", "conditions",
        "administrableProducts", "medicalDevices"},
    "design": {"studyType", "studyPhase", "arms", "studyCells", "elements", "population",
        "eligibilityCriteria", "scheduleTimelines", "encounters", "activities", "blindingSchema", "model",
        "studyInterventionIds", "indications", "intentTypes", "objectives",
        "administrableProducts", "medicalDevices"},
    "population": {"includesHealthySubjects", "plannedEnrollmentNumber", "plannedSex", "plannedAge",
        "cohorts", "criterionIds"},
}  # fmt: skip
_WORD = re.compile(r"(?<=[a-z])(?=[A-Z])")


def left_over(study: Study) -> Iterator[str]:
    """One sentence for each thing, or each kind of thing, that a draft does not hold."""
    yield from _conditions(study)
    yield from _rules(study)
    yield from _unread(study.root.node("study"), "study")
    yield from _unread(study.version, "version")
    yield from _unread(study.design, "design")
    yield from _unread(study.design.node("population"), "population")
    visits = study.design.nodes("encounters")
    remote = [row.name for row in visits if any(_is_remote(mode) for mode in row.nodes("contactModes"))]
    if remote:
        yield f"how {numbered(len(remote), 'visit')} may be held other than in person: “{remote[0]}” …"


def _conditions(study: Study) -> Iterator[str]:
    """Each condition with what it is about: arms, visits, activities."""
    names = _names(study)
    for row in [*study.version.nodes("conditions"), *study.design.nodes("conditions")]:
        keys = [*row.texts("appliesToIds"), *row.texts("contextIds")]
        about = ", ".join(f"“{names.get(key, key)}”" for key in keys)
        words = row.text("text") or row.name
        where = f" on {about}" if about else ""
        yield f"the condition “{words}”{where}: what is planned here has no conditions"


def _names(study: Study) -> dict[str, str]:
    """What a condition may be about, by id."""
    design, activities = study.design, study.design.nodes("activities")
    parts = ("arms", "epochs", "elements", "encounters", "activities")
    concepts = ("biomedicalConcepts", "bcCategories", "bcSurrogates")
    rows = [
        *(row for key in parts for row in design.nodes(key)),
        *(row for timeline in design.nodes("scheduleTimelines") for row in timeline.nodes("instances")),
        *(row for activity in activities for row in activity.nodes("definedProcedures")),
        *(row for key in concepts for row in study.version.nodes(key)),
        *design.node("population").nodes("cohorts"),
    ]  # fmt: skip
    return {row.text("id"): row.name for row in rows if row.text("id")}


def _rules(study: Study) -> Iterator[str]:
    """When an element or a visit begins or ends, in words."""
    rows = [row for key in ("elements", "encounters") for row in study.design.nodes(key)]
    rules = [row.node(key) for row in rows for key in ("transitionStartRule", "transitionEndRule")]
    words = [rule.text("text") or rule.name for rule in rules if rule]
    if words:
        yield f"{numbered(len(words), 'rule')} of when an element or a visit begins or ends: “{words[0]}” …"


def _unread(node: Node, whose: str) -> Iterator[str]:
    for key, value in node.filled():
        if key not in _READ[whose] | _OF_ALL:
            number = f" ({len(value)})" if isinstance(value, list) else ""
            words = _WORD.sub(" ", key).lower()
            yield f"the {whose}'s {words}{number}: a protocol file has no place for that"


def _is_remote(mode: Node) -> bool:
    return mode.text("decode").lower() != "in person"
