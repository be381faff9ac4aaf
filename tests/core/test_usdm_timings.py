"""Each visit lands on the day that the timings say; what has no day is named, and why."""

from __future__ import annotations

from typing import Any

import pytest

from tests.core.usdm_documents import (
    DAY_1,
    Json,
    code,
    document,
    draft,
    instance,
    lost,
    scheduled,
    timeline,
    timing,
)
from trial.protocol.files import parse_toml


def visits(of: Json) -> dict[str, Any]:
    """Code and day (or months) of each visit; empty where no day could be told."""
    rows = parse_toml(draft(of).text)["visits"]
    found = {row["code"]: row.get("day") or f"{row['offset']['months']} months" for row in rows}
    return {} if found == {"?": "?"} else found


def one(value: str, kind: str = "After", **more: object) -> Json:
    """Day 1, and V that is timed from it."""
    return scheduled([instance("D1"), instance("V")], [timing("v", "V", "D1", value, kind, **more)])


@pytest.mark.parametrize(
    ("value", "day"),
    [
        ("P7D", 8), ("P1W", 8), ("+P1D", 2), ("PT24H", 2), ("PT1440M", 2), ("P0D", 1), ("PT0M", 1),
        ("PT5M", 1), ("PT36H", 2), ("P1DT12H", 2), ("P1.5D", 2), ("PT1.24H", 1),
        ("P2M", "2 months"), ("P1Y", "12 months"),
        ("P20000D", 20001), ("P20001D", None),
        ("P600M", "600 months"), ("P601M", None), ("P100Y", None),
        ("PTH", None), ("P", None), ("p7d", None), ("2 weeks", None),
        ("-P7D", None), ("P1M1D", None), ("P1.5M", None), ("", None),
    ],
)  # fmt: skip
def test_after_day_1_by_a_value(value: str, day: object):
    assert visits(one(value)).get("V") == day
    is_short_of_days = value in ("PT5M", "PT36H", "P1DT12H", "P1.5D", "PT1.24H")
    assert ("“Visit V”" in lost(one(value))) == (day is None or is_short_of_days)


def test_an_instance_without_a_day_is_named_once_with_the_reason():
    assert lost(one("PTH")).count("“Visit V”") == 1
    assert "“Visit V”: “PTH” is no ISO 8601 duration, such as P7D or PT36H; give its day by hand" in lost(
        one("PTH")
    )
    assert "it is timed after, by -P7D, which leads back" in lost(one("-P7D"))


@pytest.mark.parametrize("value", ["P0D", "PT0M", "PT0H", "PT24H", "P7D"])
def test_nothing_is_said_to_be_left_out_where_nothing_is(value: str):
    assert "left out" not in lost(one(value)) and "hours" not in lost(one(value))


def test_what_is_short_of_a_day_is_said():
    said = "“Visit V” is planned on its day; 12 h beside whole days are left out"
    assert said in lost(one("PT36H"))


@pytest.mark.parametrize("value", ["P7D", "-P7D", "P1W", "PT168H"])
def test_a_timing_before_never_lands_after(value: str):
    of = one(value, "Before")
    assert visits(of) == {"D1": 1}
    assert parse_toml(draft(of).text)["screening"]["from_day"] == -7


def test_a_visit_before_another_lands_before_it():
    rows = [timing("w", "W4", "D1", "P28D"), timing("v", "V", "W4", "-P2D", "Before")]
    assert visits(scheduled([instance("D1"), instance("W4"), instance("V")], rows)) == {
        "D1": 1, "W4": 29, "V": 27,
    }  # fmt: skip


def test_a_timing_is_followed_from_its_other_end_too():
    """Day 1 is seven days before V, so V is day 8."""
    rows = [timing("v", "D1", "V", "P7D", "Before"), timing("w", "V", "W", "P7D", "Before")]
    assert visits(scheduled([instance("D1"), instance("V"), instance("W")], rows)) == {
        "D1": 1,
        "V": 8,
        "W": 15,
    }


