"""The two keys: proved before a live list is used, changed in one transaction, the lost one replaced."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, PrivateFormat
from django.core.management import CommandError
from django.db import DatabaseError, transaction

from randomization.key_files import KeyFault, make_key_files
from randomization.models import RandomizationList
from randomization.sealed.lists.acceptance import check_list
from randomization.sealed.lists.steps import activate_list, seal_list
from randomization.sealed.models import KeyProof, ListSecret, Rekeying, Seal, SealedAuditEntry
from randomization.sealed.vault import rekeying
from randomization.sealed.vault.boxes import key_id
from randomization.sealed.vault.envelope_contents import SealDamaged, open_seal
from randomization.sealed.vault.key_proofs import KeyNotProved, prove_recovery_key, refuse_unproved_keys
from randomization.sealed.vault.keys import pharmacy_key, read_opening_key, read_sealing_key, recipient_keys
from randomization.sealed.vault.rekeying import CannotRekey, box_kinds, rekey
from randomization.sealed.verification import contents
from tests.randomization.test_verify import tampering
from tests.terminal import typed
from tests.trial_fixture import TrialFixture
from trial.models import Delegation
from trial.permissions import Role
from trial.policies import NotPermitted


@pytest.fixture
def safe(settings: Any, tmp_path: Path) -> Path:
    """An installation of its own whose recovery key lies in a safe, not on the server."""
    settings.VELUM_KEYS = tmp_path / "server"
    make_key_files(settings.VELUM_KEYS)
    (tmp_path / "safe").mkdir()
    return (settings.VELUM_KEYS / "recovery.key").rename(tmp_path / "safe" / "recovery.key")


@pytest.fixture
def other(tmp_path: Path) -> Path:
    """A folder with new keys."""
    make_key_files(tmp_path / "new")
    return tmp_path / "new"


@pytest.fixture
def statistician(world: TrialFixture) -> Delegation:
    """Here nobody has proved anything yet."""
    return world.person(Role.UNBLINDED_STATISTICIAN, "stat.one")


# --- The recovery key --------------------------------------------------------------------------------


def test_a_live_list_wants_the_recovery_key_proved(
    safe: Path, draft: RandomizationList, statistician: Delegation, at: datetime
) -> None:
    with pytest.raises(KeyNotProved, match="prove_recovery_key"):
        refuse_unproved_keys(draft)
    prove_recovery_key(key=read_opening_key(safe), trial=draft.trial, by=statistician, at=at)
    refuse_unproved_keys(draft)


def test_without_the_proof_a_live_list_is_not_activated(
    safe: Path,
    draft: RandomizationList,
    statistician: Delegation,
    second_statistician: Delegation,
    at: datetime,
) -> None:
    check_list(list_=draft, by=statistician, at=at)
    seal_list(list_=draft, by=statistician, at=at)
    with pytest.raises(KeyNotProved):
        activate_list(list_=draft, by=second_statistician, at=at)


def test_a_recovery_key_on_the_server_is_no_recovery_key(
    safe: Path, draft: RandomizationList, statistician: Delegation, at: datetime, settings: Any
) -> None:
    prove_recovery_key(key=read_opening_key(safe), trial=draft.trial, by=statistician, at=at)
    safe.rename(settings.VELUM_KEYS / "recovery.key")
    with pytest.raises(KeyNotProved, match=r"Move recovery\.key"):
        refuse_unproved_keys(draft)


@pytest.mark.parametrize("signer", ["nobody's", "another"])
def test_a_live_list_wants_a_signer_whom_the_installation_knows(
    safe: Path,
    other: Path,
    draft: RandomizationList,
    statistician: Delegation,
    at: datetime,
    settings: Any,
    signer: str,
) -> None:
    """The list's own word for who signed it is nobody's word."""
    prove_recovery_key(key=read_opening_key(safe), trial=draft.trial, by=statistician, at=at)
    known = settings.VELUM_KEYS / "list-signing.pub"
    known.unlink()
    if signer == "another":
        (other / "list-signing.pub").rename(known)
    with pytest.raises(KeyNotProved, match=r"is not known here\. Put the signer's public key"):
        refuse_unproved_keys(draft)


def test_another_key_proves_nothing(
    safe: Path, other: Path, draft: RandomizationList, statistician: Delegation, at: datetime
) -> None:
    with pytest.raises(KeyNotProved):
        prove_recovery_key(
            key=read_opening_key(other / "recovery.key"), trial=draft.trial, by=statistician, at=at
        )
    assert not KeyProof.objects.exists()


def test_the_proof_opens_every_second_box(
    safe: Path, draft: RandomizationList, statistician: Delegation, at: datetime
) -> None:
    first, second = Seal.objects.filter(recipient="recovery").order_by("pk")[:2]
    with tampering():
        Seal.objects.filter(pk=first.pk).update(box=second.box)
    with pytest.raises(SealDamaged):
        prove_recovery_key(key=read_opening_key(safe), trial=draft.trial, by=statistician, at=at)


@pytest.mark.parametrize("model", [Seal, ListSecret])
def test_the_proof_wants_a_second_box_of_everything(
    safe: Path, draft: RandomizationList, statistician: Delegation, at: datetime, model: Any
) -> None:
    with tampering():
        model.objects.filter(recipient="recovery").delete()
    with pytest.raises(SealDamaged, match="not sealed for the recovery key"):
        prove_recovery_key(key=read_opening_key(safe), trial=draft.trial, by=statistician, at=at)


def test_the_proof_opens_the_second_box_of_the_seed(
    safe: Path, draft: RandomizationList, statistician: Delegation, at: datetime
) -> None:
    row = ListSecret.objects.get(recipient="recovery")
    with tampering():
        ListSecret.objects.filter(pk=row.pk).update(box=bytes(len(row.box)))
    with pytest.raises(SealDamaged, match="does not open"):
        prove_recovery_key(key=read_opening_key(safe), trial=draft.trial, by=statistician, at=at)
    assert not KeyProof.objects.exists()


def test_a_live_list_wants_the_pharmacy_key_that_it_is_sealed_for(
    safe: Path, other: Path, draft: RandomizationList, settings: Any
) -> None:
    settings.VELUM_KEYS = other
    with pytest.raises(KeyNotProved, match="another pharmacy key"):
        refuse_unproved_keys(draft)


def test_a_training_list_needs_no_proof(world: TrialFixture, draft: RandomizationList) -> None:
    draft.environment = "training"
    refuse_unproved_keys(draft)


def test_the_command_refuses_a_key_that_others_may_read(
    safe: Path, draft: RandomizationList, statistician: Delegation
) -> None:
    safe.chmod(0o440)
    words = ("prove_recovery_key", "--trial", "nct02059759", "--by", "stat.one", "--key", str(safe))
    with pytest.raises(CommandError, match="may be read by others"):
        typed(*words)
    safe.chmod(0o400)
    typed(*words)
    assert KeyProof.objects.count() == 1


# --- Re-keying ---------------------------------------------------------------------------------------

Change = Callable[..., Rekeying]


@pytest.fixture
def change(draft: RandomizationList, statistician: Delegation, at: datetime, other: Path) -> Change:
    """Re-keys the pharmacy's boxes for the new key."""

    def changed(opening: Path, *, by: Delegation = statistician, recipient: str = "pharmacy") -> Rekeying:
        return rekey(
            recipient=recipient,
            new=read_sealing_key(other / f"{recipient}.pub"),
            opening=read_opening_key(opening),
            trial=draft.trial,
            by=by,
            at=at,
        )

    return changed


