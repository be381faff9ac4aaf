"""One-time links: the doctor learns the arm, the one who asked does not; all is on record first."""

from __future__ import annotations

import hashlib
import logging
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from randomization.models import CodeBreakNotice, RandomizationList
from randomization.sealed.models import (
    CodeBreak,
    OneTimeLink,
    OneTimeLinkUse,
    OpenedElsewhere,
    SealedAuditEntry,
)
from randomization.sealed.opening import one_time_links
from randomization.sealed.opening.one_time_links import LIFETIME, LinkUseless, NewLink, make_link, use_link
from randomization.sealed.opening.revealing import CannotReveal, NotRandomized, Purpose, reveal
from randomization.services import draw_envelope
from tests.sealed.test_lists import dump
from tests.trial_fixture import TrialFixture
from trial.models import AuditEntry, Delegation, Participant
from trial.permissions import Role
from trial.policies import NotPermitted
from trial.refusals import InvalidInput


@pytest.fixture
def participant(world: TrialFixture, active: RandomizationList, at: datetime) -> Participant:
    return draw_envelope(participant=world.participant(), by=world.nurse, at=at).participant


@pytest.fixture
def doctor(world: TrialFixture) -> Delegation:
    return world.person(Role.INVESTIGATOR, "doctor")


@pytest.fixture
def new(participant: Participant, doctor: Delegation, at: datetime) -> NewLink:
    return make_link(participant=participant, by=doctor, at=at, reason="Anaphylaxis", doctor="Dr Roux, ICU")


def test_the_link_gives_the_arm(
    new: NewLink, participant: Participant, world: TrialFixture, at: datetime
) -> None:
    _, arm = use_link(secret=new.secret, viewer=None, at=at)
    pharmacist = world.person(Role.PHARMACIST)
    assert arm == reveal(participant=participant, by=pharmacist, purpose=Purpose.ALLOCATION, at=at)


def test_making_a_link_opens_nothing(new: NewLink) -> None:
    actions = SealedAuditEntry.objects.values_list("action", flat=True)
    assert "code_break.link_made" in actions
    assert "envelope.opened" not in actions
    assert not CodeBreak.objects.exists()


def test_it_works_once(new: NewLink, at: datetime) -> None:
    use_link(secret=new.secret, viewer=None, at=at)
    with pytest.raises(LinkUseless):
        use_link(secret=new.secret, viewer=None, at=at)
    assert CodeBreak.objects.count() == 1
    assert SealedAuditEntry.objects.filter(action="code_break.link_refused").count() == 1


def test_it_ends_after_its_time(new: NewLink, at: datetime) -> None:
    use_at = at + LIFETIME
    with pytest.raises(LinkUseless):
        use_link(secret=new.secret, viewer=None, at=use_at)
    assert use_link(secret=new.secret, viewer=None, at=use_at - timedelta(seconds=1))


def test_only_its_digest_is_kept(new: NewLink) -> None:
    digest = hashlib.sha256(new.secret.encode()).hexdigest()
    assert OneTimeLink.objects.get().digest == digest
    assert new.secret.encode() not in dump()


def test_the_use_is_on_record_before_the_envelope_is_opened(
    new: NewLink, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    def look(*given: Any) -> Any:
        seen.append(
            (OneTimeLinkUse.objects.count(), CodeBreak.objects.count(), CodeBreakNotice.objects.count())
        )
        return real(*given)

    seen: list[tuple[int, ...]] = []
    real = one_time_links.arm_in
    monkeypatch.setattr(one_time_links, "arm_in", look)
    use_link(secret=new.secret, viewer=None, at=at)
    assert seen == [(1, 1, 1)]


def test_the_code_break_says_who_really_saw_it(new: NewLink, at: datetime) -> None:
    use_link(secret=new.secret, viewer=None, at=at)
    row = OpenedElsewhere.objects.get()
    assert (row.means, row.opened_by, row.happened_at) == ("link", "Dr Roux, ICU", at)
    assert AuditEntry.objects.filter(action="code.broken", body="{}").count() == 1


def test_whoever_asked_for_it_is_refused_and_the_link_stays_good(
    new: NewLink, doctor: Delegation, at: datetime
) -> None:
    with pytest.raises(NotPermitted):
        use_link(secret=new.secret, viewer=doctor.user, at=at)
    assert use_link(secret=new.secret, viewer=None, at=at)


def test_a_door_without_its_key_leaves_the_link_unused(
    new: NewLink, at: datetime, settings: Any, tmp_path: Path
) -> None:
    keys, settings.VELUM_KEYS = settings.VELUM_KEYS, tmp_path
    with pytest.raises(CannotReveal):
        use_link(secret=new.secret, viewer=None, at=at)
    settings.VELUM_KEYS = keys
    assert use_link(secret=new.secret, viewer=None, at=at)


def test_guessing_raises_an_alarm_and_locks_nobody_out(
    new: NewLink, at: datetime, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        for n in range(30):
            with pytest.raises(LinkUseless):
                use_link(secret=f"guess {n}", viewer=None, at=at)
    assert caplog.text.count("alarm: an unknown one-time link was tried") == 30
    assert use_link(secret=new.secret, viewer=None, at=at)


@pytest.mark.parametrize("empty", ["reason", "doctor"])
def test_a_link_needs_a_reason_and_a_doctor(
    participant: Participant, doctor: Delegation, at: datetime, empty: str
) -> None:
    words = {"reason": "Anaphylaxis", "doctor": "Dr Roux"} | {empty: "  "}
    with pytest.raises(InvalidInput):
        make_link(participant=participant, by=doctor, at=at, **words)
    assert not OneTimeLink.objects.exists()


@pytest.mark.parametrize("role", [role for role in Role if role != Role.INVESTIGATOR])
def test_only_who_may_break_a_code_makes_a_link(
    world: TrialFixture, participant: Participant, at: datetime, role: Role
) -> None:
    by = world.person(role, f"some-{role}")
    with pytest.raises(NotPermitted):
        make_link(participant=participant, by=by, at=at, reason="x", doctor="y")


def test_there_is_no_link_without_an_envelope(
    world: TrialFixture, active: RandomizationList, at: datetime
) -> None:
    doctor = world.person(Role.INVESTIGATOR, "doctor")
    with pytest.raises(NotRandomized):
        make_link(participant=world.participant(), by=doctor, at=at, reason="x", doctor="y")
