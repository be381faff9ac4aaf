"""An export holds every table of the trial or says why not, and its manifest vouches for each file."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.management import CommandError

from dosing.services.feeding import make_feed
from randomization.exporting.everything import (
    BLINDED,
    WITHOUT,
    export_blinded,
    faults_of,
    way_to_trial,
)
from tests.site_fixture import SiteFixture
from tests.terminal import typed
from tests.trial_fixture import START
from trial.models import AuditChain, AuditEntry, Delegation
from trial.models.audit import HIDDEN
from trial.permissions import Permission, Role, may
from trial.policies import NotPermitted

SECRET = ("password", "secret", "token", "email", "digest", "session")


@pytest.fixture
def lived(ward: SiteFixture) -> SiteFixture:
    """A trial in which somebody was injected, somebody failed, and a calendar was given out."""
    who = ward.booked(email="anne@example.org")
    ward.inject(who, 1)
    ward.visit(who, "V1")
    make_feed(by=ward.nurse, at=START, language="en", participant=who)
    ward.check(ward.consented(), E12=True, I7=61)
    return ward


def exported(ward: SiteFixture, by: Delegation) -> tuple[zipfile.ZipFile, dict[str, Any], io.BytesIO]:
    file = io.BytesIO()
    export_blinded(trial=ward.world.trial, by=by, at=START + timedelta(days=30), file=file)
    archive = zipfile.ZipFile(file)
    return archive, json.loads(archive.read("manifest.json")), file


def lines(archive: zipfile.ZipFile, table: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in archive.read(f"tables/{table}.jsonl").decode().splitlines()]


def test_every_table_is_exported_or_left_out_with_a_reason() -> None:
    models = list(apps.get_models(include_auto_created=True))
    kept = {model for model in models if not BLINDED.why_left_out(model)}
    assert set(BLINDED.models()) == kept
    assert [model._meta.db_table for model in kept if not way_to_trial(model)] == []


def test_no_column_of_an_export_is_a_secret_or_an_address() -> None:
    known = {
        "trial_accessreview.digest",  # of what was signed
        "trial_protocolversion.digest",
        "trial_signature.digest",
        "trial_tokenrevoked.token_id",  # which one, not what it is
    }
    found = {
        f"{model._meta.db_table}.{column}"
        for model in BLINDED.models()
        for column in BLINDED.columns_of(model)
        if any(word in column for word in SECRET)
    }
    assert found == known


def test_every_row_of_the_trial_is_there_in_both_forms(lived: SiteFixture) -> None:
    archive, about, _file = exported(lived, lived.world.person(Role.MONITOR))
    counts = {row["name"]: row["rows"] for row in about["files"] if "rows" in row}
    for table in (
        "trial_participant",
        "dosing_injectionrecord",
        "dosing_visitrecord",
        "trial_eligibilitycheck",
    ):
        rows = lines(archive, table)
        sheet = list(csv.DictReader(io.StringIO(archive.read(f"tables/{table}.csv").decode())))
        assert len(rows) == len(sheet) == counts[f"tables/{table}.csv"] > 0
    assert len(lines(archive, "trial_participant")) == 2


def test_the_trail_is_there_in_words_and_with_its_hashes(lived: SiteFixture) -> None:
    archive, _about, _file = exported(lived, lived.world.person(Role.MONITOR))
    trail = list(csv.DictReader(io.StringIO(archive.read("trail.csv").decode())))
    assert {row["hash"] for row in trail} == set(
        AuditEntry.objects.exclude(action="data.exported").values_list("hash", flat=True)
    )
    assert "Injection recorded" in {row["act"] for row in trail}


def test_nothing_that_identifies_or_opens_is_in_it(lived: SiteFixture) -> None:
    archive, _about, _file = exported(lived, lived.world.person(Role.MONITOR))
    everything = b"".join(archive.read(name) for name in archive.namelist())
    assert b"anne@example.org" not in everything
    assert {"position", "place"} <= {column for columns in WITHOUT.values() for column in columns}
    assert b"md5$" not in everything


@pytest.mark.parametrize(("role", "answer"), [(Role.TRIAL_MANAGER, HIDDEN), (Role.MONITOR, True)])
def test_answers_to_sensitive_criteria_are_for_who_may_read_them(
    lived: SiteFixture, role: Role, answer: object
) -> None:
    archive, about, _file = exported(lived, lived.world.person(role))
    failed = [row for row in lines(archive, "trial_eligibilitycheck") if not row["eligible"]]
    assert failed[0]["answers"]["E12"] == answer
    assert about["sensitive_answers_hidden"] is (answer == HIDDEN)
    ids = {
        row["reason"] for row in lines(archive, "trial_participantstatus") if row["status"] == "screen_failed"
    }
    assert ("E12" in "".join(ids)) is (answer is True)
    bodies = [row["body"] for row in lines(archive, "trial_auditentry") if "eligibility" in row["action"]]
    assert all((f'"E12": "{HIDDEN}"' in body) is (answer == HIDDEN) for body in bodies)


def test_the_certificate_says_who_when_what_and_where_the_chains_stood(lived: SiteFixture) -> None:
    by = lived.world.person(Role.MONITOR)
    heads = {chain.head for chain in AuditChain.objects.all()}
    archive, about, _file = exported(lived, by)
    assert (about["made_by"], about["role"], about["blinded"]) == (by.user.username, "monitor", True)
    assert {chain["head"] for chain in about["chains"]} == heads
    entry = AuditEntry.objects.get(action="data.exported")
    assert entry.shown()["manifest"] == hashlib.sha256(archive.read("manifest.json")).hexdigest()


def test_a_file_that_was_changed_is_named(lived: SiteFixture) -> None:
    archive, _about, file = exported(lived, lived.world.person(Role.MONITOR))
    assert faults_of(file) == []
    other = io.BytesIO()
    with zipfile.ZipFile(other, "w") as copy:
        for name in archive.namelist():
            content = archive.read(name)
            copy.writestr(name, content + b" " if name == "tables/trial_consent.csv" else content)
    assert faults_of(other) == ["tables/trial_consent.csv has another SHA-256"]


def test_who_may_export_is_decided_by_role(ward: SiteFixture) -> None:
    assert {role for role in Role if may(role, Permission.EXPORT)} == {Role.MONITOR, Role.TRIAL_MANAGER}
    with pytest.raises(NotPermitted):
        export_blinded(trial=ward.world.trial, by=ward.nurse, at=START, file=io.BytesIO())


def test_the_command_writes_a_file_once_and_says_its_digest(lived: SiteFixture, tmp_path: Path) -> None:
    by, path = lived.world.person(Role.MONITOR), tmp_path / "all.zip"
    words = ("export_data", "--trial", lived.world.trial.key, "--by", by.user.username, "--output", str(path))
    with pytest.raises(CommandError, match="password"):
        typed(*words, password="wrong")
    said = typed(*words)
    assert said.split()[-1] == AuditEntry.objects.get(action="data.exported").shown()["manifest"]
    assert path.stat().st_mode & 0o777 == 0o600
    with pytest.raises(CommandError, match="there already"):
        typed(*words)
