"""The end of a trial: locked, signed by two people, opened, and checked by a program that knows no Velum."""

from __future__ import annotations

import io
import json
import stat
import subprocess
import sys
import zipfile
from datetime import datetime
from pathlib import Path

import pytest
from django.core.management import CommandError

from randomization.closing import lock_data
from randomization.core.design_file import Plan
from randomization.models import Envelope, RandomizationList
from randomization.sealed.ending.archive import export_archive
from randomization.sealed.ending.end_of_trial import (
    DataNotLocked,
    NotSigned,
    SignedAlready,
    open_trial,
    sign_opening,
)
from randomization.sealed.lists.making import design_of, make_list
from randomization.sealed.lists.setting_aside import set_aside
from randomization.sealed.models import SealedAuditEntry
from randomization.services import draw_envelope
from tests.terminal import typed
from tests.tools.archives import TOOL
from tests.trial_fixture import TrialFixture, leave
from trial.models import AuditEntry, Delegation
from trial.permissions import Role
from trial.policies import NotPermitted


@pytest.fixture
def investigator(world: TrialFixture) -> Delegation:
    return world.person(Role.INVESTIGATOR, "doctor")


@pytest.fixture
def drawn(world: TrialFixture, active: RandomizationList, at: datetime) -> list[Envelope]:
    return [draw_envelope(participant=world.participant(), by=world.nurse, at=at) for _ in range(5)]


@pytest.fixture
def locked(world: TrialFixture, drawn: list[Envelope], at: datetime) -> None:
    manager = world.person(Role.TRIAL_MANAGER)
    lock_data(trial=world.trial, by=manager, at=at, statement="All queries answered")


@pytest.fixture
def signed(
    world: TrialFixture, locked: None, statistician: Delegation, investigator: Delegation, at: datetime
) -> None:
    for by in (statistician, investigator):
        sign_opening(trial=world.trial, by=by, at=at)


def archive(world: TrialFixture, by: Delegation, at: datetime) -> bytes:
    file = io.BytesIO()
    export_archive(trial=world.trial, by=by, at=at, file=file)
    return file.getvalue()


