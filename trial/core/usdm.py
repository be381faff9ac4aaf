"""A USDM 4.0 study definition as the draft of a protocol file, with a list of what was not carried over.

CDISC's Unified Study Definitions Model holds the design of a study; a protocol file also needs what only
the sponsor knows. Whatever is filled in without a source becomes a row of `[[assumptions]]`, and whatever
has no place in a protocol file is listed. A draft is for people to finish.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html import unescape
from typing import Any, assert_never

from trial.core.protocol import Unit
from trial.core.usdm_schedule import DraftVisit, Schedule, named, read_schedule

Json = Mapping[str, Any]

_TAG = re.compile(r'<usdm:(?:tag|ref)[^>]*?name="([^"]*)"[^>]*/?>')
_MARKUP = re.compile(r"<[^>]+>")
_ROMAN = {"IV": "4", "III": "3", "II": "2", "I": "1"}
_EVERY = {"daily": 1, "weekly": 7, "every week": 7, "once weekly": 7}
_MASKED = {
    "open": (),
    "single": ("participant",),
    "double": ("participant", "investigator"),
    "triple": ("participant", "care_provider", "investigator"),
    "quadruple": ("participant", "care_provider", "investigator", "outcomes_assessor"),
}


class NotUsdm(ValueError):
    """The document is not a USDM study definition."""


@dataclass
class Draft:
    """The protocol file as text, and what was not carried over, one sentence each."""

    text: str = ""
    lost: list[str] = field(default_factory=list)


def draft_protocol(document: Json) -> Draft:
    """The draft that follows from a USDM document. Raises NotUsdm."""
    versions = (document.get("study") or {}).get("versions") or []
    designs = versions[0].get("studyDesigns") if versions else None
    if not designs:
        raise NotUsdm("This is not a USDM 4.0 study definition: it has no study.versions[0].studyDesigns[0].")
    try:
        return _Writer(document, versions[0], designs[0], len(versions), len(designs)).draft()
    except (KeyError, TypeError, AttributeError, IndexError) as fault:
        raise NotUsdm(f"The document is not shaped like USDM 4.0 ({fault!r}).") from fault


class _Writer:
    def __init__(self, document: Json, version: Json, design: Json, versions: int, designs: int) -> None:
        self.version, self.design, self.usdm = version, design, str(document.get("usdmVersion", "?"))
        self.lost: list[str] = []
        self.assumed: list[tuple[str, str]] = []
        if versions > 1 or designs > 1:
            self.lost.append(f"only the first of {versions} versions and {designs} designs is read")

    def draft(self) -> Draft:
        schedule = read_schedule(self.design)
        parts = [
            *self._trial(),
            *self._sites(),
            *self._arms(),
            *self._course(),
            *self._visits(schedule),
            *self._criteria(),
        ]
        self.lost += schedule.lost
        self._list_the_rest()
        version = one_line(str(self.usdm))
        head = [
            f"# Drafted from a USDM {version} study definition. Finish it by hand; check_protocol helps.",
        ]
        head += ["# Not carried over:", *(f"# - {one_line(line)}" for line in self.lost), ""]
        text = "\n".join([*head, *parts, *self._assumptions()]) + "\n"
        return Draft(text, self.lost)

    def _trial(self) -> Iterator[str]:
        titles = {(row.get("type") or {}).get("decode", ""): row["text"] for row in self.version["titles"]}
        title = titles.get("Official Study Title") or next(iter(titles.values()), "?")
        acronym = titles.get("Study Acronym", "") or title[:20]
        nct, sponsor_number = self._identifiers()
        yield "format = 1\n\n[trial]"
        yield f"key = {quoted(nct.lower())}"
        yield f"acronym = {quoted(acronym)}"
        yield f"title = {both(title)}"
        yield f"version = {quoted(str(self.version.get('versionIdentifier') or '1'))}"
        yield f"sponsor = {quoted(self._sponsor())}"
        yield f"phase = {quoted(self._phase())}"
        yield f"target = {self._target()}"
        yield f"masked = {json.dumps(self._masked())}"
        yield f'identifiers = {{ nct = "{nct}", sponsor = {quoted(sponsor_number)} }}\n'
        prefix = re.sub(r"[^A-Z]", "", acronym.upper())[:6] or "P"
        self.assumed.append(("numbers.prefix", "The form of participant numbers is ours."))
        digits = max(2, len(str(len(self._site_rows()))))
        yield f"[numbers]\nprefix = {quoted(prefix)}\nsite_digits = {digits}\nserial_digits = 3\n"
        reason = "USDM has no limit from randomisation to the first dose."
        self.assumed.append(("limits.max_days_to_first_injection", reason))
        yield "[limits]\nmax_days_to_first_injection = 7\n"

    def _identifiers(self) -> tuple[str, str]:
        texts = [str(row.get("text", "")) for row in self.version.get("studyIdentifiers") or []]
        nct = next((text for text in texts if re.fullmatch(r"NCT\d{8}", text)), "")
        if not nct:
            self.lost.append("the NCT number: the document has none; NCT00000000 stands in its place")
        return nct or "NCT00000000", next((text for text in texts if text != nct), "?")

    def _sponsor(self) -> str:
        organizations = {row["id"]: row for row in self.version.get("organizations") or []}
        for role in self.version.get("roles") or []:
            if (role.get("code") or {}).get("decode") == "Sponsor" and role.get("organizationIds"):
                return named(organizations.get(role["organizationIds"][0], {}))
        return named(next(iter(organizations.values()), {}))

    def _phase(self) -> str:
        decode = _decoded(self.design.get("studyPhase"))
        numbers = re.findall(r"\b(IV|III|II|I|[1-4])\b", decode)
        return "/".join(_ROMAN.get(number, number) for number in numbers) or decode or "?"

    def _target(self) -> int:
        planned = (self.design.get("population") or {}).get("plannedEnrollmentNumber") or {}
        value = planned.get("value") or (planned.get("maxValue") or {}).get("value")
        if not value:
            self.assumed.append(("trial.target", "The document does not say how many are enrolled."))
        return max(1, int(value or 1))

    def _masked(self) -> list[str]:
        decode = _decoded(self.design.get("blindingSchema"))
        word = next((word for word in _MASKED if word in decode.lower()), "double")
        reason = f"The document says “{decode or 'nothing'}”; who exactly is masked is to be confirmed."
        self.assumed.append(("trial.masked", reason))
        return list(_MASKED[word])

    def _sites(self) -> Iterator[str]:
        sites = self._site_rows()
        for number, site in enumerate(sites, 1):
            code = str(number).rjust(max(2, len(str(len(sites)))), "0")
            yield f"[[sites]]\nnumber = {quoted(code)}\nname = {quoted(named(site))}\ncity = {quoted('?')}"
            yield 'zone = "Europe/Paris"\nholidays = { country = "FR" }\n'
            reason = "USDM gives a site neither a time zone nor a city; its days depend on it."
            self.assumed.append((f"sites[{code}].zone", reason))

    def _site_rows(self) -> list[Json]:
        organizations = self.version.get("organizations") or []
        return [site for row in organizations for site in row.get("managedSites") or []] or [{}]

    def _arms(self) -> Iterator[str]:
        administrations = [row for one in self._interventions() for row in one.get("administrations") or []]
        route = next((_decoded(row.get("route")) for row in administrations if row.get("route")), "?")
        yield f'[[drugs]]\ncode = "STUDY"\nlabel = {both("Study treatment")}\nroute = {both(route or "?")}\n'
        self.lost.append("which arm gets which dose: USDM links both through elements; see each preparation")
        product = named(next(iter(self._interventions()), {}))
        codes = _codes([named(arm) for arm in self.design.get("arms") or [{}]])
        for arm, code in zip(self.design.get("arms") or [{}], codes, strict=True):
            placebo = "placebo" in named(arm).lower()
            what = "Placebo" if placebo else product
            dose = "No active substance" if placebo else "see the protocol"
            yield f"[[arms]]\ncode = {quoted(code)}\nlabel = {both(named(arm))}\nratio = 1\n"
            yield f'[[arms.preparations]]\ndrug = "STUDY"\nproduct = {quoted(what)}'
            yield f'dose = {both(dose)}\nvolume_ml = "1"\n'
            self.assumed += [
                (f"arms[{code}].ratio", "USDM has no allocation ratio; equal arms are assumed."),
                (f"arms[{code}].preparations[STUDY].volume_ml", "USDM gives no volume; 1 mL stands here."),
            ]

    def _interventions(self) -> list[Json]:
        return list(self.version.get("studyInterventions") or [])

    def _course(self) -> Iterator[str]:
        """One course from day 1, as long and as often as the first administration says."""
        administrations = [row for one in self._interventions() for row in one.get("administrations") or []]
        days = self._dosing_days(administrations[0]) if administrations else [1]
        yield f'[[courses]]\ncode = "COURSE"\nlabel = {both("Treatment")}\ndrug = "STUDY"\nday = 1'
        in_a_row = days == list(range(1, len(days) + 1)) and len(days) > 1
        yield f"days = {{ consecutive = {len(days)} }}\n" if in_a_row else f"days = {days}\n"
        reason = "Read from the first administration's frequency and duration; compare with the protocol."
        self.assumed.append(("courses[COURSE].days", reason))
        for other in administrations[1:]:
            self.lost.append(f"the administration “{named(other)}”: one course is drafted, from the first")

    def _dosing_days(self, administration: Json) -> list[int]:
        often = _decoded(administration.get("frequency")).lower()
        quantity = (administration.get("duration") or {}).get("quantity") or {}
        unit = _decoded(quantity.get("unit")).lower()
        length = int(quantity.get("value") or 0) * {"day": 1, "week": 7}.get(unit, 0)
        if often not in _EVERY or not length:
            said = f"“{often or 'no frequency'}” for {quantity.get('value')} {unit or '?'}"
            self.lost.append(f"the days of dosing, {said}: a single dose on day 1 stands in their place")
            return [1]
        return [day for day in range(1, min(length, 1000) + 1) if (day - 1) % _EVERY[often] == 0]

    def _visits(self, schedule: Schedule) -> Iterator[str]:
        yield f'[screening]\ncode = "SCREENING"\nlabel = {both("Screening")}'
        yield f"from_day = {schedule.screening_from}\nto_day = -1\n"
        for visit, code in zip(schedule.visits, _codes([v.name for v in schedule.visits]), strict=True):
            yield from _visit(visit, code)

    def _criteria(self) -> Iterator[str]:
        items = {row["id"]: row for row in self.version.get("eligibilityCriterionItems") or []}
        counts = {"I": 0, "E": 0}
        filled = 0
        for row in self.design.get("eligibilityCriteria") or []:
            letter = "E" if "exclusion" in ((row.get("category") or {}).get("decode") or "").lower() else "I"
            counts[letter] += 1
            raw = str(items.get(row.get("criterionItemId") or "", {}).get("text") or named(row))
            filled += bool(_TAG.search(raw))
            yield f'[[criteria]]\nid = "{letter}{counts[letter]}"\ntext = {both(plain(raw) or named(row))}\n'
        if filled:
            self.lost.append(f"{filled} criteria hold placeholders; their names stand in brackets")
        if any(counts.values()):
            self.lost.append(
                "computed criteria: each is asked as yes or no; ages and limits are to be written"
            )
        else:
            yield f'[[criteria]]\nid = "I1"\ntext = {both("Meets the criteria of the protocol.")}\n'
            self.lost.append("eligibility criteria: the document has none")

    def _list_the_rest(self) -> None:
        self.lost.append("French: every sentence stands twice in the document's language; translate it")
        parts = [
            (self.design, "epochs"), (self.design, "elements"), (self.design, "studyCells"),
            (self.design, "estimands"), (self.design, "objectives"), (self.design, "indications"),
            (self.version, "amendments"), (self.version, "biomedicalConcepts"),
            (self.version, "narrativeContentItems"),
        ]  # fmt: skip
        for where, key in parts:
            if where.get(key):
                self.lost.append(f"{len(where[key])} {key}: a protocol file has no place for them")

    def _assumptions(self) -> Iterator[str]:
        for where, reason in self.assumed:
            yield f"[[assumptions]]\nfield = {quoted(where)}\nreason = {quoted(reason)}\n"


def _visit(visit: DraftVisit, code: str) -> Iterator[str]:
    yield f"[[visits]]\ncode = {quoted(code)}\nlabel = {both(visit.label)}"
    match visit.offset.unit:
        case Unit.MONTH:
            yield f"offset = {{ months = {visit.offset.value} }}"
        case Unit.DAY:
            yield f"day = {visit.offset.value + 1}"
        case Unit.WEEK:
            raise ValueError("A schedule of USDM counts in days and months.")
        case _:
            assert_never(visit.offset.unit)
    if visit.window.before or visit.window.after:
        yield f"window = {{ before = {visit.window.before}, after = {visit.window.after} }}"
    names = ", ".join(f"{{ name = {both(name)} }}" for name in visit.procedures)
    yield f"procedures = [{names}]\n" if names else ""


def one_line(text: str) -> str:
    """The same without a line break, which would end a comment."""
    return " ".join(text.split())


def quoted(text: str) -> str:
    """A TOML string: JSON's escapes are all TOML's as well."""
    return json.dumps(text.strip() or "?", ensure_ascii=False).replace("\x7f", "\\u007f")


def both(text: str) -> str:
    """The same words twice; somebody translates them."""
    return f"{{ en = {quoted(text)}, fr = {quoted(text)} }}"


def plain(text: str) -> str:
    """A sentence without markup; a placeholder by its name in brackets."""
    words = _MARKUP.sub(" ", _TAG.sub(r"[\1]", text))
    return re.sub(r"\s+", " ", unescape(words)).strip()


def _decoded(row: Json | None) -> str:
    """The words of a code or of an alias code."""
    code = (row or {}).get("standardCode") or row or {}
    return str(code.get("decode") or "")


def _codes(names: list[str]) -> list[str]:
    """A code for each name: capital letters, digits and dashes, at most 16, none twice."""
    codes: list[str] = []
    for name in names:
        code = re.sub(r"[^A-Z0-9]+", "-", name.upper()).strip("-")[:16].strip("-") or "X"
        number = 2
        stem = code
        while code in codes or code == "SCREENING":
            code, number = f"{stem[:12]}-{number}", number + 1
        codes.append(code)
    return codes
