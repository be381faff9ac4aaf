"""Study definitions in USDM 4.0 for the tests of the import, and a person who completes a draft."""

from __future__ import annotations

import copy
import re
from typing import Any

from trial.core.usdm.draft import Draft, draft_protocol
from trial.protocol.countries import ATLAS

Json = dict[str, Any]


def code(decode: str, number: str = "") -> Json:
    return {"code": number, "decode": decode, "instanceType": "Code"}


def alias(decode: str) -> Json:
    return {"standardCode": code(decode)}


def amount(value: object, unit: str | None = None) -> Json:
    return {"value": value, "unit": alias(unit) if unit else None}


def timing(name: str, of: str, to: str, value: str, kind: str = "After", **more: object) -> Json:
    link = {"relativeFromScheduledInstanceId": of, "relativeToScheduledInstanceId": to}
    how = code("Start to Start")
    return {"name": name, "type": code(kind), "value": value, "relativeToFrom": how, **link, **more}


def instance(key: str, **more: object) -> Json:
    kind = "ScheduledActivityInstance"
    return {"id": key, "name": key, "label": f"Visit {key}", "instanceType": kind, **more}


def timeline(instances: list[Json], timings: list[Json], **more: object) -> Json:
    return {
        "id": "TL",
        "name": "Main",
        "mainTimeline": True,
        "instances": instances,
        "timings": timings,
        **more,
    }


def administration(
    name: str = "Dose", often: str = "Daily", value: object = 5, unit: str = "Day", **more: object
) -> Json:
    duration = {"quantity": amount(value, unit)}
    return {"name": name, "frequency": alias(often), "duration": duration, **more}  # fmt: skip


DAY_1 = timing("t0", "D1", "D1", "P1D", "Fixed Reference")
CRITERION = '<p>At least <usdm:tag name="age"/> &amp; well.</p>'

DESIGN: Json = {
    "id": "D",
    "name": "Design",
    "instanceType": "InterventionalStudyDesign",
    "arms": [
        {"id": "P", "label": "Placebo", "type": code("Placebo Control Arm")},
        {"id": "A", "label": "Active", "type": code("Active Comparator Arm")},
    ],
    "studyPhase": alias("Phase IIa Trial"),
    "blindingSchema": alias("Double Blind Study"),
    "population": {"plannedEnrollmentNumber": {"value": 24.0}},
    "eligibilityCriteria": [{"criterionItemId": "C", "category": code("Inclusion")}],
    "scheduleTimelines": [
        timeline(
            [instance(key) for key in ("S", "D1", "W2", "N", "M3", "LOST")],
            [
                DAY_1,
                timing("ts", "S", "D1", "P2W", "Before", windowLower="P14D", windowUpper="P13D"),
                timing("tn", "N", "W2", "P3D"),
                timing("t2", "W2", "D1", "P2W", windowLower="P1D", windowUpper="P3D"),
                timing("t3", "M3", "D1", "P3M", windowLower="PT4H"),
            ],
        )
    ],
}
VERSION: Json = {
    "versionIdentifier": "3",
    "titles": [
        {"text": "A small <study>", "type": code("Official Study Title")},
        {"text": "SMALL", "type": code("Study Acronym")},
    ],
    "studyIdentifiers": [{"text": "NCT00000001", "scopeId": "R"}, {"text": "SMALL-1", "scopeId": "O1"}],
    "organizations": [{"id": "R", "name": "ClinicalTrials.gov"}, {"id": "O1", "name": "A hospital"}],
    "roles": [{"code": code("Sponsor", "C70793"), "organizationIds": ["O1"]}],
    "studyInterventions": [{"id": "X", "label": "Exemplumab", "administrations": [administration()]}],
    "eligibilityCriterionItems": [{"id": "C", "text": CRITERION}],
}


def document(
    design: Json | None = None, version: Json | None = None, usdm: object = "4.0.0", **more: object
) -> Json:
    """A whole document; `design`, `version` and `more` replace what stands there, by key."""  # fmt: skip
    designs = [{**copy.deepcopy(DESIGN), **(design or {})}]
    whole = {**copy.deepcopy(VERSION), "studyDesigns": designs, **(version or {})}
    return {"usdmVersion": usdm, "study": {"versions": [whole]}, **more}


def scheduled(instances: list[Json], timings: list[Json], **design: object) -> Json:
    """A document with that main timeline; the first timing makes D1 day 1."""
    return document({"scheduleTimelines": [timeline(instances, [DAY_1, *timings])], **design})


def planned(**population: object) -> Json:
    """A document with that population."""
    return document({"population": {"plannedEnrollmentNumber": {"value": 24}, **population}})


def draft(of: Json) -> Draft:
    return draft_protocol(of, ATLAS)


def lost(of: Json) -> str:
    return "\n".join(draft(of).lost)


ANSWERS = {
    "key": '"nct00000002"', "nct": '"NCT00000002"', "target": "24", "from_day": "-28", "to_day": "-1",
    "max_days_to_first_injection": "7", "zone": '"Europe/Paris"', "country": '"FR"', "ratio": "1",
    "days": "[1]", "day": "1", "before": "0", "after": "0", "prefix": '"XX"', "code": '"X1"',
}  # fmt: skip
_UNSAID = re.compile(r'(\w+)( = )"\?"')
_DOSE = re.compile(r'dose = \{ en = "([^"]*)", fr = "[^"]*" \}')


def completed(text: str) -> str:
    """The draft after a person has said everything: each `?` replaced, each gap filled, each row answered."""
    text = text.replace('masked = ["?"]', 'masked = ["participant"]').replace(
        'status = "open"', 'status = "answered"'
    )
    head, *arms = text.split("[[arms]]")
    text = "[[arms]]".join([head, *(_prepared(arm, number) for number, arm in enumerate(arms, 1))])
    text = _UNSAID.sub(
        lambda found: f"{found[1]}{found[2]}{ANSWERS.get(found[1], chr(34) + 'Said' + chr(34))}", text
    )
    return re.sub(r"\[\?[^\]]*\]", "said", text)  # fmt: skip


def _prepared(arm: str, number: int) -> str:
    """Half a millilitre for every arm, and a concentration that makes the dose."""
    given = _DOSE.search(arm)
    milligrams = next(iter(re.findall(r"\d+", given[1])), str(10 * number)) if given else ""
    arm = arm.replace('volume_ml = "?"', 'volume_ml = "0.5"')
    arm = arm.replace('concentration = "?"', f'concentration = "{2 * int(milligrams or 0)} mg/mL"')
    arm = arm.replace('product = "?"', f'product = "Product {number}"')
    if given and "No active" not in given[1]:
        arm = arm.replace(given[0], f'dose = {{ en = "{milligrams} mg", fr = "{milligrams} mg" }}')
    return arm