def test_months_are_not_counted_back_from_the_other_end():
    of = scheduled([instance("D1"), instance("V")], [timing("v", "D1", "V", "P1M", "Before")])
    assert visits(of) == {"D1": 1}
    assert "“Visit V”: it is so many months before something" in lost(of)


def test_parts_of_days_are_added_before_they_are_counted():
    rows = [timing("a", "A", "D1", "PT12H"), timing("b", "B", "A", "PT12H"), timing("c", "C", "B", "PT30H")]
    of = scheduled([instance(key) for key in ("D1", "A", "B", "C")], rows)
    assert visits(of) == {"D1": 1, "A": 1, "B": 2, "C": 3}
    said = "is planned on its day;"
    assert f"“Visit B” {said}" not in lost(of) and f"“Visit C” {said} 6 h" in lost(of)


def test_a_chain_is_counted_from_day_1_and_says_so():
    rows = [timing("a", "A", "D1", "P7D"), timing("b", "B", "A", "P3D")]
    of = scheduled([instance("D1"), instance("A"), instance("B")], rows)
    assert visits(of) == {"D1": 1, "A": 8, "B": 11}
    assert "“Visit B” follows “Visit A” (after, P3D): it is counted from day 1 here" in lost(of)
    assert "“Visit A” follows" not in lost(of)


@pytest.mark.parametrize("months_first", [True, False])
def test_months_and_days_in_one_chain_are_not_guessed(months_first: bool):
    steps = ("P3M", "P1W") if months_first else ("P1W", "P3M")
    rows = [timing("a", "A", "D1", steps[0]), timing("b", "B", "A", steps[1])]
    of = scheduled([instance("D1"), instance("A"), instance("B")], rows)
    assert set(visits(of)) == {"D1", "A"}
    assert "“Visit B”: months are mixed with days" in lost(of)


def test_months_of_a_chain_are_months_of_the_calendar():
    rows = [timing("a", "A", "D1", "P3M"), timing("b", "B", "A", "P1Y")]
    assert visits(scheduled([instance("D1"), instance("A"), instance("B")], rows))["B"] == "15 months"


# decisions


def decision(key: str = "Q") -> Json:
    ways = [{"condition": "Tumour grew", "conditionTargetId": "V"}, {"condition": "Stable"}]
    return {
        "id": key,
        "name": f"Ask {key}",
        "instanceType": "ScheduledDecisionInstance",
        "conditionAssignments": ways,
    }


def test_a_decision_is_no_visit_although_it_has_a_day():
    rows = [timing("q", "Q", "D1", "P7D"), timing("v", "V", "D1", "P8D")]
    of = scheduled([instance("D1"), decision(), instance("V")], rows)
    assert visits(of) == {"D1": 1, "V": 9}
    assert (
        "the decision “Ask Q” (“Tumour grew” leads to “Visit V”; “Stable”): a plan has no branches"
        in lost(of)
    )


def test_what_is_timed_from_a_decision_has_its_day():
    rows = [timing("q", "Q", "D1", "P7D"), timing("v", "V", "Q", "P1D")]
    assert visits(scheduled([instance("D1"), decision(), instance("V")], rows)) == {"D1": 1, "V": 9}


def test_a_decision_before_day_1_is_no_screening():
    of = scheduled([instance("D1"), decision()], [timing("q", "Q", "D1", "P7D", "Before")])
    assert parse_toml(draft(of).text)["screening"]["from_day"] == "?"


# timings that lead nowhere


def test_a_circle_of_timings_has_no_day_and_ends():
    rows = [timing("a", "A", "B", "P1D"), timing("b", "B", "A", "P1D"), timing("s", "S", "S", "P1D")]
    of = scheduled([instance(key) for key in ("D1", "A", "B", "S")], rows)
    assert visits(of) == {"D1": 1}
    assert "“Visit A”: it is timed from “Visit B”" in lost(of) and "“Visit S”: no timing leads" in lost(of)


