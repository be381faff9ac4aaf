"""A draft with a slip is set aside: it stays with its reason, and the same file can be brought again."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.db.utils import DatabaseError

from randomization.closing import lock_data
from randomization.list_checks import list_faults
from randomization.models import RandomizationList, Step
from randomization.sealed.ending.archive import export_archive
from randomization.sealed.ending.end_of_trial import sign_opening
from randomization.sealed.lists.acceptance import check_list
from randomization.sealed.lists.importing import ImportedBefore
from randomization.sealed.lists.making import BadReserve
from randomization.sealed.lists.setting_aside import set_aside
from randomization.sealed.lists.steps import WrongStep, activate_list, seal_list
from randomization.sealed.models import SealedAuditEntry, SealedSignature, SetAside
from randomization.sealed.verification import set_aside_faults
from randomization.services import draw_envelope
from tests.core.list_files import blockrand, velum
from tests.keys import recovery_key_is_proved
from tests.randomization.test_verify import tampering
from tests.sealed.test_end_of_trial import checked
from tests.sealed.test_importing import Bring, bring, codes, everything_written
from tests.terminal import typed
from tests.trial_fixture import TrialFixture
from trial.models import AuditEntry, Delegation
from trial.pages.signatures import shown
from trial.people.signing.hands import hand_of_person
from trial.permissions import Role
from trial.policies import NotPermitted
from trial.refusals import InvalidInput

__all__ = ["bring", "codes"]
WHY = "High dose stands in row 9 where the protocol of the statistician has low dose"


@pytest.fixture
def draft(bring: Bring) -> RandomizationList:
    return bring(name="slip")


def test_the_same_file_is_brought_again_after_its_draft_was_set_aside(
    bring: Bring, draft: RandomizationList, statistician: Delegation, at: datetime
) -> None:
    with pytest.raises(ImportedBefore):
        bring()
    set_aside(list_=draft, by=statistician, at=at, reason=f" {WHY} ")
    again = bring()
    assert (again.sequence, again.root != draft.root) == (2, True)
    kept = SetAside.objects.get()
    assert (kept.list, kept.by, kept.at, kept.reason) == (draft, statistician, at, WHY)
    assert [step.step for step in draft.steps.all()] == [Step.DRAFT, Step.CLOSED]


def test_the_list_that_was_brought_again_goes_into_use(
    world: TrialFixture,
    bring: Bring,
    draft: RandomizationList,
    statistician: Delegation,
    second_statistician: Delegation,
    at: datetime,
) -> None:
    set_aside(list_=draft, by=statistician, at=at, reason=WHY)
    again = bring()
    check_list(list_=again, by=statistician, at=at)
    seal_list(list_=again, by=statistician, at=at)
    recovery_key_is_proved(statistician, at)
    activate_list(list_=again, by=second_statistician, at=at)
    assert [*list_faults(draft), *list_faults(again)] == []


def test_a_list_that_was_accepted_can_still_be_set_aside(
    bring: Bring, draft: RandomizationList, statistician: Delegation, at: datetime
) -> None:
    check_list(list_=draft, by=statistician, at=at)
    set_aside(list_=draft, by=statistician, at=at, reason=WHY)
    assert bring().sequence == 2


def test_the_files_own_numbers_can_be_brought_again_as_well(
    bring: Bring, statistician: Delegation, at: datetime
) -> None:
    draft = bring(velum(), numbers="file")
    set_aside(list_=draft, by=statistician, at=at, reason=WHY)
    again = bring(velum(), numbers="file")
    assert [*list_faults(draft), *list_faults(again)] == []


def test_one_entry_of_the_sealed_trail_has_the_reason_and_the_blinded_one_has_not(
    draft: RandomizationList, statistician: Delegation, at: datetime
) -> None:
    before = SealedAuditEntry.objects.count()
    set_aside(list_=draft, by=statistician, at=at, reason=WHY)
    entry = SealedAuditEntry.objects.order_by("-sequence").first()
    assert entry is not None
    assert (SealedAuditEntry.objects.count() - before, entry.action) == (1, "list.set_aside")
    assert WHY in entry.body
    blinded = AuditEntry.objects.order_by("-sequence").first()
    assert blinded is not None
    assert blinded.action == "list.closed"
    assert not AuditEntry.objects.filter(body__contains="dose").exists()


def sealed(list_: RandomizationList, by: Delegation, at: datetime) -> None:
    check_list(list_=list_, by=by, at=at)
    seal_list(list_=list_, by=by, at=at)


def test_a_sealed_list_stays(draft: RandomizationList, statistician: Delegation, at: datetime) -> None:
    sealed(draft, statistician, at)
    before = everything_written()
    with pytest.raises(WrongStep, match="not sealed yet"):
        set_aside(list_=draft, by=statistician, at=at, reason=WHY)
    assert (everything_written(), SetAside.objects.count()) == (before, 0)


def test_the_database_keeps_sealed_lists_from_being_set_aside_and_the_reason_as_it_is(
    draft: RandomizationList, bring: Bring, statistician: Delegation, at: datetime
) -> None:
    sealed(draft, statistician, at)
    with pytest.raises(DatabaseError, match="before it is sealed"), transaction.atomic():
        SetAside.objects.create(list=draft, by=statistician, at=at, reason=WHY)


def test_what_was_set_aside_is_written_once(
    draft: RandomizationList, statistician: Delegation, at: datetime
) -> None:
    set_aside(list_=draft, by=statistician, at=at, reason=WHY)
    for statement in ("UPDATE sealed_setaside SET reason = 'x'", "DELETE FROM sealed_setaside"):
        with (
            pytest.raises(DatabaseError, match="written once"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)


@pytest.mark.parametrize("reason", ["", "  \n"])
def test_without_a_reason_nothing_is_written(
    draft: RandomizationList, statistician: Delegation, at: datetime, reason: str
) -> None:
    before = everything_written()
    with pytest.raises(InvalidInput):
        set_aside(list_=draft, by=statistician, at=at, reason=reason)
    assert everything_written() == before


def test_it_is_set_aside_once_and_goes_no_further(
    draft: RandomizationList, statistician: Delegation, at: datetime
) -> None:
    set_aside(list_=draft, by=statistician, at=at, reason=WHY)
    before = everything_written()
    with pytest.raises(WrongStep):
        set_aside(list_=draft, by=statistician, at=at, reason=WHY)
    with pytest.raises(WrongStep):
        check_list(list_=draft, by=statistician, at=at)
    assert everything_written() == before


@pytest.mark.parametrize("role", [Role.PHARMACIST, Role.STUDY_NURSE, Role.TRIAL_MANAGER])
def test_only_the_unblinded_statistician_sets_a_list_aside(
    world: TrialFixture, draft: RandomizationList, at: datetime, role: Role
) -> None:
    with pytest.raises(NotPermitted):
        set_aside(list_=draft, by=world.person(role), at=at, reason=WHY)


def test_a_reserve_that_was_set_aside_makes_room_for_another(
    bring: Bring, draft: RandomizationList, statistician: Delegation, at: datetime
) -> None:
    rows = blockrand()
    drawn = random.Random(5)
    for block in sorted({row[1] for row in rows[1:]}):
        within = [row for row in rows if row[1] == block]
        for row, arm in zip(within, drawn.sample([row[3] for row in within], len(within)), strict=True):
            row[3] = arm
    reserve = bring(rows, reserve_of=draft)
    with pytest.raises(WrongStep, match="reserve"):
        set_aside(list_=draft, by=statistician, at=at, reason=WHY)
    with pytest.raises(BadReserve):
        bring(velum(), reserve_of=draft)
    set_aside(list_=reserve, by=statistician, at=at, reason=WHY)
    with pytest.raises(BadReserve, match="set aside"):
        bring(rows, reserve_of=reserve)
    assert bring(rows, reserve_of=draft).reserve_of == draft


def test_verify_copes_and_finds_a_reason_that_nobody_signed(
    world: TrialFixture, draft: RandomizationList, statistician: Delegation, at: datetime
) -> None:
    set_aside(list_=draft, by=statistician, at=at, reason=WHY)
    out = StringIO()
    call_command("verify", stdout=out)
    assert "lists set aside in nct02059759" in out.getvalue()
    assert "BAD" not in out.getvalue()
    other = SetAside(list=draft, by=statistician, at=at + timedelta(hours=1), reason="another")
    with pytest.raises(DatabaseError), transaction.atomic():
        other.save(force_insert=True)
    assert list(set_aside_faults(world.trial)) == []


def test_a_row_without_an_entry_is_found(
    world: TrialFixture, draft: RandomizationList, statistician: Delegation, at: datetime
) -> None:
    SetAside.objects.create(list=draft, by=statistician, at=at, reason=WHY)
    assert "not in the sealed trail" in str(next(set_aside_faults(world.trial)))


def test_the_archive_holds_it_and_the_verifier_finds_no_fault(
    world: TrialFixture,
    bring: Bring,
    draft: RandomizationList,
    statistician: Delegation,
    second_statistician: Delegation,
    at: datetime,
    tmp_path: Path,
) -> None:
    set_aside(list_=draft, by=statistician, at=at, reason=WHY)
    again, investigator = bring(), world.person(Role.INVESTIGATOR)
    sealed(again, statistician, at)
    recovery_key_is_proved(statistician, at)
    activate_list(list_=again, by=second_statistician, at=at)
    draw_envelope(participant=world.participant(), by=world.nurse, at=at)
    lock_data(trial=world.trial, by=world.person(Role.TRIAL_MANAGER), at=at, statement="All is answered.")
    for by in (statistician, investigator):
        sign_opening(trial=world.trial, by=by, at=at)
    with (tmp_path / "trial.zip").open("w+b") as file:
        words = export_archive(trial=world.trial, by=statistician, at=at, file=file)
    done = checked(tmp_path / "trial.zip", *words)
    assert done.returncode == 0, done.stdout
    assert "list slip" in done.stdout


def test_the_command_sets_it_aside(draft: RandomizationList, statistician: Delegation) -> None:
    who = ("--trial", "nct02059759", "--by", "stat.one")
    said = typed("set_list_aside", *who, "--list", "slip", "--reason", WHY)
    assert "can be brought again" in said
    assert SetAside.objects.get().reason == WHY
    assert states(draft) == ["holds"]


def states(list_: RandomizationList) -> list[str]:
    """What the page of signatures says of each, the newest first."""
    return [signed.state for signed in shown(SealedSignature.objects.order_by("-id"), list_.trial)]


CHANGES = {
    "UPDATE sealed_setaside SET reason = 'another'": ["void: changed since: reason", "holds"],
    "UPDATE sealed_setaside SET at = '2016-01-01 00:00:00+00:00'": ["void: changed since: at", "holds"],
    "DELETE FROM sealed_setaside": ["void: the record is not there", "holds"],
    "UPDATE randomization_randomizationlist SET root = 'f0'": ["void: changed since: root"] * 2,
}


@pytest.mark.parametrize("change", CHANGES)
def test_whatever_changes_after_it_was_signed_makes_the_signature_void(
    bring: Bring, statistician: Delegation, at: datetime, change: str
) -> None:
    hand = hand_of_person(statistician, both_parts=True)
    draft = bring(name="slip", hand=hand)
    set_aside(list_=draft, by=statistician, at=at, reason=WHY, hand=hand)
    assert states(draft) == ["holds", "holds"]
    with tampering(), connection.cursor() as cursor:
        cursor.execute(change)
    assert states(draft) == CHANGES[change]


def test_what_is_signed_stands_in_the_trail_by_its_digest_and_verify_compares_it(
    bring: Bring, statistician: Delegation, at: datetime
) -> None:
    hand = hand_of_person(statistician, both_parts=False)
    set_aside(list_=bring(hand=hand), by=statistician, at=at, reason=WHY, hand=hand)
    out = StringIO()
    call_command("verify", stdout=out)
    assert "sealed signatures of nct02059759" in out.getvalue() and "BAD" not in out.getvalue()
    with tampering():
        SealedSignature.objects.filter(act="list_set_aside").update(meaning="I accept this list.")
    with pytest.raises(CommandError, match=r"signature list_set_aside of .* is not what its entry says"):
        call_command("verify", stdout=StringIO())
