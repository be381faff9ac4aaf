"""Who does not know the arm: from the roles that the document calls masked, else from its blinding schema."""

from __future__ import annotations

from trial.core.judges.unfinished import UNKNOWN
from trial.core.usdm.document import Study
from trial.core.usdm.tree import Node
from trial.core.usdm.writing import Notes

_SCHEMAS = {
    "open": (),
    "single": ("participant",),
    "double": ("participant", "investigator"),
    "triple": ("participant", "care_provider", "investigator"),
    "quadruple": ("participant", "care_provider", "investigator", "outcomes_assessor"),
}
_PEOPLE = {
    "participant": ("participant", "subject", "patient"),
    "care_provider": ("care provider", "caregiver", "care giver"),
    "investigator": ("investigator",),
    "outcomes_assessor": ("assessor",),
}


def masked(study: Study, notes: Notes) -> list[str]:
    """The words of `trial.masked`; always to be confirmed, unless the trial is open and nobody is masked."""
    decode = study.design.decode("blindingSchema")
    named = _named(study, notes)
    word = schema(study.design)
    if named:
        notes.assume(
            "trial.masked", f"The document says “{decode or 'nothing'}”, and these roles are masked."
        )
        return named
    if not word:
        notes.assume("trial.masked", f"The document says “{decode or 'nothing'}” about who is masked.")
        return [UNKNOWN]
    if _SCHEMAS[word]:
        notes.assume("trial.masked", f"The document says “{decode}”, and not who exactly is masked.")
    return list(_SCHEMAS[word])


def schema(design: Node) -> str:
    """`open`, `single`, `double`, `triple` or `quadruple`; empty where the document says none or several."""
    found = [word for word in _SCHEMAS if word in design.decode("blindingSchema").lower()]
    return found[0] if len(found) == 1 else ""


def _named(study: Study, notes: Notes) -> list[str]:
    """Whom the document's roles name as masked; a role that has no word here is listed."""
    found: set[str] = set()
    for role in study.version.nodes("roles"):
        if not role.node("masking").flag("isMasked"):
            continue
        words = (role.decode("code") or role.name).lower()
        people = {one for one, names in _PEOPLE.items() if any(name in words for name in names)}
        found |= people
        if not people:
            notes.lost.append(
                f"that “{role.decode('code') or role.name}” is masked: four kinds of people can be"
            )
    return [one for one in _PEOPLE if one in found]