def test_a_circle_through_day_1_that_does_not_add_up_is_said():
    rows = [timing("a", "A", "D1", "P7D"), timing("b", "D1", "A", "P7D", "After")]
    of = scheduled([instance("D1"), instance("A")], rows)
    assert visits(of) == {"D1": 1, "A": 8}
    assert "“Visit D1” has a second timing, “b”; the first one counts here" in lost(of)


def test_two_timings_of_one_visit_that_differ_are_said_and_two_that_agree_are_not():
    rows = [timing("a", "A", "D1", "P7D"), timing("b", "A", "D1", "P1W")]
    agree = scheduled([instance("D1"), instance("A")], rows)
    assert "second timing" not in lost(agree)
    rows.append(timing("c", "A", "D1", "P9D"))
    assert "“Visit A” has a second timing, “c”" in lost(scheduled([instance("D1"), instance("A")], rows))


def test_a_timing_about_what_is_not_there_is_said():
    of = scheduled([instance("D1")], [timing("gone", "V9", "D1", "P7D")])
    assert "the timing “gone” is about V9, which the main timeline does not have" in lost(of)


@pytest.mark.parametrize("kind", ["Around", ""])
def test_a_timing_that_is_neither_before_nor_after_has_no_day(kind: str):
    assert visits(one("P7D", kind)) == {"D1": 1}
    assert "neither before nor after" in lost(one("P7D", kind))


def test_the_code_says_before_where_the_words_are_others():
    of = one("P7D")
    of["study"]["versions"][0]["studyDesigns"][0]["scheduleTimelines"][0]["timings"][1]["type"] = code(
        "Earlier than", "C201357"
    )
    assert visits(of) == {"D1": 1}


# the fixed reference


def on(*timings: Json, **more: object) -> Json:
    rows = [instance("D1"), instance("V")]
    return document({"scheduleTimelines": [timeline(rows, list(timings), **more)]})


def test_without_a_fixed_reference_no_day_is_told():
    of = on(timing("v", "V", "D1", "P7D"))
    assert visits(of) == {}
    assert "the main timeline has no fixed reference to count from" in lost(of)


def test_a_fixed_reference_that_is_not_in_the_timeline_is_none():
    of = on(timing("t0", "D9", "D9", "P1D", "Fixed Reference"), timing("v", "V", "D1", "P7D"))
    assert visits(of) == {} and "no fixed reference to count from" in lost(of)


def test_a_second_fixed_reference_is_no_second_day_1():
    of = on(DAY_1, timing("again", "V", "V", "P1D", "Fixed Reference"))
    assert visits(of) == {"D1": 1}
    assert "“Visit V” is a second fixed reference" in lost(of)


@pytest.mark.parametrize(
    ("value", "is_said"), [("P1D", False), ("P0D", False), ("PT0M", False), ("P8D", True)]
)
def test_a_fixed_reference_that_says_another_day_is_said(value: str, is_said: bool):
    of = on(timing("t0", "D1", "D1", value, "Fixed Reference"))
    assert ("says P8D: it is day 1 here" in lost(of)) == is_said


def test_timed_from_the_end_is_said():
    of = one("P7D", relativeToFrom=code("End to Start"))
    assert "“Visit V” is timed end to start; it is counted from start to start here" in lost(of)


def test_the_first_timeline_is_planned_where_none_is_the_main_one():
    of = on(DAY_1, mainTimeline=False)
    assert visits(of) == {"D1": 1}
    assert "which timeline is the main one: “Main”, the first, is planned" in lost(of)


# windows


def window(**ends: object) -> Any:
    (_, visit) = parse_toml(draft(one("P7D", **ends)).text)["visits"]
    return visit.get("window")


