"""The eligibility check of IMODALS at and around its bounds."""

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest

from tests.french import in_french
from trial.core.answers import InvalidAnswers, read_answers
from trial.core.eligibility import assess
from trial.core.protocol import Criterion, CriterionKind, Group, Text
from trial.protocol.files import PROTOCOLS, load_protocol

PROTOCOL = load_protocol(PROTOCOLS / "nct02059759.toml").protocol
CONSENT = date(2026, 3, 2)
BIRTH = date(1970, 6, 15)
GOOD = {row.id: row.required_answer for row in PROTOCOL.questions() if row.kind is CriterionKind.YES_NO} | {
    "I5a": "2025-06-01",
    "I5b": "0.9",
    "I6": "2024-01-01",
    "I7": 88,
}


def _assess(consent_on=CONSENT, birth=BIRTH, **changes):
    return assess(PROTOCOL.criteria, GOOD | changes, consent_on=consent_on, birth=birth)


def _failures(**changes):
    return {result.id: str(result.reason) for result in _assess(**changes).failures}


def test_someone_who_meets_every_criterion_is_eligible():
    assessment = _assess()
    assert assessment.eligible
    assert [result.id for result in assessment.results] == [row.id for row in PROTOCOL.criteria]
    assert assessment.failures == ()


@pytest.mark.parametrize(
    ("birth", "eligible"),
    [
        (date(2008, 3, 2), True),  # 18 today
        (date(2008, 3, 3), False),  # 18 tomorrow
        (date(1951, 3, 3), True),  # 75 tomorrow
        (date(1951, 3, 2), False),  # 75 today
    ],
)
def test_age_counts_on_the_day_of_consent(birth, eligible):
    changes = {"I5a": CONSENT - timedelta(200), "I6": CONSENT - timedelta(300)}
    assert _assess(birth=birth, **changes).eligible is eligible


def test_a_failing_age_is_told_in_words():
    assert _failures(birth=date(1951, 3, 2)) == {"I3": "I3: 75 years old on 2 March 2026; must be under 75."}
    (failure,) = _assess(birth=date(1951, 3, 2)).failures
    assert (
        in_french(failure.reason) == "I3\u00a0: 75 ans le 2 mars 2026\u202f; il faut avoir moins de 75 ans."
    )


@pytest.mark.parametrize(("consent_on", "eligible"), [(date(2026, 2, 28), False), (date(2026, 3, 1), True)])
def test_someone_born_on_29_february_comes_of_age_on_1_march(consent_on, eligible):
    changes = {"I5a": "2025-06-01", "I6": "2024-01-01"}
    assert _assess(birth=date(2008, 2, 29), consent_on=consent_on, **changes).eligible is eligible


@pytest.mark.parametrize(
    ("start", "consent_on", "eligible"),
    [
        ("2025-12-01", "2026-03-02", True),
        ("2025-12-02", "2026-03-02", False),  # three months to the day
        ("2025-11-30", "2026-02-28", False),  # the month ends earlier
        ("2025-11-30", "2026-03-01", True),
    ],
)
def test_more_than_three_months_is_later_than_the_anniversary(start, consent_on, eligible):
    assert _assess(consent_on=date.fromisoformat(consent_on), I5a=start).eligible is eligible


@pytest.mark.parametrize(("start", "eligible"), [("2021-03-02", True), ("2021-03-01", False)])
def test_five_years_or_less_includes_the_anniversary(start, eligible):
    assert _assess(I6=start).eligible is eligible


def test_a_time_that_is_too_short_or_too_long_shows_its_days():
    failures = _failures(I5a="2025-12-02", I6="2021-03-01")
    assert (
        "3 months end on 2 March 2026, consent is on 2 March 2026; must be more than 3 months"
        in failures["I5"]
    )
    assert (
        "5 years end on 1 March 2026, consent is on 2 March 2026; must be at most 5 years" in failures["I6"]
    )


@pytest.mark.parametrize(
    ("capacity", "eligible"),
    [(70, True), ("70", True), (" 70,0 ", True), ("69.9", False), (69.99, False), (Decimal("70.1"), True)],
)
def test_vital_capacity_of_70_percent_is_enough(capacity, eligible):
    assert _assess(I7=capacity).eligible is eligible


@pytest.mark.parametrize("question", [name for name, answer in GOOD.items() if isinstance(answer, bool)])
def test_each_yes_no_criterion_alone_can_exclude(question):
    (failure,) = _assess(**{question: not GOOD[question]}).failures
    assert failure.id == question.rstrip("ab")
    assert str(failure.reason).startswith(f"{failure.id}: ")
    assert ("must be no." in str(failure.reason)) is (question[0] == "E")


