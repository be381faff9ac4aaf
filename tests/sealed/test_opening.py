"""Opening an envelope: who may, what is written first, and what a damaged seal does."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction

from randomization.models import Envelope, RandomizationList
from randomization.sealed.models import CodeBreak, Recipient, Seal, SealedAuditEntry
from randomization.sealed.opening import revealing
from randomization.sealed.opening.revealing import CannotReveal, NotRandomized, Purpose, code_break, reveal
from randomization.sealed.vault.boxes import CannotOpen, pad, seal, unpad, unseal
from randomization.sealed.vault.envelope_contents import SealDamaged, open_seal, open_secret
from randomization.sealed.vault.keys import pharmacy_key, recipient_keys
from randomization.services import draw_envelope
from tests.randomization.test_verify import tampering
from tests.trial_fixture import TrialFixture
from trial.models import Participant
from trial.permissions import Role
from trial.policies import NotPermitted
from trial.refusals import InvalidInput


@pytest.fixture
def participant(world: TrialFixture, active: RandomizationList, at: datetime) -> Participant:
    """Randomised: the first envelope of the list."""
    participant = world.participant()
    draw_envelope(participant=participant, by=world.nurse, at=at)
    return participant


def openings() -> list[tuple[str, str, str]]:
    """Who opened what for which purpose, from the sealed trail."""
    rows = SealedAuditEntry.objects.filter(action="envelope.opened").order_by("sequence")
    return [(row.actor, row.subject, json.loads(row.body)["purpose"]) for row in rows]


def test_the_pharmacist_learns_the_arm_of_one_participant(
    world: TrialFixture, participant: Participant, active: RandomizationList, at: datetime
) -> None:
    pharmacist = world.person(Role.PHARMACIST, "pharma")
    arm = reveal(participant=participant, by=pharmacist, purpose=Purpose.PREPARATION, at=at)
    assert arm.code == next(open_secret(active, pharmacy_key()).records(active)).arm
    assert openings() == [("pharma", participant.number, "preparation")]


@pytest.mark.parametrize(
    ("role", "purpose"),
    [
        (Role.STUDY_NURSE, Purpose.PREPARATION),
        (Role.INVESTIGATOR, Purpose.PREPARATION),
        (Role.UNBLINDED_STATISTICIAN, Purpose.ALLOCATION),
        (Role.PHARMACIST, Purpose.CODE_BREAK),
        (Role.ADMINISTRATOR, Purpose.ALLOCATION),
    ],
)
def test_the_wrong_role_opens_nothing(
    world: TrialFixture, participant: Participant, at: datetime, role: Role, purpose: Purpose
) -> None:
    with pytest.raises(NotPermitted):
        reveal(participant=participant, by=world.person(role, f"{role}-x"), purpose=purpose, at=at)
    assert openings() == []


def test_there_is_nothing_to_open_before_the_draw(
    world: TrialFixture, active: RandomizationList, at: datetime
) -> None:
    with pytest.raises(NotRandomized):
        reveal(
            participant=world.participant(),
            by=world.person(Role.PHARMACIST),
            purpose=Purpose.ALLOCATION,
            at=at,
        )


@pytest.mark.parametrize("what_fails", [RuntimeError, KeyboardInterrupt])
@pytest.mark.django_db(transaction=True)
def test_the_entry_is_there_even_if_opening_fails(
    world: TrialFixture,
    participant: Participant,
    at: datetime,
    monkeypatch: pytest.MonkeyPatch,
    what_fails: type,
) -> None:
    def fail(*_: object) -> None:
        raise what_fails

    monkeypatch.setattr(revealing, "open_seal", fail)
    with pytest.raises(what_fails):
        reveal(participant=participant, by=world.person(Role.PHARMACIST), purpose=Purpose.ALLOCATION, at=at)
    assert len(openings()) == 1


@pytest.mark.django_db(transaction=True)
def test_an_envelope_is_not_opened_inside_a_transaction_that_could_undo_the_entry(
    world: TrialFixture, participant: Participant, at: datetime
) -> None:
    pharmacist = world.person(Role.PHARMACIST)
    with pytest.raises(RuntimeError, match="durable"), transaction.atomic():
        reveal(participant=participant, by=pharmacist, purpose=Purpose.ALLOCATION, at=at)


def test_the_investigator_breaks_the_code_with_a_reason(
    world: TrialFixture, participant: Participant, at: datetime
) -> None:
    doctor = world.person(Role.INVESTIGATOR, "doctor")
    arm = code_break(participant=participant, by=doctor, at=at, reason="anaphylaxis")
    assert arm.code in {arm.code for arm in world.trial.protocol_version.protocol.arms}
    row = CodeBreak.objects.get()
    assert (row.participant, row.by, row.reason) == (participant, doctor, "anaphylaxis")
    assert openings() == [("doctor", participant.number, "code_break")]


def test_a_code_is_not_broken_without_a_reason(
    world: TrialFixture, participant: Participant, at: datetime
) -> None:
    with pytest.raises(InvalidInput):
        code_break(participant=participant, by=world.person(Role.INVESTIGATOR), at=at, reason="  ")
    assert not CodeBreak.objects.exists()


def test_no_key_no_arm_but_a_sentence(
    world: TrialFixture, participant: Participant, at: datetime, settings: Any, tmp_path: Path
) -> None:
    settings.VELUM_KEYS = tmp_path
    with pytest.raises(CannotReveal, match="code-break sheet"):
        reveal(participant=participant, by=world.person(Role.PHARMACIST), purpose=Purpose.ALLOCATION, at=at)


def first_two(list_: RandomizationList) -> tuple[Envelope, Envelope]:
    rows = Envelope.objects.filter(stratum__list=list_).select_related("stratum__list")
    first, second = rows.order_by("position")[:2]
    return first, second


def seal_of(envelope: Envelope) -> Seal:
    return Seal.objects.get(envelope=envelope, recipient=Recipient.PHARMACY)


def test_swapped_boxes_do_not_open(active: RandomizationList) -> None:
    first, second = first_two(active)
    with pytest.raises(SealDamaged, match="cannot be opened"):
        open_seal(first, seal_of(second), pharmacy_key())


def test_a_fresh_box_with_another_arm_is_noticed(active: RandomizationList) -> None:
    """Anyone with the public key can make a box; nobody can make it fit the signed commitment."""
    first, _ = first_two(active)
    key = pharmacy_key()
    record = open_seal(first, seal_of(first), key)
    forged = seal(
        record.to_bytes().replace(record.arm.encode(), record.arm.encode()[::-1], 1),
        recipient_keys()["pharmacy"],
        *("envelope", "pharmacy", str(active.pk), "all", "1"),
    )
    with pytest.raises(SealDamaged, match="not what was sealed"):
        open_seal(first, Seal(envelope=first, recipient="pharmacy", box=forged), key)


def test_a_flipped_bit_is_noticed(world: TrialFixture, participant: Participant, at: datetime) -> None:
    row = seal_of(participant.envelope)
    box = bytearray(row.box)
    box[100] ^= 1
    with tampering():
        Seal.objects.filter(pk=row.pk).update(box=bytes(box))
    with pytest.raises(SealDamaged):
        reveal(participant=participant, by=world.person(Role.PHARMACIST), purpose=Purpose.ALLOCATION, at=at)


def test_a_box_is_bound_to_its_context() -> None:
    key = pharmacy_key()
    box = seal(b"content", key.public_key(), "envelope", "1")
    assert unseal(box, key, "envelope", "1") == b"content"
    for context in (("envelope", "2"), ("list", "1"), ("envelope1",), ("envelope", "1", "")):
        with pytest.raises(CannotOpen):
            unseal(box, key, *context)


@pytest.mark.parametrize("length", [0, 1, 59, 60, 61, 1000])
def test_padding_hides_the_length_and_comes_off_again(length: int) -> None:
    padded = pad(b"x" * length, 64)
    assert len(padded) % 64 == 0
    assert unpad(padded) == b"x" * length