@pytest.mark.parametrize("name", ["pharmacy", "recovery"])
def test_the_new_key_opens_what_the_old_one_opened(
    safe: Path, draft: RandomizationList, change: Change, other: Path, name: str, settings: Any
) -> None:
    """With the old pharmacy key or, when that is lost, with the recovery key."""
    before = arms(pharmacy_key())
    opening = settings.VELUM_KEYS / "pharmacy.key" if name == "pharmacy" else safe
    change(opening)
    assert arms(read_opening_key(other / "pharmacy.key")) == before


def arms(key: Any) -> list[str]:
    seals = Seal.objects.filter(key_id=key_id(key.public_key())).select_related("envelope__stratum__list")
    assert seals.count() == 36
    return [open_seal(row.envelope, row, key).arm for row in seals.order_by("envelope__position")]


def test_every_kind_of_box_is_moved(safe: Path, change: Change, settings: Any, other: Path) -> None:
    row = change(settings.VELUM_KEYS / "pharmacy.key")
    new = key_id(read_sealing_key(other / "pharmacy.pub"))
    moved = {
        kind.model.__name__: set(
            kind.model.objects.filter(recipient="pharmacy").values_list("key_id", flat=True)
        )
        for kind in box_kinds()
    }
    assert moved == {"Seal": {new}, "ListSecret": {new}, "StepBox": set(), "StockBox": set()}
    assert row.boxes == 37
    assert set(Seal.objects.filter(recipient="recovery").values_list("key_id", flat=True)) == {
        key_id(recipient_keys()["recovery"])
    }


def test_the_pharmacys_own_boxes_move_as_well(
    world: TrialFixture, safe: Path, change: Change, other: Path, settings: Any, at: datetime
) -> None:
    from dosing.pharmacy.ledger import lots_of
    from dosing.pharmacy.stock import receive_lot

    pharmacist = world.person(Role.PHARMACIST, "pharma.one")
    lot = {"product": "Aldesleukin", "lot_number": "A1147", "expiry": date(2017, 4, 30), "quantity": 20}
    receive_lot(site=world.site, by=pharmacist, at=at, **lot)
    before = lots_of(world.site)
    change(safe)
    settings.VELUM_KEYS = other
    assert lots_of(world.site) == before


