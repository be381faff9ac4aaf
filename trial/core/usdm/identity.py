"""What the study is: its titles, numbers, sponsor, phase and size."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from trial.core.judges.unfinished import UNKNOWN
from trial.core.usdm.document import Study
from trial.core.usdm.masking import masked
from trial.core.usdm.tree import Node, by_id
from trial.core.usdm.writing import Notes, both, known, numbered, one_line, quoted

_NCT = re.compile(r"\bNCT\s?-?([0-9]{8})\b", re.IGNORECASE)
_EUDRACT = re.compile(r"(?<![0-9-])[0-9]{4}-[0-9]{6}-[0-9]{2}(?![0-9-])")
_ROMAN = {"IV": "4", "III": "3", "II": "2", "I": "1"}
_PHASE = re.compile(r"\b(IV|III|II|I|[1-4])([AB]?)\b", re.IGNORECASE)
_SPONSOR = "C70793"


def trial_lines(study: Study, notes: Notes) -> Iterator[str]:
    """`[trial]`, `[numbers]` and `[limits]`."""
    acronym, title = _titles(study.version, notes)
    identifiers = _identifiers(study, notes)
    yield "format = 1\n\n[trial]"
    yield f"key = {quoted(identifiers['nct'].lower())}"
    yield f"acronym = {quoted(acronym)}"
    yield f"title = {both(title)}"
    notes.assume("trial.title", "The document has one language; the French title is missing.")
    _say_language(study, notes)
    yield f"version = {quoted(_version(study, notes))}"
    yield f"sponsor = {quoted(_sponsor(study, notes))}"
    yield f"phase = {quoted(_phase(study.design, notes))}"
    yield f"target = {known(_target(study.design, notes))}"
    yield f"masked = {json.dumps(masked(study, notes))}"
    given = ", ".join(f"{key} = {quoted(value)}" for key, value in identifiers.items())
    yield f"identifiers = {{ {given} }}\n"
    prefix = re.sub(r"[^A-Z]", "", acronym.upper())[:6]
    notes.assume("numbers", "The form of participant numbers is ours.")
    digits = max(2, len(str(len(site_rows(study)))))
    yield f"[numbers]\nprefix = {quoted(prefix)}\nsite_digits = {digits}\nserial_digits = 3\n"
    notes.assume(
        "limits.max_days_to_first_injection", "USDM has no limit from randomisation to the first dose."
    )
    yield f"[limits]\nmax_days_to_first_injection = {quoted(UNKNOWN)}\n"


def site_rows(study: Study) -> list[tuple[Node, Node]]:
    """Each site with the organisation that runs it; one empty pair where the document has none."""
    pairs = [
        (row, site) for row in study.version.nodes("organizations") for site in row.nodes("managedSites")
    ]
    return [(site, row) for row, site in pairs] or [(Node({}), Node({}))]


def _titles(version: Node, notes: Notes) -> tuple[str, str]:
    """Acronym and official title."""
    rows = [(row.decode("type").lower(), one_line(row.text("text"))) for row in version.nodes("titles")]
    acronym = next((text for kind, text in rows if "acronym" in kind), "")
    official = next((text for kind, text in rows if "official" in kind), "")
    other = next((text for kind, text in rows if "acronym" not in kind), "")
    if not acronym:
        notes.assume("trial.acronym", "The document has no acronym.")
    if other and not official:
        notes.assume("trial.title.en", "The document has no official title; another one stands here.")
    for kind, text in rows:
        if text not in (acronym, official or other):
            notes.lost.append(f"the {kind or 'title'} “{text}”: a protocol file has one title and an acronym")
    return acronym, official or other


def _say_language(study: Study, notes: Notes) -> None:
    """A document that is not in English: its words stand where English ones belong."""
    codes = [row.code("language") for row in study.root.node("study").nodes("documentedBy")]
    for language in {row.text("decode") or row.text("code") for row in codes if row}:
        if language.lower() not in {"en", "eng", "english"}:
            notes.lost.append(f"the language, {language}: its words stand under `en`; give English ones")
            notes.assume("trial.title.en", f"The document is in {language}; so are all words under `en`.")


def _version(study: Study, notes: Notes) -> str:
    names = [one_line(row.text("versionIdentifier")) or UNKNOWN for row in study.versions]
    if len(names) > 1:
        notes.lost.append(f"{len(names) - 1} of {len(names)} versions of the study: only {names[0]} is read")
    if len(study.designs) > 1:
        others = ", ".join(f"“{row.name}”" for row in study.designs[1:])
        notes.lost.append(
            f"{len(study.designs) - 1} of {len(study.designs)} designs, {others}: only the first, "
            f"“{study.designs[0].name}”, is read"
        )
    if len(names) > 1 or len(study.designs) > 1 or names[0] == UNKNOWN:
        reason = f"The document holds the versions {', '.join(names)} and {len(study.designs)} designs."
        notes.assume("trial.version", reason)
    return names[0]


def _identifiers(study: Study, notes: Notes) -> dict[str, str]:
    """`nct` and, where the document has them, `eudract` and the sponsor's own number."""
    organizations = by_id(study.version.nodes("organizations"), "organisations")
    sponsors = {row.text("id") for row in _sponsors(study)}
    found = {"nct": UNKNOWN}
    for row in study.version.nodes("studyIdentifiers"):
        text, scope = one_line(row.text("text")), row.text("scopeId")
        key, value = _kind_of(text, scope in sponsors)
        if text and (not key or found.get(key, UNKNOWN) not in (UNKNOWN, value)):
            whose = organizations[scope].name if scope in organizations else "an unnamed register"
            notes.lost.append(f"the number {text} of {whose}: a protocol file has no place for it")
        elif text:
            found[key] = value
    if found["nct"] == UNKNOWN:
        notes.assume("trial.key", "The document has no NCT number.")
        notes.assume("trial.identifiers.nct", "The document has no NCT number.")
    return found


