"""Records and commitments: one length, one encoding, nothing to be guessed."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from randomization.core.commitments import Statement, design_commitment, envelope_commitment
from randomization.core.design import ArmShare, Design, StratumSize
from randomization.core.sealed_record import RecordFault, SealedRecord

RECORD = SealedRecord("live", UUID(int=7), "all", 1, "R-83392", "placebo", 1, bytes(32))


def utf8(longest: int) -> st.SearchStrategy[str]:
    """Texts of 1 to `longest` bytes, in any script."""
    text = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=longest)
    return text.filter(lambda value: len(value.encode()) <= longest)


records = st.builds(
    SealedRecord,
    st.sampled_from(["training", "test", "live"]),
    st.uuids(),
    utf8(95),
    st.integers(1, 2**32 - 1),
    utf8(31),
    utf8(63),
    st.integers(0, 2**32 - 1),
    st.binary(min_size=32, max_size=32),
)


@given(records)
def test_a_record_has_256_bytes_whatever_it_says_and_comes_back_the_same(record: SealedRecord) -> None:
    data = record.to_bytes()
    assert len(data) == 256
    assert SealedRecord.from_bytes(data) == record


@given(records, st.integers(0, 255), st.integers(1, 255))
def test_an_altered_byte_gives_another_record_or_none(record: SealedRecord, place: int, change: int) -> None:
    data = bytearray(record.to_bytes())
    data[place] ^= change
    with suppress(RecordFault):
        assert SealedRecord.from_bytes(bytes(data)) != record


@pytest.mark.parametrize(
    "change",
    [{"arm": "a" * 64}, {"arm": "é" * 32}, {"arm": ""}, {"stratum": "s" * 96}, {"number": "R" * 32},
     {"salt": b""}, {"environment": "production"}],
)  # fmt: skip
def test_what_does_not_fit_is_refused_not_cut(change: dict[str, object]) -> None:
    with pytest.raises(RecordFault):
        replace(RECORD, **change).to_bytes()  # type: ignore[arg-type]


def test_the_longest_texts_fit() -> None:
    longest = replace(RECORD, stratum="s" * 95, number="R" * 31, arm="a" * 63)
    assert SealedRecord.from_bytes(longest.to_bytes()) == longest


def other(data: bytes, place: int, value: int) -> bytes:
    return data[:place] + bytes([value]) + data[place + 1 :]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        RECORD.to_bytes()[:-1],
        RECORD.to_bytes() + b"\x00",
        other(RECORD.to_bytes(), 0, 0),
        other(RECORD.to_bytes(), 0, 2),
        other(RECORD.to_bytes(), 1, 77),
    ],
)
def test_what_has_another_length_version_or_environment_is_no_record(data: bytes) -> None:
    with pytest.raises(RecordFault, match="not an envelope's record of a version"):
        SealedRecord.from_bytes(data)


def test_the_last_six_bytes_are_zeros_and_an_altered_one_is_found() -> None:
    assert RECORD.to_bytes()[-6:] == bytes(6)
    with pytest.raises(RecordFault, match="no canonical record"):
        SealedRecord.from_bytes(other(RECORD.to_bytes(), 255, 1))


@pytest.mark.parametrize("length", [31, 33])
def test_a_design_is_committed_to_with_a_salt_of_32_bytes(length: int) -> None:
    design = Design((ArmShare("a", 1), ArmShare("b", 1)), (StratumSize("all", 2),), block_sizes=(2,))
    with pytest.raises(ValueError, match="32 bytes"):
        design_commitment(design, bytes(length))


def test_a_record_shows_no_arm_when_it_is_printed() -> None:
    assert "placebo" not in f"{RECORD} {RECORD!r} {[RECORD]}"


@pytest.mark.parametrize(
    "change",
    [{"environment": "training"}, {"list_id": UUID(int=8)}, {"stratum": "other"}, {"position": 2},
     {"number": "R-71187"}, {"arm": "active"}, {"block": 2}, {"salt": bytes(31) + b"\x01"}],
)  # fmt: skip
def test_a_commitment_covers_every_field(change: dict[str, object]) -> None:
    assert envelope_commitment(replace(RECORD, **change)) != envelope_commitment(RECORD)  # type: ignore[arg-type]


def test_the_commitment_of_this_record_never_changes() -> None:
    assert envelope_commitment(RECORD).hex() == GOLDEN


def test_a_statement_reads_the_same_in_every_zone() -> None:
    made = datetime(2015, 9, 1, 10, 0, tzinfo=UTC)
    statement = Statement(UUID(int=7), "nct02059759", "live", 36, bytes(32), bytes(32), made)
    elsewhere = replace(statement, made_at=made.astimezone(timezone(timedelta(hours=2))))
    assert statement.to_bytes() == elsewhere.to_bytes()
    assert statement.to_bytes().decode().splitlines()[3:5] == ["environment live", "envelopes 36"]


GOLDEN = "4c2a21e854e4280c94b4e944112a4e84d309cbf7475a6a6e67923e987fb4bac5"
