"""The whole trial as files, unblinded: after the data lock and two signatures, signed, with its digests."""

from __future__ import annotations

import csv
import io
import json
import shutil
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.apps import apps
from django.conf import settings
from django.core.management import CommandError, call_command
from django.test import Client

from dosing.pharmacy.exporting.everything import UNBLINDED
from dosing.pharmacy.preparing import mark_prepared
from dosing.pharmacy.worklist import PreparationView
from randomization.closing import lock_data
from randomization.exporting.everything import way_to_trial
from randomization.models import Envelope, RandomizationList
from randomization.sealed.ending.end_of_trial import sign_opening
from randomization.sealed.models import SealedAuditEntry, SealedSignature
from randomization.sealed.vault.envelope_contents import open_secret
from randomization.sealed.vault.keys import pharmacy_key
from randomization.sealed.verification import sealed_signatures
from tests.pharmacy.conftest import PASSWORD, signature_of
from tests.terminal import typed
from tests.trial_fixture import TrialFixture
from trial.models import Delegation, Participant
from trial.pages.signatures import shown
from trial.permissions import Role
from trial.walls.database_grants import granted, rights_of

PAGE = "/export/"
NOT_LOCKED = "The data of this trial are not locked."
NOT_SIGNED = "have to sign the opening first"


@pytest.fixture(autouse=True)
def clock(at: datetime) -> Iterator[None]:
    with time_machine.travel(at, tick=False):
        yield


@pytest.fixture
def statistician(world: TrialFixture) -> Delegation:
    return world.person(Role.UNBLINDED_STATISTICIAN, "stat.one")


@pytest.fixture
def lived(
    world: TrialFixture, todo: tuple[PreparationView, ...], pharmacist: Delegation, at: datetime
) -> TrialFixture:
    """One syringe was made, of a lot that the pharmacy holds."""
    mark_prepared(preparation=todo[0].id, lot=todo[0].lots[0].id, by=pharmacist, at=at)
    return world


def lock(world: TrialFixture, at: datetime) -> None:
    lock_data(trial=world.trial, by=world.person(Role.TRIAL_MANAGER, "boss"), at=at, statement="Reviewed.")


@pytest.fixture
def opened(lived: TrialFixture, statistician: Delegation, at: datetime) -> TrialFixture:
    lock(lived, at)
    for by in (statistician, lived.person(Role.INVESTIGATOR, "doctor")):
        sign_opening(trial=lived.trial, by=by, at=at)
    return lived


SIGNED = {"user_name": "stat.one", "password": PASSWORD}


@pytest.fixture
def page(statistician: Delegation, enter: Callable[[Delegation], Client]) -> Client:
    signature_of(statistician)
    return enter(statistician)


def taken(page: Client) -> tuple[zipfile.ZipFile, dict[str, Any]]:
    answer = page.post(PAGE, SIGNED)
    assert answer.status_code == 200, answer.content.decode()
    assert "UNBLINDED-" in answer.headers["Content-Disposition"]
    archive = zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))  # type: ignore[arg-type]
    return archive, json.loads(archive.read("manifest.json"))


def lines(archive: zipfile.ZipFile, name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in archive.read(f"{name}.jsonl").decode().splitlines()]


# --- When it is refused ------------------------------------------------------------------------------


def test_before_the_lock_and_before_both_signatures_it_is_refused_with_a_sentence_each(
    page: Client, lived: TrialFixture, statistician: Delegation, at: datetime
) -> None:
    for steps, why in ((0, NOT_LOCKED), (1, NOT_SIGNED), (2, NOT_SIGNED)):
        if steps == 1:
            lock(lived, at)
        if steps == 2:
            sign_opening(trial=lived.trial, by=statistician, at=at)
        assert why in page.get(PAGE).content.decode()
        answer = page.post(PAGE, SIGNED)
        assert (answer.status_code, why in answer.content.decode()) == (409, True)
    assert not SealedAuditEntry.objects.filter(action__in=("data.exported", "trial.opened")).exists()
    assert not SealedSignature.objects.filter(act="unblinded_export").exists()


def test_the_command_is_refused_alike_and_leaves_no_file(lived: TrialFixture, tmp_path: Path) -> None:
    path = tmp_path / "all.zip"
    with pytest.raises(CommandError, match=NOT_LOCKED):
        typed("export_unblinded", "--trial", lived.trial.pk, "--by", "stat.one", "--output", str(path))
    assert not path.exists()


def test_without_the_secret_nothing_is_opened(page: Client, opened: TrialFixture) -> None:
    for wrong in ({"password": "guess"}, {"password": ""}, {"user_name": "doctor"}):
        assert page.post(PAGE, SIGNED | wrong).status_code in {403, 422}
    assert not SealedAuditEntry.objects.filter(action="trial.opened").exists()


# --- What it holds -----------------------------------------------------------------------------------


def test_it_says_what_everybody_received_and_is_certified_by_trail_and_signature(
    page: Client, opened: TrialFixture, statistician: Delegation, active: RandomizationList
) -> None:
    archive, about = taken(page)
    says_what_everybody_received(archive, active)
    holds_both_trails(archive, about)
    is_certified(archive, opened, statistician)
    assert not about["blinded"] and about["door"] == "pharmacy"


