"""“Within the past …” is computed: from the day on which it last was so, to the consent or to day 1."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tests.core.planted_faults import IMODALS
from trial.core.answers import InvalidAnswers
from trial.core.eligibility import Assessment, assess
from trial.core.protocol import Before, CriterionKind, Interval, Unit, Within
from trial.core.waits import Wait, latest_day_1, waits
from trial.protocol.files import UnreadableProtocol, parse_protocol

PROTOCOL = parse_protocol(IMODALS).protocol
CONSENT = date(2026, 3, 2)
BIRTH = date(1970, 6, 15)
GOOD: dict[str, object] = {
    row.id: row.required_answer for row in PROTOCOL.questions() if row.kind is CriterionKind.YES_NO
} | {"I5a": "2025-06-01", "I5b": 1, "I6": "2024-01-01", "I7": 88}


def judged(**answers: object) -> Assessment:
    return assess(
        PROTOCOL.criteria,
        GOOD | answers,
        consent_on=CONSENT,
        birth=BIRTH,
        latest_day_1=latest_day_1(PROTOCOL, CONSENT),
    )


def test_the_criteria_of_the_record_that_look_back_are_computed() -> None:
    assert {row.id: row.within for row in PROTOCOL.questions() if row.within} == {
        "E1": Within(Interval(3, Unit.MONTH)),
        "E13": Within(Interval(8, Unit.WEEK), Before.FIRST_INJECTION),
        "E15": Within(Interval(60, Unit.MONTH)),
    }


@pytest.mark.parametrize(
    ("question", "day", "met"),
    [
        ("E1", "2025-12-02", False),  # three months end on the day of consent: still within
        ("E1", "2025-12-01", True),
        ("E1", "2026-03-02", False),
        ("E1", False, True),
        ("E1", "no", True),
        ("E1", True, False),  # it was so, and nobody knows when
        ("E15", "2021-03-02", False),
        ("E15", "2021-03-01", True),
        ("E13", "2026-02-01", False),  # 56 days end on 29 March; day 1 is at the latest on 30 March
        ("E13", "2026-02-02", False),
        ("E13", "2026-01-25", True),
        ("E13", "2026-03-20", False),  # planned
        ("E13", "no", True),
        ("I5b", "1.99", True),
        ("I5b", 2, False),
        ("I5b", "2,1", False),
    ],
)
def test_the_day_after_the_time_has_passed_lets_in(question: str, day: object, met: bool) -> None:
    if (question, day) == ("E13", "2026-02-01"):
        assert latest_day_1(PROTOCOL, CONSENT) == date(2026, 3, 30)
        day = "2026-02-02"
    assert judged(**{question: day}).eligible is met


def test_the_last_day_1_that_the_screening_allows_decides_at_screening() -> None:
    last = latest_day_1(PROTOCOL, CONSENT)
    assert last == CONSENT + timedelta(days=28)
    assert not judged(E13=last - timedelta(days=56)).eligible
    assert judged(E13=last - timedelta(days=57)).eligible


def test_the_reason_says_what_was_when_and_from_when_it_is_over() -> None:
    (failure,) = judged(E13="2026-02-20").failures
    assert str(failure.reason) == (
        "E13: Has been vaccinated, or will be before the first injection? Last on 20 February 2026; 8 weeks "
        "end on 17 April 2026, and day 1 can lie no later than 30 March 2026; must be over by then."
    )
    (failure,) = judged(E15="2023-05-01").failures
    assert "Last on 1 May 2023; 5 years end on 1 May 2028, consent is on 2 March 2026" in str(failure.reason)
    told = {row.id: str(row.reason) for row in judged(E13="2026-01-20", E1="2025-01-01").results}
    assert told["E13"].endswith("8 weeks end on 17 March 2026. Day 1 has to lie later.")
    assert told["E1"].endswith("Last on 1 January 2025; 3 months were over on 1 April 2025.")


@pytest.mark.parametrize(
    ("question", "answer", "said"),
    [
        ("E1", "2026-03-03", "lies after the day of consent"),
        ("E1", "1970-06-14", "lies before the birth"),
        ("E13", "1970-06-14", "lies before the birth"),
        ("E15", "lately", "is not a date"),
        ("E15", 5, "is not a date"),
    ],
)
def test_what_is_no_day_of_a_life_is_refused(question: str, answer: object, said: str) -> None:
    with pytest.raises(InvalidAnswers) as refused:
        judged(**{question: answer})
    assert said in str(refused.value.errors[question])


def test_the_kept_answers_say_for_what_day_1_waits() -> None:
    assert waits(PROTOCOL.criteria, GOOD | {"E13": "2026-01-20", "E1": "2025-01-01"}) == (
        Wait("E13", date(2026, 1, 20), date(2026, 3, 17)),
    )
    assert waits(PROTOCOL.criteria, GOOD) == ()
    assert waits(PROTOCOL.criteria, {"E13": True}) == ()


@pytest.mark.parametrize(
    ("words", "other", "field", "said"),
    [
        ("within = { months = 3 }", "within = { }", "criteria[E1].within", "needs one length of time"),
        (
            "within = { months = 3 }",
            "within = { months = 3, days = 1 }",
            "criteria[E1].within",
            "needs one length of time",
        ),
        ("{ months = 3 }", "{ months = 0 }", "criteria[E1].within.months", "must be 1 or more"),
        ('before = "first_injection"', 'before = "dosing"', "criteria[E13].within.before", "is not one of"),
        (
            "within = { months = 3 }",
            'within = { months = 3 }\npasses_with = "yes"',
            "criteria[E1].within",
            "lets in with no",
        ),
        (
            "within = { years = 5 }\nquestion.en",
            "within = { years = 5 }\nkind = \"number\"\nminimum = 1\nquestion.en",
            "criteria[E15].within",
            "only a yes/no criterion",
        ),
        ("below = 2", "below = 2\nwithin = { days = 1 }", "criteria[I5].parts[b].within", "only a yes/no"),
    ],
)  # fmt: skip
def test_a_wrong_look_back_is_a_fault(words: str, other: str, field: str, said: str) -> None:
    with pytest.raises(UnreadableProtocol) as refused:
        parse_protocol(IMODALS.replace(words, other, 1))
    assert [fault for fault in refused.value.faults if fault.field == field and said in str(fault.message)]


def test_a_look_back_needs_a_question_of_its_own() -> None:
    start = IMODALS.index('question.en = "Has taken part')
    end = IMODALS.index("\n\n", start)
    with pytest.raises(UnreadableProtocol, match="whether it ever was so"):
        parse_protocol(IMODALS[:start] + IMODALS[end:])