def _kind_of(text: str, of_sponsor: bool) -> tuple[str, str]:
    """Which number it is, and how it is written here; no key for one that has no place."""
    if match := _NCT.search(text):
        return "nct", f"NCT{match.group(1)}"
    if match := _EUDRACT.search(text):
        return "eudract", match.group()
    return ("sponsor" if of_sponsor else ""), text


def _sponsors(study: Study) -> list[Node]:
    """The organisations whose role is the sponsor's."""
    organizations = by_id(study.version.nodes("organizations"), "organisations")
    roles = [row for row in study.version.nodes("roles") if _is_sponsor(row.code("code"))]
    keys = [key for row in roles for key in row.texts("organizationIds")]
    return [organizations[key] for key in keys if key in organizations]


def _say_roles(study: Study, notes: Notes) -> None:
    """Whoever else takes part in the study, and the persons who are named."""
    for row in study.version.nodes("roles"):
        persons = len(row.nodes("assignedPersons"))
        if persons or not _is_sponsor(row.code("code")):
            of = f" ({numbered(persons, 'person')})" if persons else ""
            notes.lost.append(f"the role “{row.decode('code') or row.name}”{of}: only the sponsor is named")


def _is_sponsor(code: Node) -> bool:
    return code.text("code") == _SPONSOR or code.text("decode").lower() in {"sponsor", "study sponsor"}


def _sponsor(study: Study, notes: Notes) -> str:
    sponsors = _sponsors(study)
    _say_roles(study, notes)
    for other in sponsors[1:]:
        notes.lost.append(f"the sponsor “{other.name}”: a protocol file names one")
    if not sponsors:
        notes.assume("trial.sponsor", "No organisation of the document has the role of the sponsor.")
    return one_line(sponsors[0].name) if sponsors else UNKNOWN


def _phase(design: Node, notes: Notes) -> str:
    decode = design.decode("studyPhase")
    numbers = [_ROMAN.get(number.upper(), number) + part.lower() for number, part in _PHASE.findall(decode)]
    if not decode:
        notes.assume("trial.phase", "The document gives no phase.")
    return "/".join(numbers) or decode


def _target(design: Node, notes: Notes) -> int | None:
    planned = design.node("population").node("plannedEnrollmentNumber")
    low, high = planned.node("minValue").number("value"), planned.node("maxValue").number("value")
    value = planned.number("value") or high or low
    is_range = low is not None and high is not None and low != high
    if value is None or value < 1 or value.denominator > 1:
        said = f"it says {float(value):g}" if value is not None else "it does not say how many"
        notes.assume("trial.target", f"The document gives no number of participants: {said}.")
        return None
    if is_range or planned.flag("isApproximate"):
        about = f"{low} to {high}" if is_range else f"about {value}"
        notes.assume("trial.target", f"The document plans {about} participants; the largest stands here.")
    elif planned.decode("unit"):
        notes.assume("trial.target", f"The document counts in “{planned.decode('unit')}”.")
    return int(value)