def says_what_everybody_received(archive: zipfile.ZipFile, active: RandomizationList) -> None:
    arms = {record.number: record.arm for record in open_secret(active, pharmacy_key()).records(active)}
    envelopes = lines(archive, "opened/envelopes")
    assert {row["number"]: row["arm"] for row in envelopes} == arms
    drawn = {row["participant"]: row["number"] for row in envelopes if row["participant"]}
    assert drawn == {
        one.number: Envelope.objects.get(participant=one).number for one in Participant.objects.all()
    }
    (made,) = [row["made"] for row in lines(archive, "opened/preparations") if row["made"]]
    assert made["lot_number"] in {"A1147", "G5-208"} and made["product"]
    moved = lines(archive, "opened/movements")
    assert sorted(row["kind"] for row in moved) == ["received", "received", "used"]
    assert lines(archive, "opened/lists")[0]["seed"]


def test_every_table_is_there_or_named_with_the_reason_and_the_pharmacy_may_read_each() -> None:
    models = list(apps.get_models(include_auto_created=True))
    kept = {model for model in models if not UNBLINDED.why_left_out(model)}
    assert set(UNBLINDED.models()) == kept
    assert [model._meta.db_table for model in kept if not way_to_trial(model)] == []
    assert not [
        model._meta.db_table
        for model in kept
        if "S" not in granted(rights_of("pharmacy", model._meta.db_table))
    ]


def test_no_column_is_a_secret_or_an_address() -> None:
    words = ("password", "secret", "token", "email", "digest", "session", "box")
    found = {
        f"{model._meta.db_table}.{column}"
        for model in UNBLINDED.models()
        for column in UNBLINDED.columns_of(model)
        if any(word in column for word in words)
    }
    assert found == {
        "trial_accessreview.digest",
        "trial_protocolversion.digest",
        "trial_signature.digest",
        "sealed_sealedsignature.digest",
        "trial_tokenrevoked.token_id",
    }


def holds_both_trails(archive: zipfile.ZipFile, about: dict[str, Any]) -> None:
    sealed = list(csv.DictReader(io.StringIO(archive.read("sealed-trail.csv").decode())))
    hashes = SealedAuditEntry.objects.exclude(action="data.exported").values_list("hash", flat=True)
    assert {row["hash"] for row in sealed} == set(hashes)
    assert {"nct02059759/sealed", "nct02059759"} <= {chain["chain"] for chain in about["chains"]}


# --- By what it is certified -------------------------------------------------------------------------


def is_certified(archive: zipfile.ZipFile, opened: TrialFixture, statistician: Delegation) -> None:
    row = SealedSignature.objects.get(act="unblinded_export")
    entry = SealedAuditEntry.objects.get(action="data.exported")
    beside = json.loads(archive.read("manifest.signature.json"))
    assert json.loads(entry.body)["manifest"] == row.record == beside["manifest"]
    assert (beside["name"], beside["entry"]) == (statistician.user.shown_name, entry.hash)
    assert shown([row], opened.trial)[0].state == "holds"
    assert not [report.fault for report in sealed_signatures() if report.fault]


def verified(path: Path, *words: str) -> str:
    out = io.StringIO()
    call_command("verify_export", str(path), *words, stdout=out)
    return out.getvalue()


def exported(opened: TrialFixture, path: Path) -> Path:
    typed("export_unblinded", "--trial", opened.trial.pk, "--by", "stat.one", "--output", str(path))
    return path


def test_verify_export_checks_digests_and_the_signature_of_the_key(
    opened: TrialFixture, tmp_path: Path
) -> None:
    path = exported(opened, tmp_path / "all.zip")
    assert "The signature holds." in verified(path)
    with pytest.raises(CommandError, match="not one that is known"):
        verified(path, "--signer", "ab" * 32)
    for part in ("tables/trial_participant.csv", "manifest.json", "manifest.signature.json"):
        with pytest.raises(CommandError, match=r"SHA-256|another manifest|does not hold"):
            verified(spoiled(path, tmp_path / "other.zip", part))
    with as_if_away("list-signing.key", tmp_path):
        path = exported(opened, tmp_path / "without.zip")
    assert "No key signed it" in verified(path)


@contextmanager
def as_if_away(name: str, folder: Path) -> Iterator[None]:
    """The statistician's key lies elsewhere, as it does in containers."""
    shutil.move(Path(settings.VELUM_KEYS) / name, folder / name)
    try:
        yield
    finally:
        shutil.move(folder / name, Path(settings.VELUM_KEYS) / name)


def spoiled(path: Path, other: Path, part: str) -> Path:
    """A copy in which that part says something else, as well formed as before."""
    with zipfile.ZipFile(path) as archive, zipfile.ZipFile(other, "w") as changed:
        for name in archive.namelist():
            content = archive.read(name)
            if name == part:
                content = content.replace(b"stat.one", b"stat.two").replace(
                    b'"ed25519": "', b'"ed25519": "00'
                )
                content += b"1961-01-01" if name.endswith(".csv") else b""
            changed.writestr(name, content)
    return other
