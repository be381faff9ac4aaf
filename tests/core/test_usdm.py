"""A USDM study definition becomes a draft that can be read, and nothing is lost without being named."""

from __future__ import annotations

import copy
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from dosing.core.planning import plan
from trial.core.durations import Duration, parse_duration
from trial.core.usdm import NotUsdm, draft_protocol
from trial.protocol.files import parse_protocol

PILOT = Path(__file__).parents[3] / "shared" / "vectors" / "usdm" / "CDISC_Pilot_Study.json"


def code(decode: str) -> dict[str, str]:
    return {"decode": decode}


def timing(name: str, of: str, to: str, value: str, kind: str = "After", **more: object) -> dict[str, Any]:
    link = {"relativeFromScheduledInstanceId": of, "relativeToScheduledInstanceId": to}
    return {
        "name": name,
        "type": code(kind),
        "value": value,
        "relativeToFrom": code("Start to Start"),
        **link,
        **more,
    }


def instance(key: str) -> dict[str, Any]:
    return {"id": key, "name": key, "label": f"Visit {key}", "instanceType": "ScheduledActivityInstance"}


CRITERION = '<p>At least <usdm:tag name="age"/> &amp; well.</p>'
SMALL: dict[str, Any] = {
    "usdmVersion": "4.0.0",
    "study": {
        "versions": [
            {
                "versionIdentifier": "3",
                "titles": [{"text": "A small <study>", "type": code("Official Study Title")}],
                "studyIdentifiers": [{"text": "NCT00000001"}, {"text": "SMALL-1"}],
                "organizations": [{"id": "O1", "name": "Sponsor"}],
                "studyInterventions": [
                    {
                        "label": "Exemplumab",
                        "administrations": [
                            {
                                "frequency": {"standardCode": code("Daily")},
                                "duration": {"quantity": {"value": 5, "unit": {"standardCode": code("Day")}}},
                            }
                        ],
                    }
                ],
                "eligibilityCriterionItems": [{"id": "C", "text": CRITERION}],
                "studyDesigns": [
                    {
                        "arms": [{"label": "Placebo"}, {"label": "Active"}],
                        "studyPhase": {"standardCode": code("Phase IIa Trial")},
                        "blindingSchema": {"standardCode": code("Double Blind Study")},
                        "population": {"plannedEnrollmentNumber": {"value": 24.0}},
                        "eligibilityCriteria": [{"criterionItemId": "C", "category": code("Inclusion")}],
                        "scheduleTimelines": [
                            {
                                "mainTimeline": True,
                                "instances": [instance(key) for key in ("S", "D1", "W2", "N", "M3", "LOST")],
                                "timings": [
                                    timing("t0", "D1", "D1", "P0D", "Fixed Reference"),
                                    timing("ts", "S", "D1", "P2W", "Before"),
                                    timing("tn", "N", "W2", "P3D"),
                                    timing("t2", "W2", "D1", "P2W", windowLower="P1D", windowUpper="P3D"),
                                    timing("t3", "M3", "D1", "P3M", windowLower="PT4H"),
                                ],
                            }
                        ],
                    }
                ],
            }
        ]
    },
}  # fmt: skip


def design() -> dict[str, Any]:
    return copy.deepcopy(SMALL)


def test_the_draft_is_a_protocol_file_that_plans_the_visits_of_the_timeline():
    protocol = parse_protocol(draft_protocol(design()).text).protocol
    calendar = plan(protocol, first_injection=date(2026, 1, 31))
    assert [(row.code, row.date) for row in calendar.visits] == [
        ("D1", date(2026, 1, 31)),
        ("W2", date(2026, 2, 14)),
        ("N", date(2026, 2, 17)),
        ("M3", date(2026, 4, 30)),
    ]
    week_2 = calendar.visit("W2")
    assert (week_2.earliest, week_2.latest) == (date(2026, 2, 13), date(2026, 2, 17))
    assert len(calendar.injections) == 5 and protocol.screening.earliest_day == -14


def test_what_the_study_is_comes_over():
    protocol = parse_protocol(draft_protocol(design()).text).protocol
    assert (protocol.key, protocol.version, protocol.target) == ("nct00000001", "3", 24)
    assert (protocol.title.en, protocol.sponsor, protocol.identifiers.sponsor) == (
        "A small <study>",
        "Sponsor",
        "SMALL-1",
    )
    assert protocol.masked == ("participant", "investigator")
    assert [arm.code for arm in protocol.arms] == ["PLACEBO", "ACTIVE"]
    assert protocol.criteria[0].text.en == "At least [age] & well."


