"""Nightly anchors: the heads of each door's chains, kept outside, and compared later."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core import mail
from django.utils import timezone

from randomization.anchoring import anchor_tonight, heads, read_anchor
from randomization.sealed.models import SealedAuditChain, SealedAuditEntry
from randomization.sealed.vault.trail import head_of, record_sealed
from randomization.verification import verify
from tests.randomization.test_verify import tampering
from tests.trial_fixture import TrialFixture, new_trial
from trial.models import AuditChain

NIGHT = datetime(2026, 3, 4, 2, 10, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture
def world(db: None, settings: Any, tmp_path: Path) -> TrialFixture:
    settings.VELUM_ANCHORS, settings.VELUM_ANCHORS_TO = tmp_path, ["sponsor@example.org"]
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    world = new_trial()
    record_sealed(action="job.asked", subject="1", by=world.nurse, at=NIGHT, trial=world.trial, body={})
    return world


def faults(text: str) -> list[str]:
    reports = verify(nights=[text], clock=timezone.now)
    return [str(report.fault) for report in reports if str(report.what) == "anchor of a night"]


def test_the_clinics_anchor_holds_no_head_of_the_sealed_trail(world: TrialFixture) -> None:
    path = anchor_tonight("blinded", AuditChain, at=NIGHT)

    assert path and path.name == "blinded-2026-03-04.txt"
    assert "sealed" not in path.read_text() and head_of(world.trial) not in path.read_text()
    assert [head.chain for head in read_anchor(path.read_text())] == ["nct02059759"]


def test_the_pharmacys_process_anchors_the_sealed_heads_once_a_night(
    world: TrialFixture, tmp_path: Path
) -> None:
    config: Any = apps.get_app_config("sealed")
    for minute in range(3):
        config.pharmacy_tick(at=NIGHT + timedelta(minutes=minute))

    (path,) = tmp_path.glob("*.txt")
    assert f"nct02059759/sealed 1 {head_of(world.trial)}" in path.read_text().splitlines()
    assert [(one.to, one.subject) for one in mail.outbox] == [
        (["sponsor@example.org"], "Velum: heads of the audit chains, sealed-2026-03-04")
    ]
    assert mail.outbox[0].body == path.read_text()


def test_nothing_is_anchored_before_two(world: TrialFixture) -> None:
    assert anchor_tonight("sealed", SealedAuditChain, at=NIGHT.replace(hour=1, minute=59)) is None


class DeadMail:
    """A mail server that does not answer."""

    def __init__(self, *args: object, **values: object) -> None:
        self.tried = 0

    def send_messages(self, messages: object) -> int:
        raise ConnectionRefusedError


def test_dead_mail_is_tried_again_after_a_quarter_of_an_hour(
    world: TrialFixture, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    alive = settings.EMAIL_BACKEND
    settings.EMAIL_BACKEND = f"{__name__}.DeadMail"
    assert anchor_tonight("sealed", SealedAuditChain, at=NIGHT)
    assert "alarm: the anchor sealed-2026-03-04.txt was not mailed: ConnectionRefusedError" in caplog.text
    settings.EMAIL_BACKEND = alive
    anchor_tonight("sealed", SealedAuditChain, at=NIGHT + timedelta(minutes=14))
    assert mail.outbox == []
    anchor_tonight("sealed", SealedAuditChain, at=NIGHT + timedelta(minutes=16))
    assert len(mail.outbox) == 1


def test_a_folder_that_cannot_be_written_is_an_alarm_and_no_crash(
    world: TrialFixture, settings: Any, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").touch()
    settings.VELUM_ANCHORS = tmp_path / "file"
    assert anchor_tonight("sealed", SealedAuditChain, at=NIGHT) is None
    assert "alarm: the anchor sealed-2026-03-04.txt was not written" in caplog.text


@pytest.fixture
def kept(world: TrialFixture) -> str:
    return "\n".join(str(head) for kind in (AuditChain, SealedAuditChain) for head in heads(kind))


def test_a_history_that_went_on_still_has_its_anchor(world: TrialFixture, kept: str) -> None:
    record_sealed(action="job.asked", subject="2", by=world.nurse, at=NIGHT, trial=world.trial, body={})
    assert faults(kept) == [""]


def test_a_sealed_history_that_was_cut_is_seen_by_the_anchor(world: TrialFixture, kept: str) -> None:
    with tampering():
        SealedAuditEntry.objects.all().delete()
        SealedAuditChain.objects.update(sequence=0, head="0" * 64)
    assert "nct02059759/sealed has no entry 1" in faults(kept)[0]


def test_a_hash_of_the_sealed_trail_is_an_anchor_as_well(world: TrialFixture) -> None:
    (report,) = [
        one for one in verify([head_of(world.trial)[:16]], clock=timezone.now) if str(one.what) == "anchors"
    ]
    assert report.fault == ""


@pytest.mark.parametrize("text", ["what is this", "a b c", "one two", "nct02059759 x " + "0" * 64])
def test_a_file_that_is_no_anchor_is_a_fault_in_a_sentence(world: TrialFixture, text: str) -> None:
    reports = [*verify(nights=[text], clock=timezone.now)]
    assert "is no head of a chain" in str(reports[-1].fault)
