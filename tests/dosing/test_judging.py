"""Judging what is said of an injection or a visit: values in, values out. Nothing here has a database."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from dosing.models import InjectionOutcome, VisitOutcome
from dosing.services.day_guards import BeforeDay1
from dosing.services.dose_guards import SecondThatDay
from dosing.services.judging import (
    AlreadyRecorded,
    InjectionJudged,
    KnownOfInjection,
    KnownOfVisit,
    NotReleased,
    OnHold,
    OutOfWindow,
    SaidOfInjection,
    SaidOfVisit,
    TreatmentEnded,
    VisitJudged,
    judge_injection,
    judge_visit,
)
from trial.refusals import InvalidInput

DAY = date(2015, 10, 13)
NINE = datetime(2015, 10, 13, 7, 0, tzinfo=UTC)  # at nine in Paris
AN_HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Plan:
    """What the calendar says of one injection or visit."""

    date: date = DAY
    earliest: date = DAY - timedelta(days=1)
    latest: date = DAY + timedelta(days=1)
    trial_day: int = 2


@dataclass(frozen=True)
class Row:
    """The latest record."""

    sequence: int
    outcome: str
    day: date | None = None


@dataclass(frozen=True)
class Stand:
    """One row of the participant's status."""

    status: str
    at: datetime
    scope: str = ""
    ended_on: date | None = None


TREATED = Stand("on_treatment", NINE - timedelta(days=1))
KNOWN = KnownOfInjection(
    participant="IM-0122-7",
    number=2,
    planned=Plan(),
    day_1=DAY - timedelta(days=1),
    latest=None,
    stands=[TREATED],
    drawn_at=NINE - timedelta(days=5),
    zone=ZoneInfo("Europe/Paris"),
    at=NINE + AN_HOUR,
)
GIVEN = SaidOfInjection(outcome="given", happened_at=NINE, place="hospital", given_by="Anne")
MISSED = SaidOfInjection(outcome="missed", reason="Fever", cause="ill")
VISIT = KnownOfVisit(
    participant="IM-0122-7", code="V3", planned=Plan(), day_1=date(2015, 10, 12), latest=None, today=DAY
)


def test_what_was_given_on_its_day_is_kept_as_it_was_said() -> None:
    assert judge_injection(GIVEN, KNOWN) == InjectionJudged(
        sequence=1,
        outcome=InjectionOutcome.GIVEN,
        happened_at=NINE,
        timing="on_day",
        place="hospital",
        body_site="",
        given_by="Anne",
        reason="",
        cause=None,
    )


def test_what_a_hold_stopped_that_went_over_into_an_end_was_not_missed() -> None:
    held = Stand("on_hold", NINE - timedelta(days=1))
    ended = Stand("follow_up", NINE + timedelta(days=3), "treatment")
    later = NINE + timedelta(days=4)

    with pytest.raises(TreatmentEnded):
        judge_injection(MISSED, replace(KNOWN, stands=[TREATED, held, ended], at=later))
    released = Stand("on_treatment", NINE - AN_HOUR)
    assert judge_injection(MISSED, replace(KNOWN, stands=[TREATED, held, released, ended], at=later))


def test_what_was_missed_has_no_moment_and_no_place() -> None:
    said = replace(MISSED, happened_at=NINE, place="hospital", given_by="Anne")

    assert judge_injection(said, KNOWN) == InjectionJudged(
        1, InjectionOutcome.MISSED, None, "", "", "", "", "Fever", "ill"
    )


def test_the_day_is_that_of_the_site() -> None:
    late = datetime(2015, 10, 14, 22, 30, tzinfo=UTC)  # the fifteenth in Paris

    with pytest.raises(OutOfWindow):
        judge_injection(replace(GIVEN, happened_at=late), replace(KNOWN, at=late + AN_HOUR))


def test_a_departure_is_kept_with_its_reason() -> None:
    said = replace(GIVEN, happened_at=NINE + timedelta(days=2), deviation_reason=" The train. ")

    judged = judge_injection(said, replace(KNOWN, at=NINE + timedelta(days=3)))

    assert (judged.timing, judged.reason) == ("late", "The train.")