@pytest.mark.parametrize(
    ("lower", "upper", "held"),
    [
        ("P1D", "P3D", (1, 3)), ("-P1D", "P3D", (1, 3)), ("PT24H", "PT48H", (1, 2)),
        ("PT36H", "PT4H", (1, 0)), ("P1W", None, (7, 0)), (None, "P2D", (0, 2)),
        ("P1M", "P1D", ("?", 1)), ("PTH", "P1D", ("?", 1)),
        ("P3D", "-P1D", ("?", "?")), ("P0D", "PT0H", None), ("PT4H", None, None), (None, None, None),
    ],
)  # fmt: skip
def test_a_window_is_in_whole_days_or_left_to_a_person(lower: object, upper: object, held: object):
    found = window(windowLower=lower, windowUpper=upper)
    assert (found and (found["before"], found["after"])) == held


@pytest.mark.parametrize(
    ("lower", "words"),
    [
        ("PT36H", "12 h beside whole days are left out"),
        ("P1M", "is counted in months"),
        ("PTH", "“PTH” is no"),
    ],
)
def test_what_a_window_loses_is_said(lower: str, words: str):
    assert f"the window of “Visit V”{' ' if 'counted' in words else ': '}{words}" in lost(
        one("P7D", windowLower=lower)
    )


def windows(of: Json) -> dict[str, Any]:
    """Day, days before and days after of each visit."""
    rows = parse_toml(draft(of).text)["visits"]
    none = {"before": 0, "after": 0}
    return {row["code"]: (row["day"], *row.get("window", none).values()) for row in rows}


def test_a_window_written_from_its_other_end_is_turned_over():
    """Day 1 is 11 to 17 days before V, 14 as planned: V is 4 days earlier to 3 days later."""
    turned = timing("v", "D1", "V", "P2W", "Before", windowLower="P3D", windowUpper="P4D")
    for rows in ([turned], [turned, timing("w", "W", "V", "P1D")]):
        of = scheduled([instance("D1"), instance("V"), instance("W")], rows)
        assert windows(of)["D1"] == (1, 0, 0) and windows(of)["V"] == (15, 4, 3)
        assert "window" not in lost(of)


@pytest.mark.parametrize("first", [True, False])
def test_a_window_from_the_other_end_is_not_that_of_day_1(first: bool):
    turned = timing("v", "D1", "V", "P2W", "Before", windowUpper="P4D")
    rows = [turned, DAY_1] if first else [DAY_1, turned]
    assert windows(on(*rows)) == {"D1": (1, 0, 0), "V": (15, 4, 0)}


def test_a_turned_window_that_begins_after_its_day_is_left_to_a_person():
    of = scheduled([instance("D1"), instance("V")], [
        timing("v", "D1", "V", "P2W", "Before", windowLower="P3D", windowUpper="-P1D")
    ])  # fmt: skip
    assert windows(of)["V"] == (15, "?", "?")
    assert "the window of “Visit V” begins after its day; give it by hand" in lost(of)


TWO = [
    timing("a", "V", "W", "P14D", windowLower="P5D", windowUpper="P5D"),
    timing("b", "V", "D1", "P7D", windowLower="P2D", windowUpper="P2D"),
    timing("w", "W", "D1", "P7D"),
]


@pytest.mark.parametrize(
    ("order", "held", "second"), [((0, 1, 2), (22, 5, 5), "b"), ((1, 0, 2), (8, 2, 2), "a"),
                                  ((2, 1, 0), (8, 2, 2), "a"), ((2, 0, 1), (22, 5, 5), "b")],
)  # fmt: skip
def test_day_and_window_are_of_the_first_timing_and_the_other_is_listed(
    order: tuple[int, ...], held: object, second: str
):
    of = scheduled([instance(key) for key in ("D1", "V", "W")], [TWO[number] for number in order])
    assert windows(of)["V"] == held
    assert f"“Visit V” has a second timing, “{second}”; the first one counts here" in lost(of)
    assert lost(of).count("second timing") == 1