def test_what_is_filled_in_without_a_source_is_an_assumption():
    protocol = parse_protocol(draft_protocol(design()).text).protocol
    fields = {row.field for row in protocol.assumptions}
    assert {"sites[01].zone", "arms[ACTIVE].ratio", "courses[COURSE].days", "trial.masked"} <= fields


def test_what_has_no_place_is_listed():
    lost = " ".join(draft_protocol(design()).lost)
    assert "“Visit LOST”: no timing leads" in lost
    assert "the window of “Visit M3”, PT4H" in lost
    assert "1 criteria hold placeholders" in lost


ODD = [
    ("Weekly", 3, "Week", [1, 8, 15]),
    ("Daily", 2, "Week", list(range(1, 15))),
    ("Twice a day", 2, "Week", [1]),
]


@pytest.mark.parametrize(("often", "value", "unit", "days"), ODD)
def test_dosing_days_are_read_or_named_as_lost(often: str, value: int, unit: str, days: list[int]):
    document = design()
    given = document["study"]["versions"][0]["studyInterventions"][0]["administrations"][0]
    given["frequency"]["standardCode"]["decode"] = often
    given["duration"]["quantity"] = {"value": value, "unit": {"standardCode": code(unit)}}
    draft = draft_protocol(document)
    course = parse_protocol(draft.text).protocol.courses[0]
    assert [day + 1 for day in course.days] == days
    assert ("the days of dosing" in " ".join(draft.lost)) == (days == [1])


def test_months_and_days_in_one_chain_are_not_guessed():
    document = design()
    timings = document["study"]["versions"][0]["studyDesigns"][0]["scheduleTimelines"][0]["timings"]
    timings.append(timing("tx", "LOST", "M3", "P1W"))
    draft = draft_protocol(document)
    assert any("“Visit LOST”: months are mixed with days" in line for line in draft.lost)
    assert "LOST" not in [row.code for row in parse_protocol(draft.text).protocol.visits]


@pytest.mark.parametrize("document", [{}, {"study": {}}, {"study": {"versions": [{"studyDesigns": [{}]}]}}])
def test_another_document_is_refused(document: dict[str, Any]):
    with pytest.raises(NotUsdm):
        draft_protocol(document)


@pytest.mark.parametrize(
    ("text", "duration"),
    [
        ("P2W", Duration(0, 14)),
        ("P1Y2M", Duration(14, 0)),
        ("-P3D", Duration(0, -3)),
        ("PT48H", Duration(0, 2)),
        ("P1DT12H", Duration(0, 1, "T12H")),
        ("PT5M", Duration(0, 0, "T5M")),
    ],
)
def test_a_duration_in_calendar_units(text: str, duration: Duration):
    assert parse_duration(text) == duration


@pytest.mark.parametrize("text", ["", "P", "2 weeks", "P2X"])
def test_no_duration(text: str):
    with pytest.raises(ValueError, match="ISO 8601"):
        parse_duration(text)


@pytest.mark.skipif(
    not PILOT.exists(), reason="../shared/vectors/usdm/CDISC_Pilot_Study.json is not in this clone"
)
def test_the_pilot_study_of_cdisc_is_drafted():
    draft = draft_protocol(json.loads(PILOT.read_text(encoding="utf-8")))
    protocol = parse_protocol(draft.text).protocol
    visits = {row.code: row for row in plan(protocol, first_injection=date(2026, 3, 2)).visits}
    days = {code: row.trial_day for code, row in visits.items()}
    assert [days[f"WK{week}"] for week in (2, 4, 6, 8, 12, 16, 20, 24, 26)] == [
        7 * week + 1 for week in (2, 4, 6, 8, 12, 16, 20, 24, 26)
    ]
    assert (visits["WK12"].date - visits["WK12"].earliest).days == 4
    assert (protocol.target, len(protocol.arms), len(protocol.criteria)) == (300, 3, 31)
    assert any("Early Termination Timeline" in line for line in draft.lost)


def test_a_line_break_in_a_label_does_not_end_a_comment():
    document = design()
    timeline = document["study"]["versions"][0]["studyDesigns"][0]["scheduleTimelines"][0]
    timeline["instances"][-1]["label"] = "Lost\nvisit"
    draft = draft_protocol(document)
    assert "# - “Lost visit”: no timing leads" in draft.text
    assert parse_protocol(draft.text)