REFUSED: list[tuple[str, dict[str, Any], dict[str, Any], type[Exception]]] = [
    ("no such outcome", {"outcome": "reopened"}, {}, InvalidInput),
    ("no moment", {"happened_at": None}, {}, InvalidInput),
    ("to come", {"happened_at": NINE + 2 * AN_HOUR}, {}, InvalidInput),
    ("in part, without a reason", {"outcome": "partial"}, {}, InvalidInput),
    ("given, with a reason for a miss", {"cause": "ill"}, {}, InvalidInput),
    ("no such reason", {"outcome": "partial", "reason": "Pain", "cause": "bored"}, {}, InvalidInput),
    ("before the draw", {}, {"drawn_at": NINE + AN_HOUR}, InvalidInput),
    ("before day 1", {}, {"day_1": DAY + timedelta(days=1)}, BeforeDay1),
    ("second that day", {}, {"other_that_day": 1}, SecondThatDay),
    ("not released", {}, {"released_then": False, "released_now": False}, NotReleased),
    ("released later", {}, {"released_then": False, "released_now": True}, NotReleased),
    ("on hold", {}, {"stands": [TREATED, Stand("on_hold", NINE)]}, OnHold),
    ("ended", {}, {"stands": [TREATED, Stand("follow_up", NINE, "treatment")]}, TreatmentEnded),
    ("recorded", {}, {"latest": Row(1, "given")}, AlreadyRecorded),
    ("nothing to correct", {"correction": True, "reason": "Typed wrong."}, {}, InvalidInput),
    ("a correction without a reason", {"correction": True}, {"latest": Row(1, "given")}, InvalidInput),
]


@pytest.mark.parametrize(
    ("said", "known", "refusal"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED]
)
def test_what_cannot_be_so_is_refused(
    said: dict[str, Any], known: dict[str, Any], refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        judge_injection(replace(GIVEN, **said), replace(KNOWN, **known))


@pytest.mark.parametrize("stopped", [Stand("on_hold", NINE), Stand("follow_up", NINE, "treatment")])
def test_a_reason_lets_in_what_was_given_after_a_stop(stopped: Stand) -> None:
    said = replace(GIVEN, deviation_reason="Nobody told the ward.")

    assert judge_injection(said, replace(KNOWN, stands=[TREATED, stopped])).timing == "on_day"


@pytest.mark.parametrize(
    "end", [Stand("withdrawn", NINE, "trial"), Stand("withdrawn", NINE, "death", DAY - timedelta(days=1))]
)
def test_after_leaving_or_death_no_reason_does(end: Stand) -> None:
    said = replace(GIVEN, deviation_reason="Nobody told the ward.")

    with pytest.raises(TreatmentEnded):
        judge_injection(said, replace(KNOWN, stands=[TREATED, end]))


def test_nothing_is_missed_before_its_day_or_after_the_end() -> None:
    ended = Stand("follow_up", NINE - timedelta(days=1), "treatment")

    with pytest.raises(InvalidInput):
        judge_injection(MISSED, replace(KNOWN, at=NINE - timedelta(days=1)))
    with pytest.raises(TreatmentEnded):
        judge_injection(MISSED, replace(KNOWN, stands=[TREATED, ended]))


@pytest.mark.parametrize(
    ("latest", "correction", "place"),
    [(Row(2, "reopened"), False, 3), (Row(1, "missed"), True, 2), (None, False, 1)],
)
def test_a_record_takes_the_next_place(latest: Row | None, correction: bool, place: int) -> None:
    said = replace(GIVEN, correction=correction, reason="Typed wrong." if correction else "")

    assert judge_injection(said, replace(KNOWN, latest=latest)).sequence == place


def test_a_visit_that_was_moved_is_expected_on_the_other_day() -> None:
    later = DAY + timedelta(days=1)
    known = replace(VISIT, latest=Row(1, "moved", later))

    with pytest.raises(InvalidInput):
        judge_visit(SaidOfVisit(outcome="missed", reason="Ill"), known)
    judged = judge_visit(SaidOfVisit(outcome="missed", reason="Ill"), replace(known, today=later))
    assert judged == VisitJudged(2, VisitOutcome.MISSED, None, "", "Ill", None)


@pytest.mark.parametrize(
    ("outcome", "day"),
    [("done", DAY + timedelta(days=1)), ("moved", DAY - timedelta(days=1)), ("done", None)],
)
def test_a_visit_is_done_by_now_and_moved_to_what_lies_ahead(outcome: str, day: date | None) -> None:
    with pytest.raises(InvalidInput):
        judge_visit(SaidOfVisit(outcome=outcome, day=day, reason="Ill"), VISIT)


def test_of_somebody_who_has_left_only_an_earlier_visit_is_entered() -> None:
    known = replace(VISIT, left_on=DAY, stopped_on=DAY - timedelta(days=1))

    assert judge_visit(SaidOfVisit(outcome="done", day=DAY), known).day == DAY
    with pytest.raises(TreatmentEnded):
        judge_visit(SaidOfVisit(outcome="missed", reason="Ill"), known)
    with pytest.raises(TreatmentEnded):
        judge_visit(SaidOfVisit(outcome="moved", day=DAY, reason="Ill"), replace(known, stopped_on=DAY))


def test_a_visit_of_the_day_on_which_somebody_left_can_have_been_missed() -> None:
    known = replace(VISIT, left_on=DAY, stopped_on=DAY)

    assert judge_visit(SaidOfVisit(outcome="missed", reason="Ill"), known).outcome == "missed"