def test_a_criterion_with_parts_tells_only_of_the_part_that_fails():
    reason = _failures(I5b=2)["I5"]
    assert "liver" in reason
    assert "riluzole dose" not in reason


@pytest.mark.parametrize(
    ("question", "answer", "said"),
    [
        ("E19", None, "no answer yet"),
        ("I6", "", "no answer yet"),
        ("E20", True, "no such question"),
        ("I5", True, "no such question"),
        ("I3", 40, "computed from the birth date"),
        ("I1", "maybe", "say yes or no"),
        ("I1", 1, "say yes or no"),
        ("I6", "2026-02-30", "February 2026 has 28 days"),
        ("I6", "30/01/2026", "is not a date"),
        ("I6", True, "is not a date"),
        ("I6", "2026-03-03", "after the day of consent, 2 March 2026"),
        ("I6", date(2026, 3, 3), "after the day of consent"),
        ("I6", "1970-06-14", "before the birth"),
        ("I7", "seventy", "is not a number"),
        ("I7", "NaN", "is not a number"),
        ("I7", float("inf"), "is not a number"),
        ("I7", True, "is not a number"),
        ("I7", "1000000000", "is not a number"),
        ("I7", "-1000000000", "is not a number"),
        ("I6", datetime(2026, 1, 30, 9), "is not a date"),
        ("I7", [70], "is not a number"),
    ],
)
def test_an_answer_that_cannot_be_judged_is_refused_by_its_field(question, answer, said):
    with pytest.raises(InvalidAnswers) as refused:
        _assess(**{question: answer})
    assert list(refused.value.errors) == [question]
    assert said in str(refused.value.errors[question])
    assert in_french(refused.value.errors[question]) != str(refused.value.errors[question])


def test_a_number_is_taken_however_it_is_written():
    for answer in ("999999999,9", 999_999_999, 70.5, Decimal("70"), " 70 "):
        assert "I7" not in _failures(I7=answer)


def test_the_day_of_the_consent_and_the_day_of_birth_belong_to_the_time_between():
    assert _assess(I6=CONSENT) and _assess(I6=BIRTH)


def test_yes_and_no_may_be_written():
    question = next(row for row in PROTOCOL.questions() if row.id == "I1")
    assert _failures(I1="yes") == {} and question.kind is CriterionKind.YES_NO
    assert set(_failures(I1="no")) == {"I1"}


@pytest.mark.parametrize("birth", [CONSENT, date(CONSENT.year - 120, CONSENT.month, CONSENT.day)])
def test_a_birth_on_the_day_of_consent_or_120_years_before_is_possible(birth):
    """Such a person is not eligible, but judged."""
    assert read_answers((), {}, consent_on=CONSENT, birth=birth) == {}


def test_every_missing_answer_is_named():
    with pytest.raises(InvalidAnswers) as refused:
        assess(PROTOCOL.criteria, {}, consent_on=CONSENT, birth=BIRTH)
    assert set(refused.value.errors) == {row.id for row in PROTOCOL.questions()} - {"I3"}


@pytest.mark.parametrize(
    ("birth", "said"), [(CONSENT + timedelta(1), "after the day of consent"), (date(1900, 1, 1), "120 years")]
)
def test_an_impossible_birth_is_refused(birth, said):
    with pytest.raises(InvalidAnswers) as refused:
        _assess(birth=birth)
    assert said in str(refused.value.errors["birth"])


@pytest.mark.parametrize(
    ("unit", "bound", "start", "met"),
    [
        ("days", {"minimum": 10}, date(2026, 2, 20), True),
        ("days", {"minimum": 10}, date(2026, 2, 21), False),
        ("weeks", {"below": 8}, date(2026, 1, 6), True),
        ("weeks", {"below": 8}, date(2026, 1, 5), False),
        ("months", {"above": 1, "maximum": 2}, date(2026, 1, 2), True),
        ("months", {"above": 1, "maximum": 2}, date(2026, 1, 1), False),
        ("months", {"above": 1, "maximum": 2}, date(2026, 2, 2), False),
    ],
)
def test_time_is_counted_in_units_of_the_calendar(unit, bound, start, met):
    words = Text("Since", "Depuis")
    criterion = Criterion(
        "I1", Group.INCLUSION, words, CriterionKind.SINCE, question=words, unit=unit, **bound
    )
    assert assess((criterion,), {"I1": start}, consent_on=CONSENT, birth=BIRTH).eligible is met