def checked(path: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-I", "-S", str(TOOL), str(path), *words]
    return subprocess.run(command, capture_output=True, text=True, timeout=60)


def test_what_is_exported_holds_on_a_machine_that_has_only_python(
    world: TrialFixture,
    signed: None,
    statistician: Delegation,
    drawn: list[Envelope],
    at: datetime,
    tmp_path: Path,
) -> None:
    path = tmp_path / "trial.zip"
    file = io.BytesIO()
    known = export_archive(trial=world.trial, by=statistician, at=at, file=file)
    path.write_bytes(file.getvalue())
    kept = ("--anchor", drawn[4].audit_hash, "--anchor", drawn[0].stratum.list.root[:16])
    done = checked(path, *kept, *known)
    assert done.returncode == 0, done.stdout
    assert checked(path, *kept).returncode == 3
    assert "made from its seed: 36 rows" in done.stdout
    assert "draws: 5 rows" in done.stdout


def test_an_archive_with_a_draft_that_was_set_aside_holds(
    world: TrialFixture,
    drawn: list[Envelope],
    statistician: Delegation,
    investigator: Delegation,
    at: datetime,
    tmp_path: Path,
) -> None:
    slip = made_list(world, statistician, at)
    set_aside(list_=slip, by=statistician, at=at, reason="Another file was meant.")
    manager = world.person(Role.TRIAL_MANAGER)
    lock_data(trial=world.trial, by=manager, at=at, statement="All queries answered")
    for by in (statistician, investigator):
        sign_opening(trial=world.trial, by=by, at=at)
    file = io.BytesIO()
    known = export_archive(trial=world.trial, by=statistician, at=at, file=file)
    (tmp_path / "trial.zip").write_bytes(file.getvalue())
    done = checked(tmp_path / "trial.zip", *known)
    assert (done.returncode, f"list {slip.name}" in done.stdout) == (0, True), done.stdout


def made_list(world: TrialFixture, by: Delegation, at: datetime) -> RandomizationList:
    """Another draft of this trial."""
    design = design_of(world.trial, Plan())
    return make_list(trial=world.trial, environment="live", design=design, by=by, at=at)


def test_every_envelope_of_the_archive_can_be_proved_alone(
    world: TrialFixture,
    signed: None,
    statistician: Delegation,
    drawn: list[Envelope],
    at: datetime,
    tmp_path: Path,
) -> None:
    path, proof = tmp_path / "trial.zip", tmp_path / "envelope.json"
    path.write_bytes(archive(world, statistician, at))
    proof.write_text(checked(path, "--prove", drawn[2].number).stdout)
    signer = drawn[2].stratum.list.signer_public_key
    assert checked(proof, "--signer", signer).returncode == 0


def test_one_trial_gives_one_archive(
    world: TrialFixture, signed: None, statistician: Delegation, at: datetime
) -> None:
    """But for the trail, in which each export is entered first."""
    first, second = (zipfile.ZipFile(io.BytesIO(archive(world, statistician, at))) for _ in range(2))
    assert first.read("lists/1.json") == second.read("lists/1.json")
    assert json.loads(first.read("archive.json"))["chains"][-1].endswith("sealed.json")


def test_before_the_lock_nobody_signs(
    world: TrialFixture, drawn: list[Envelope], statistician: Delegation, at: datetime
) -> None:
    with pytest.raises(DataNotLocked):
        sign_opening(trial=world.trial, by=statistician, at=at)


def test_before_the_lock_nothing_is_opened(
    world: TrialFixture, drawn: list[Envelope], statistician: Delegation, at: datetime
) -> None:
    with pytest.raises(DataNotLocked):
        open_trial(trial=world.trial, by=statistician, at=at)


@pytest.mark.parametrize("who", [(), ("statistician",), ("investigator",)])
def test_one_signature_does_not_open(
    world: TrialFixture, locked: None, who: tuple[str, ...], request: pytest.FixtureRequest, at: datetime
) -> None:
    for name in who:
        sign_opening(trial=world.trial, by=request.getfixturevalue(name), at=at)
    with pytest.raises(NotSigned):
        archive(world, request.getfixturevalue("statistician"), at)


def test_two_statisticians_are_not_two_parts(
    world: TrialFixture, locked: None, statistician: Delegation, second_statistician: Delegation, at: datetime
) -> None:
    sign_opening(trial=world.trial, by=statistician, at=at)
    with pytest.raises(SignedAlready):
        sign_opening(trial=world.trial, by=second_statistician, at=at)


@pytest.mark.parametrize("role", [Role.PHARMACIST, Role.STUDY_NURSE, Role.TRIAL_MANAGER, Role.MONITOR])
def test_others_have_no_part_in_it(world: TrialFixture, locked: None, role: Role, at: datetime) -> None:
    with pytest.raises(NotPermitted):
        sign_opening(trial=world.trial, by=world.person(role), at=at)


def test_the_investigator_alone_exports_nothing(
    world: TrialFixture, signed: None, investigator: Delegation, at: datetime
) -> None:
    with pytest.raises(NotPermitted):
        archive(world, investigator, at)


def test_the_opening_stands_in_both_trails_before_anything_is_opened(
    world: TrialFixture, signed: None, statistician: Delegation, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("randomization.sealed.ending.archive.contents_of", lambda list_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        archive(world, statistician, at)
    assert SealedAuditEntry.objects.filter(action="trial.opened").count() == 1
    assert AuditEntry.objects.filter(action="trial.opened").count() == 1


def test_the_command_writes_a_file_for_its_owner_alone(
    world: TrialFixture, signed: None, tmp_path: Path
) -> None:
    path = tmp_path / "trial.zip"
    words = ("export_archive", "--trial", "nct02059759", "--by", "stat.one", "--output", str(path))
    known = typed(*words).splitlines()[-1].split()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert checked(path, *known).returncode == 0
    with pytest.raises(CommandError, match="File exists"):
        typed(*words)


def test_a_refused_export_leaves_no_file(
    world: TrialFixture, locked: None, statistician: Delegation, tmp_path: Path
) -> None:
    path = tmp_path / "trial.zip"
    with pytest.raises(CommandError, match="have to sign"):
        typed("export_archive", "--trial", "nct02059759", "--by", "stat.one", "--output", str(path))
    assert not path.exists()


def test_the_signing_command_asks_for_the_password(
    world: TrialFixture, locked: None, statistician: Delegation
) -> None:
    words = ("sign_opening", "--trial", "nct02059759", "--by", "stat.one")
    with pytest.raises(CommandError, match="not the password"):
        typed(*words, password="wrong")
    assert "has signed the opening" in typed(*words)


@pytest.mark.parametrize(("how", "said"), [("account", "is not active"), ("duty", "has no part")])
def test_who_has_left_signs_no_opening(locked: None, statistician: Delegation, how: str, said: str) -> None:
    leave(statistician, how)
    with pytest.raises(CommandError, match=said):
        typed("sign_opening", "--trial", "nct02059759", "--by", "stat.one")