def test_an_own_timing_counts_before_one_that_is_read_from_its_other_end():
    rows = [
        timing("w", "W", "D1", "P28D"),
        timing("x", "W", "V", "P7D", windowLower="P1D"),
        timing("v", "V", "U", "P7D", windowLower="P2D"),
        timing("u", "U", "D1", "P2D"),
    ]
    of = scheduled([instance(key) for key in ("D1", "U", "V", "W")], rows)
    assert windows(of) == {"D1": (1, 0, 0), "U": (3, 0, 0), "V": (10, 2, 0), "W": (29, 0, 0)}
    assert "“Visit W” has a second timing, “x”; the first one counts here" in lost(of)


@pytest.mark.parametrize(
    ("second", "is_said"),
    [
        (timing("b", "V", "D1", "P1W", windowLower="-PT48H", windowUpper="P2D"), False),
        (timing("b", "V", "D1", "P1W"), False),
        (timing("b", "V", "D1", "P1W", windowLower="P5D"), True),
        (timing("b", "D1", "V", "P1W", "Before", windowLower="P2D", windowUpper="P2D"), False),
        (timing("b", "D1", "V", "P1W", "Before", windowLower="P5D"), True),
    ],
)
def test_of_two_timings_that_agree_another_window_is_listed(second: Json, is_said: bool):
    first = timing("a", "V", "D1", "P7D", windowLower="P2D", windowUpper="P2D")
    of = scheduled([instance("D1"), instance("V")], [first, second])
    assert windows(of)["V"] == (8, 2, 2)
    said = "“Visit V” has a second timing, “b”, with another window; the first one counts here"
    assert (said in lost(of)) == is_said == ("second timing" in lost(of))


def test_a_timing_that_cannot_be_read_gives_way_to_one_that_can_and_is_listed():
    rows = [timing("a", "V", "D1", "PTH", windowLower="P5D"), timing("b", "V", "D1", "P7D")]
    for order, counts in ((rows, "“b” counts here"), (rows[::-1], "the first one counts here")):
        of = scheduled([instance("D1"), instance("V")], order)
        assert windows(of)["V"] == (8, 0, 0)
        assert "“Visit V” has a second timing, “a”: “PTH” is no ISO 8601 duration" in lost(of)
        assert counts in lost(of) and "by hand" not in lost(of)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("PT12H", "“Visit V” is planned on day 1; the 12 h before it are left out"),
        ("PT36H", "“Visit V” is counted as 1 day before day 1; the 12 h before that are left out"),
        ("P2DT30M", "“Visit V” is counted as 2 days before day 1; the 30 min before that are left out"),
    ],
)
def test_hours_before_day_1_are_said_to_lie_before_it(value: str, said: str):
    assert said in lost(one(value, "Before")) and "on its day" not in lost(one(value, "Before"))


# encounters


def test_another_window_of_the_same_visit_is_listed():
    rows = [instance("D1"), instance("A", encounterId="E"), instance("B", encounterId="E")]
    timings = [
        timing("a", "A", "D1", "P7D", windowLower="P1D"), timing("b", "B", "D1", "P7D", windowLower="P3D")
    ]  # fmt: skip
    of = scheduled(rows, timings, encounters=[{"id": "E", "label": "Week 1"}])
    assert windows(of)["A"] == (8, 1, 0)
    assert "the window of “Visit B” is another than that of “Visit A”, the same visit" in lost(of)


def test_instances_of_one_encounter_on_one_day_are_one_visit():
    rows = [
        instance("D1"),
        instance("A", encounterId="E", activityIds=["X"]),
        instance("B", encounterId="E", activityIds=["X", "Y"]),
    ]
    timings = [timing("a", "A", "D1", "P7D"), timing("b", "B", "A", "PT2H")]
    things = {
        "encounters": [{"id": "E", "label": "Week 1"}],
        "activities": [{"id": "X", "name": "Blood"}, {"id": "Y", "name": "Urine"}],
    }
    of = scheduled(rows, timings)
    of["study"]["versions"][0]["studyDesigns"][0].update(things)
    (_, visit) = parse_toml(draft(of).text)["visits"]
    assert (visit["code"], visit["day"]) == ("A", 8)
    assert [row["name"]["en"] for row in visit["procedures"]] == ["Blood", "Urine"]
