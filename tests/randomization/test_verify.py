"""`verify` on good worlds and on tampered ones: it names the first bad row."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.core.management import CommandError, call_command
from django.db import connection

from randomization.key_files import make_key_files
from randomization.models import Envelope, RandomizationList, Stratum
from randomization.services import draw_envelope
from tests.plugins.append_only import dropped_triggers, replica_role
from tests.trial_fixture import TrialFixture
from trial.models import AuditEntry

NO_KEY = b"-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n"


@contextmanager
def tampering() -> Iterator[None]:
    """What the owner of the database can do: set the triggers aside, change rows, put them back."""
    before, after = (dropped_triggers if connection.vendor == "sqlite" else replica_role)(connection)
    with connection.cursor() as cursor:
        for statement in before:
            cursor.execute(statement)
        yield
        for statement in after:
            cursor.execute(statement)


@pytest.fixture
def drawn(world: TrialFixture, at: datetime, settings: Any, tmp_path: Path) -> list[Envelope]:
    """Three of six envelopes, drawn; the installation knows no signing key to compare with."""
    settings.VELUM_KEYS = tmp_path
    world.blinded_list(6)
    return [draw_envelope(participant=world.participant(), by=world.nurse, at=at) for _ in range(3)]


def verdict() -> str:
    """What `verify` complains of; nothing when all holds."""
    try:
        call_command("verify", stdout=StringIO())
    except CommandError as fault:
        return str(fault)
    return ""


def test_an_honest_trial_verifies(drawn: list[Envelope]) -> None:
    assert verdict() == ""


def change(model: type, **values: object) -> None:
    with tampering():
        model.objects.filter(pk=values.pop("pk")).update(**values)


def test_a_changed_commitment_is_found(drawn: list[Envelope]) -> None:
    change(Envelope, pk=drawn[1].pk, commitment="0" * 64)
    assert "do not lead to the signed root" in verdict()


def test_a_mistyped_number_is_found(drawn: list[Envelope]) -> None:
    change(Envelope, pk=drawn[1].pk, number="R-12345")
    assert "envelope 2 of stratum all has no valid number" in verdict()


def test_a_changed_list_row_is_found(drawn: list[Envelope]) -> None:
    change(RandomizationList, pk=drawn[0].stratum.list_id, environment="training")
    assert "no valid number" in verdict() or "signature" in verdict()


def test_a_replaced_signature_is_found(drawn: list[Envelope]) -> None:
    change(RandomizationList, pk=drawn[0].stratum.list_id, signature="0" * 128)
    assert "signature does not hold" in verdict()


def test_a_list_signed_with_a_strange_key_is_found(drawn: list[Envelope], tmp_path: Path) -> None:
    make_key_files(tmp_path)
    assert "not among this installation's list-signing keys" in verdict()


def pem(list_: RandomizationList) -> bytes:
    """The key that the list names, as a file holds it."""
    key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(list_.signer_public_key))
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def printed() -> str:
    out = StringIO()
    call_command("verify", stdout=out)
    return out.getvalue()


def test_without_a_key_to_compare_with_the_signer_is_said_to_be_unchecked(
    drawn: list[Envelope], tmp_path: Path
) -> None:
    said = printed()
    assert f"not checked  signers of the lists of nct02059759: no list-signing.pub in {tmp_path}" in said
    assert "Everything checked holds." not in said
    (tmp_path / "list-signing.pub").write_bytes(pem(drawn[0].stratum.list))
    said = printed()
    assert ("not checked" in said, said.splitlines()[-1]) == (False, "Everything checked holds.")


@pytest.mark.parametrize("name", ["list-signing.pub", "list-signing-2026.pub"])
@pytest.mark.parametrize("content", [b"", b"junk", NO_KEY])
def test_a_file_that_is_no_key_is_a_fault_in_a_line(
    drawn: list[Envelope], tmp_path: Path, name: str, content: bytes
) -> None:
    (tmp_path / "list-signing.pub").write_bytes(pem(drawn[0].stratum.list))
    (tmp_path / name).write_bytes(content)
    assert f"signers of the lists of nct02059759: {tmp_path / name} " in verdict()


def test_a_key_that_signs_nothing_is_no_list_signing_key(drawn: list[Envelope], tmp_path: Path) -> None:
    make_key_files(tmp_path / "other")
    (tmp_path / "list-signing.pub").write_bytes((tmp_path / "other" / "recovery.pub").read_bytes())
    assert "is not made of list-signing keys" in verdict()


def test_an_older_key_is_known_in_the_same_file_or_beside_it(drawn: list[Envelope], tmp_path: Path) -> None:
    make_key_files(tmp_path)
    present, older = tmp_path / "list-signing.pub", pem(drawn[0].stratum.list)
    present.chmod(0o644)
    with present.open("ab") as file:
        file.write(older)
    assert verdict() == ""
    present.write_bytes((tmp_path / "recovery.pub").read_bytes())
    (tmp_path / "list-signing-2026.pub").write_bytes(older)
    assert "is not made of list-signing keys" in verdict()
    make_key_files(tmp_path / "fresh")
    present.write_bytes((tmp_path / "fresh" / "list-signing.pub").read_bytes())
    assert verdict() == ""


def test_a_removed_envelope_is_found(drawn: list[Envelope]) -> None:
    with tampering():
        Envelope.objects.filter(position=6).delete()
    assert "envelope 6 of stratum all is missing" in verdict()


def test_an_added_envelope_is_found(drawn: list[Envelope]) -> None:
    with tampering():
        Envelope.objects.create(
            stratum=Stratum.objects.get(), position=7, number="R-00000", commitment="0" * 64
        )
    assert "envelope 7 of stratum all was added" in verdict()


def test_an_undone_draw_is_found(drawn: list[Envelope]) -> None:
    change(Envelope, pk=drawn[1].pk, participant=None, drawn_by=None, drawn_at=None, audit_hash="")
    assert "envelope 3 of stratum all was drawn although envelope 2 is free" in verdict()


def test_the_last_draw_undone_is_found_by_the_trail(drawn: list[Envelope]) -> None:
    change(Envelope, pk=drawn[2].pk, participant=None, drawn_by=None, drawn_at=None, audit_hash="")
    assert f"draw for {drawn[2].participant.number} that no envelope shows" in verdict()


def test_a_swapped_participant_is_found(drawn: list[Envelope], world: TrialFixture) -> None:
    change(Envelope, pk=drawn[2].pk, participant=world.participant())
    assert f"{drawn[2].number} was drawn without an audit entry" in verdict()


def test_a_changed_audit_entry_is_found(drawn: list[Envelope]) -> None:
    entry = AuditEntry.objects.filter(action="envelope.drawn").first()
    change(AuditEntry, pk=entry.pk, actor="somebody.else")
    assert f"entry {entry.sequence}: it was changed" in verdict()