def test_verify_holds_with_the_new_key_and_the_old_signature(
    safe: Path, draft: RandomizationList, change: Change, other: Path, settings: Any
) -> None:
    signed = (draft.root, draft.signature)
    change(settings.VELUM_KEYS / "pharmacy.key")
    settings.VELUM_KEYS = other
    draft.refresh_from_db()
    assert [report.fault for report in contents()] == [""]
    assert (draft.root, draft.signature) == signed


def test_it_stands_in_the_sealed_trail(safe: Path, change: Change, settings: Any) -> None:
    change(settings.VELUM_KEYS / "pharmacy.key")
    entry = SealedAuditEntry.objects.get(action="keys.changed")
    assert '"boxes":37' in entry.body


@pytest.mark.parametrize("after", [1, 20, 36])
def test_stopped_in_the_middle_all_boxes_are_old(
    safe: Path, change: Change, settings: Any, monkeypatch: pytest.MonkeyPatch, after: int
) -> None:
    """The transaction holds all of it; a kill of the process itself is not tried here."""
    before = list(Seal.objects.order_by("pk").values_list("key_id", "box"))
    left = iter(range(after))
    real = rekeying.seal

    def dying(*given: Any) -> bytes:
        if next(left, None) is None:
            raise KeyboardInterrupt
        return real(*given)

    monkeypatch.setattr(rekeying, "seal", dying)
    with pytest.raises(KeyboardInterrupt), transaction.atomic():
        change(settings.VELUM_KEYS / "pharmacy.key")
    assert list(Seal.objects.order_by("pk").values_list("key_id", "box")) == before
    assert not Rekeying.objects.exists()


def test_a_strange_key_changes_nothing(safe: Path, change: Change, other: Path) -> None:
    with pytest.raises(CannotRekey, match="does not open"), transaction.atomic():
        change(other / "recovery.key")
    assert Seal.objects.filter(key_id=key_id(recipient_keys()["pharmacy"])).count() == 36


def test_the_other_recipients_key_is_no_new_key(safe: Path, change: Change, other: Path) -> None:
    """Both boxes would be for one key, and losing it would lose everything."""
    before = list(Seal.objects.order_by("pk").values_list("key_id", flat=True))
    (other / "pharmacy.pub").unlink()
    (other / "pharmacy.pub").write_bytes((safe.parent.parent / "server" / "recovery.pub").read_bytes())
    with pytest.raises(CannotRekey, match="of the recovery are sealed for this key"):
        change(safe.parent.parent / "server" / "pharmacy.key")
    assert list(Seal.objects.order_by("pk").values_list("key_id", flat=True)) == before


def test_a_key_that_is_locked_with_a_password_is_one_sentence(safe: Path) -> None:
    key = read_opening_key(safe)
    locked = safe.with_name("locked.key")
    locked.write_bytes(
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"secret"))
    )
    locked.chmod(0o400)
    with pytest.raises(KeyFault, match="locked with a password"):
        read_opening_key(locked)


def test_a_key_is_moved_to_once(safe: Path, change: Change, settings: Any) -> None:
    change(settings.VELUM_KEYS / "pharmacy.key")
    with pytest.raises(CannotRekey, match="moved to this key before"):
        change(safe)


def test_the_recovery_key_can_be_changed_too(safe: Path, change: Change, other: Path, settings: Any) -> None:
    change(settings.VELUM_KEYS / "pharmacy.key", recipient="recovery")
    new = read_opening_key(other / "recovery.key")
    assert len(arms(new)) == 36
    assert ListSecret.objects.get(recipient="recovery").key_id == key_id(new.public_key())


def test_only_who_manages_lists_changes_keys(
    world: TrialFixture, safe: Path, change: Change, settings: Any
) -> None:
    with pytest.raises(NotPermitted):
        change(settings.VELUM_KEYS / "pharmacy.key", by=world.person(Role.PHARMACIST))


def test_the_database_takes_no_other_change_of_a_box(safe: Path, draft: RandomizationList) -> None:
    row = Seal.objects.first()
    for change in ({"box": bytes(304)}, {"box": bytes(304), "key_id": "0" * 16}, {"recipient": "other"}):
        with pytest.raises(DatabaseError, match="sealed anew for another key"), transaction.atomic():
            Seal.objects.filter(pk=row.pk).update(**change)


def test_the_command_moves_the_boxes(
    safe: Path, draft: RandomizationList, statistician: Delegation, other: Path
) -> None:
    words = ("rekey", "--trial", "nct02059759", "--by", "stat.one")
    keys = ("--new-key", str(other / "pharmacy.pub"), "--opening-key", str(safe))
    assert "37 boxes of the pharmacy are sealed for the key" in typed(*words, *keys)


def test_a_missing_key_file_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(KeyFault, match="There is no"):
        read_opening_key(tmp_path / "none.key")
