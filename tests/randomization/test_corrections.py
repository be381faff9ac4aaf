"""What is wrong or late about a draw is written beside it; the envelope stays."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from randomization.api_shapes import ReceiptShape
from randomization.corrections import (
    FlaggedAlready,
    NothingDrawn,
    NothingToCorrect,
    NotTheNextNumber,
    enter_paper_randomization,
    flag_randomized_in_error,
    record_true_stratum,
    true_stratum_of,
)
from randomization.limits import few_envelopes_left
from randomization.models import Envelope, PaperDraw, RandomizedInError, TrueStratum
from randomization.queries import envelope_of, randomized_at, receipt_of
from randomization.services import AlreadyRandomized, NotEligible, draw_envelope
from randomization.verification import draw_faults
from tests.trial_fixture import TrialFixture
from trial.models import AuditEntry, Delegation, Participant, ProtocolVersion, Status
from trial.permissions import Role
from trial.policies import NotPermitted
from trial.protocol.files import PROTOCOLS, load_protocol
from trial.refusals import InvalidInput


@pytest.fixture
def investigator(world: TrialFixture) -> Delegation:
    return world.person(Role.INVESTIGATOR)


@pytest.fixture
def drawn(world: TrialFixture, at: datetime) -> Participant:
    """A participant with the first of three envelopes."""
    world.blinded_list(3)
    participant = world.participant()
    draw_envelope(participant=participant, by=world.nurse, at=at)
    return participant


MIROCALS = load_protocol(PROTOCOLS / "nct03039673.toml").protocol


@pytest.fixture
def stratified(monkeypatch: pytest.MonkeyPatch) -> None:
    """The trial has the strata of another protocol."""
    strata = tuple(replace(factor, from_site=False) for factor in MIROCALS.strata)
    plain = ProtocolVersion.protocol.fget
    monkeypatch.setattr(
        ProtocolVersion, "protocol", property(lambda version: replace(plain(version), strata=strata))
    )


def levels(which: int = 0) -> dict[str, str]:
    return {factor.code: factor.levels[which].code for factor in MIROCALS.strata}


WRONG = {"reason": "Onset was read off the wrong line."}


@pytest.mark.usefixtures("stratified")
def test_a_wrong_stratum_gets_the_true_value_and_keeps_its_envelope(
    drawn: Participant, investigator: Delegation, at: datetime
) -> None:
    before = envelope_of(drawn)
    row = record_true_stratum(participant=drawn, strata=levels(), by=investigator, at=at, **WRONG)
    assert (row.drawn_as, row.key) == ("all", "/".join(levels().values()))
    assert envelope_of(drawn) == before
    assert true_stratum_of(drawn) == row.key
    assert AuditEntry.objects.last().action == "randomization.stratum_corrected"


@pytest.mark.usefixtures("stratified")
def test_the_latest_true_stratum_counts_and_the_first_stays_on_record(
    drawn: Participant, investigator: Delegation, at: datetime
) -> None:
    for which in (0, 1):
        record_true_stratum(participant=drawn, strata=levels(which), by=investigator, at=at, **WRONG)
    assert true_stratum_of(drawn) == "/".join(levels(1).values())
    assert TrueStratum.objects.count() == 2
    with pytest.raises(NothingToCorrect):
        record_true_stratum(participant=drawn, strata=levels(1), by=investigator, at=at, **WRONG)


def test_where_there_are_no_strata_there_is_none_to_correct(
    drawn: Participant, investigator: Delegation, at: datetime
) -> None:
    with pytest.raises(NothingToCorrect):
        record_true_stratum(participant=drawn, strata={}, by=investigator, at=at, **WRONG)


def test_who_was_randomised_in_error_keeps_envelope_and_status(
    world: TrialFixture, drawn: Participant, investigator: Delegation, at: datetime
) -> None:
    flag_randomized_in_error(participant=drawn, reason="Vaccinated last week.", by=investigator, at=at)
    assert envelope_of(drawn) is not None
    assert drawn.statuses.last().status == Status.RANDOMIZED
    other = draw_envelope(participant=world.participant(), by=world.nurse, at=at)
    assert other.position == 2
    with pytest.raises(FlaggedAlready):
        flag_randomized_in_error(participant=drawn, reason="Again.", by=investigator, at=at)


def test_nothing_is_corrected_before_a_draw(
    world: TrialFixture, investigator: Delegation, at: datetime
) -> None:
    participant = world.participant()
    with pytest.raises(NothingDrawn):
        flag_randomized_in_error(participant=participant, reason="Too old.", by=investigator, at=at)
    with pytest.raises(NothingDrawn):
        record_true_stratum(participant=participant, strata={}, by=investigator, at=at, **WRONG)


def test_a_reason_is_needed(drawn: Participant, investigator: Delegation, at: datetime) -> None:
    with pytest.raises(InvalidInput):
        flag_randomized_in_error(participant=drawn, reason="  ", by=investigator, at=at)


def enter(participant: Participant, number: str, by: Delegation, at: datetime, **more: datetime) -> Envelope:
    facts = {"happened_at": at + timedelta(hours=1), "reason": "The network was down."}
    return enter_paper_randomization(
        participant=participant, number=number, by=by, at=at + timedelta(hours=5), **(facts | more)
    )


def number_at(position: int) -> str:
    return Envelope.objects.get(position=position).number


def test_a_paper_draw_keeps_its_true_time_beside_the_time_of_its_entry(
    world: TrialFixture, drawn: Participant, investigator: Delegation, at: datetime
) -> None:
    participant = world.participant()
    envelope = enter(participant, number_at(2), investigator, at)
    kept = envelope_of(participant)
    assert kept == envelope
    assert (kept.drawn_at, randomized_at(kept)) == (at + timedelta(hours=5), at + timedelta(hours=1))
    shown = ReceiptShape(receipt_of(participant)).data
    assert (shown["randomized_at"], shown["entered_at"]) == (
        "2015-10-05T08:30:00Z",
        "2015-10-05T12:30:00Z",
    )
    assert list(draw_faults(world.trial)) == []


def test_the_number_may_be_typed_as_people_type(
    world: TrialFixture, drawn: Participant, investigator: Delegation, at: datetime
) -> None:
    typed = f" {number_at(2).lower().replace('-', ' ')} "
    assert enter(world.participant(), typed, investigator, at).position == 2


@pytest.mark.parametrize("position", [1, 3])
def test_a_paper_with_another_number_than_the_next_is_refused_without_naming_the_next(
    world: TrialFixture, drawn: Participant, investigator: Delegation, at: datetime, position: int
) -> None:
    with pytest.raises(NotTheNextNumber, match="not the next number") as refusal:
        enter(world.participant(), number_at(position), investigator, at)
    assert number_at(2) not in str(refusal.value)
    assert not PaperDraw.objects.exists()
    assert Envelope.objects.exclude(participant=None).count() == 1


TIMES = [timedelta(hours=6), timedelta(days=-2), timedelta(days=-30)]


@pytest.mark.parametrize("later", TIMES)
def test_a_paper_of_the_future_or_from_before_list_and_consent_is_refused(
    world: TrialFixture, drawn: Participant, investigator: Delegation, at: datetime, later: timedelta
) -> None:
    with pytest.raises(InvalidInput) as refusal:
        enter(world.participant(), number_at(2), investigator, at, happened_at=at + later)
    assert list(refusal.value.errors) == ["happened_at"]


def test_a_paper_is_entered_for_whoever_could_have_drawn_and_for_nobody_else(
    world: TrialFixture, drawn: Participant, investigator: Delegation, at: datetime
) -> None:
    with pytest.raises(AlreadyRandomized):
        enter(drawn, number_at(2), investigator, at)
    with pytest.raises(NotEligible):
        enter(world.participant(Status.SCREENING), number_at(2), investigator, at)


@pytest.mark.parametrize("role", [Role.STUDY_NURSE, Role.MONITOR, Role.TRIAL_MANAGER, Role.SITE_SYSTEM])
def test_only_the_investigator_corrects(
    world: TrialFixture, drawn: Participant, at: datetime, role: Role
) -> None:
    by = world.person(role)
    with pytest.raises(NotPermitted):
        flag_randomized_in_error(participant=drawn, reason="Too old.", by=by, at=at)
    with pytest.raises(NotPermitted):
        record_true_stratum(participant=drawn, strata={}, by=by, at=at, **WRONG)
    with pytest.raises(NotPermitted):
        enter(world.participant(), number_at(2), by, at)


@pytest.mark.parametrize("table", ["truestratum", "randomizedinerror", "paperdraw"])
@pytest.mark.parametrize(
    "change", ["UPDATE randomization_{} SET reason = 'x'", "DELETE FROM randomization_{}"]
)
def test_what_is_written_beside_a_draw_stays(
    world: TrialFixture, drawn: Participant, investigator: Delegation, at: datetime, table: str, change: str
) -> None:
    facts = {"reason": "So.", "by": investigator, "at": at}
    TrueStratum.objects.create(participant=drawn, drawn_as="all", key="x", **facts)
    RandomizedInError.objects.create(participant=drawn, **facts)
    PaperDraw.objects.create(envelope=envelope_of(drawn), happened_at=at, **facts)
    with pytest.raises(DatabaseError, match="written once"), transaction.atomic(), connection.cursor() as sql:
        sql.execute(change.format(table))


@pytest.mark.parametrize(("size", "few"), [(11, False), (10, True)])
def test_the_warning_comes_when_a_stratum_has_fewer_than_ten_left(
    world: TrialFixture, at: datetime, size: int, few: bool
) -> None:
    world.blinded_list(size)
    draw_envelope(participant=world.participant(), by=world.nurse, at=at)
    assert few_envelopes_left(world.trial) is few


def test_without_a_list_nothing_is_short(world: TrialFixture) -> None:
    assert few_envelopes_left(world.trial) is False
