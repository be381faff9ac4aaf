"""Nobody learns an arm from a commitment: what is public does not give a salt, nor does another salt.

A comparison of bytes cannot show it, since commitments differ from world to world anyhow.
"""

from __future__ import annotations

import hashlib
import random
import secrets
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from itertools import count
from types import SimpleNamespace
from typing import Any

import pytest

from randomization.core.design_file import Plan
from randomization.core.making import design_salt
from randomization.core.sealed_record import SALT_BYTES, SealedRecord
from randomization.core.stream import SEED_BYTES, Stream
from randomization.models import RandomizationList
from randomization.sealed.lists import seeds
from randomization.sealed.lists.making import design_of, make_list
from randomization.sealed.vault import envelope_contents
from randomization.sealed.vault.envelope_contents import open_secret
from randomization.sealed.vault.keys import pharmacy_key
from tests.sealed.guessing import guessed, guessed_after_one
from tests.trial_fixture import TrialFixture
from trial.models import Delegation

Make = Callable[[], RandomizationList]
Salt = Callable[[SealedRecord], bytes]


@pytest.fixture
def made(world: TrialFixture, statistician: Delegation, at: datetime) -> Make:
    """Makes a list of the recommended design."""

    def one() -> RandomizationList:
        design = design_of(world.trial, Plan())
        return make_list(trial=world.trial, environment="live", design=design, by=statistician, at=at)

    return one


def records_of(list_: RandomizationList) -> list[SealedRecord]:
    """What the envelopes hold."""
    return list(open_secret(list_, pharmacy_key()).records(list_))


# --- The product -------------------------------------------------------------------------------------


def test_no_commitment_falls_to_whoever_knows_all_that_is_public(made: Make) -> None:
    assert list(guessed(made())) == []


def test_no_commitment_falls_to_whoever_knows_one_envelope(made: Make) -> None:
    list_ = made()
    assert list(guessed_after_one(list_, records_of(list_)[17])) == []


def test_with_the_seed_every_commitment_falls(made: Make) -> None:
    """So the attack is no blunt one, and the seed is what has to be kept: it is sealed at once."""
    list_ = made()
    secret, held = open_secret(list_, pharmacy_key()), records_of(list_)
    hits = {hit.place: hit.arm for hit in guessed(list_, seeds=[secret.seed])}
    assert hits == {row.number: row.arm for row in held} | {"design": "permuted_blocks"}


def test_no_two_salts_are_alike_in_a_list_or_between_two(made: Make) -> None:
    """Made in one trial, of one design, by one person, at one moment."""
    lists = [made(), made()]
    salts = [row.salt for list_ in lists for row in records_of(list_)]
    salts += [design_salt(open_secret(list_, pharmacy_key()).seed) for list_ in lists]
    assert (len(salts), len(set(salts)), {len(salt) for salt in salts}) == (74, 74, {32})


def test_salts_follow_from_256_bits_of_the_system_alone(made: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """Under a label of their own, which shares nothing with what gives arms, blocks and numbers."""
    asked = []

    def token_bytes(size: int) -> bytes:
        asked.append((size, secrets.token_bytes(size)))
        return asked[-1][1]

    monkeypatch.setattr(seeds, "secrets", SimpleNamespace(token_bytes=token_bytes))
    list_ = made()
    assert {size for size, _ in asked} == {SEED_BYTES} == {32}
    seed = open_secret(list_, pharmacy_key()).seed
    stream = Stream(seed, "salts")
    assert seed == asked[-1][1]
    assert [row.salt for row in records_of(list_)] == [stream.take(SALT_BYTES) for _ in range(36)]


def test_salts_have_as_many_ones_as_zeros(made: Make) -> None:
    """36 salts are 9,216 bits: half of them are ones, within six standard deviations (288)."""
    ones = sum(int.from_bytes(row.salt).bit_count() for row in records_of(made()))
    assert abs(ones - 4608) < 288


# --- Faults that are planted -------------------------------------------------------------------------


def counted() -> Salt:
    """On from list to list."""
    numbers = count(1)
    return lambda row: next(numbers).to_bytes(SALT_BYTES, "big")


def from_the_list(row: SealedRecord) -> bytes:
    return hashlib.sha256(f"{row.list_id}/{row.position}".encode()).digest()


def from_a_generator(row: SealedRecord) -> bytes:
    """The list's own good generator, but started from what everybody knows."""
    stream = Stream(hashlib.sha256(row.list_id.bytes).digest(), "salts")
    return [stream.take(SALT_BYTES) for _ in range(row.position)][-1]


PLANTED: dict[str, Callable[[], Salt]] = {
    "no salt": lambda: lambda row: bytes(SALT_BYTES),
    "a constant": lambda: lambda row: b"\x2a" * SALT_BYTES,
    "counted": counted,
    "the position": lambda: lambda row: row.position.to_bytes(SALT_BYTES, "little"),
    "from the list's public id": lambda: from_the_list,
    "from the list's public id, by a good generator": lambda: from_a_generator,
    "from the number": lambda: lambda row: hashlib.sha256(row.number.encode()).digest(),
}


def plant(monkeypatch: pytest.MonkeyPatch, salt: Salt) -> None:
    """Let lists be made with these salts."""
    real = envelope_contents.make_records

    def records(*words: Any, **named: Any) -> Iterator[SealedRecord]:
        return (replace(row, salt=salt(row)) for row in real(*words, **named))

    monkeypatch.setattr(envelope_contents, "make_records", records)


@pytest.mark.parametrize("name", PLANTED)
def test_a_salt_that_can_be_guessed_is_found(made: Make, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    plant(monkeypatch, PLANTED[name]())
    list_ = made()
    hit = next(guessed(list_), None)
    assert hit and hit.arm == {row.number: row.arm for row in records_of(list_)}[hit.place]


@pytest.mark.parametrize(
    "seed",
    [
        lambda at: bytes(SEED_BYTES),
        lambda at: hashlib.sha256(str(int(at.timestamp())).encode()).digest(),
        lambda at: random.Random(int(at.timestamp())).randbytes(SEED_BYTES),
    ],
    ids=["zeros", "the clock", "a generator that starts from the clock"],
)
def test_a_seed_that_can_be_guessed_is_found(
    made: Make, at: datetime, monkeypatch: pytest.MonkeyPatch, seed: Callable[[datetime], bytes]
) -> None:
    monkeypatch.setattr(seeds, "secrets", SimpleNamespace(token_bytes=lambda size: seed(at)))
    assert next(guessed(made()), None)


@pytest.mark.parametrize(
    "next_salt",
    [
        lambda salt: salt,
        lambda salt: (int.from_bytes(salt) + 1).to_bytes(SALT_BYTES),
        lambda salt: hashlib.sha256(salt).digest(),
    ],
    ids=["one for all", "counted on", "hashed on"],
)
def test_salts_that_follow_from_one_another_are_found(
    made: Make, monkeypatch: pytest.MonkeyPatch, next_salt: Callable[[bytes], bytes]
) -> None:
    """From a random first one: what is public does not give it, but one envelope gives the others."""
    kept = [bytes([0, *secrets.token_bytes(SALT_BYTES - 1)])]  # so that counting on never overflows

    def salt(row: SealedRecord) -> bytes:
        kept.append(next_salt(kept[-1]) if row.position > 1 else kept[0])
        return kept[-1]

    plant(monkeypatch, salt)
    list_ = made()
    first = records_of(list_)[0]
    assert {hit.place for hit in guessed_after_one(list_, first)} == {
        row.number for row in records_of(list_)[1:]
    }
