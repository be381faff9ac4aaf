"""A rare order is stopped at every step, by page and command, and taken with a reason that is signed."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from django.core.management import CommandError

from randomization.closing import lock_data
from randomization.core.order import verdict as core
from randomization.core.order.verdict import Verdict
from randomization.models import RandomizationList, Step
from randomization.sealed.ending.end_of_trial import sign_opening
from randomization.sealed.lists import importing, order
from randomization.sealed.lists.acceptance import acceptance_report, check_list
from randomization.sealed.lists.acceptance_presenters import report_text
from randomization.sealed.lists.importing import expected_of, import_list
from randomization.sealed.lists.order import OrderNeedsReason, OrderRefused, judge, reason_of
from randomization.sealed.lists.steps import activate_list, seal_list
from randomization.sealed.models import SealedAuditEntry
from randomization.sealed.vault.signing import ORDER_KEPT
from randomization.services import draw_envelope
from tests.keys import recovery_key_is_proved
from tests.sealed.test_end_of_trial import archive, checked
from tests.terminal import typed
from tests.trial_fixture import TrialFixture
from trial.models import AuditEntry, Delegation, SignedAct
from trial.people.signing.meanings import MEANINGS
from trial.permissions import Role
from trial.refusals import InvalidInput, Refusal

RARE, TOO_RARE = 16_000, 2_000_000
GOOD = "BACCABCABBCAACBCABBACACBBACCBAABCBCA"
SORTED = "A" * 12 + "B" * 12 + "C" * 12
Take = Callable[..., object]
Bring = Callable[..., RandomizationList]


@pytest.fixture
def bring(world: TrialFixture, statistician: Delegation, at: datetime) -> Bring:
    """Import arms, given as letters, as a list of the trial."""
    codes = [arm.code for arm in world.trial.protocol_version.protocol.arms]

    def bring(arms: str, *, reason: str = "", environment: str = "live") -> RandomizationList:
        data = "treatment\n" + "\n".join(arms) + "\n"
        expected = expected_of(
            world.trial,
            environment,
            arm_names=dict(zip("ABC", codes, strict=True)),
            sizes={"all": len(arms)},
            uneven=len(arms) % 3 != 0,
        )
        return import_list(
            trial=world.trial, data=data.encode(), expected=expected, by=statistician, at=at, reason=reason
        )

    return bring


@pytest.fixture
def found(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Say from now on that every order comes once in so many lists."""

    def once_in(lists: int) -> None:
        said = Verdict(lists, core.KINDS[0].seen, core.BY_DESIGN)
        monkeypatch.setattr(order, "verdict_on", lambda *asked: said)
        monkeypatch.setattr(importing, "verdict_on", lambda *asked: said)
        monkeypatch.setattr("randomization.core.acceptance.verdict_on", lambda *asked: said)

    return once_in


def kept() -> list[dict[str, object]]:
    return [json.loads(entry.body) for entry in SealedAuditEntry.objects.filter(action=ORDER_KEPT)]


def test_a_list_sorted_by_arm_is_refused_and_nothing_written(bring: Bring) -> None:
    before = SealedAuditEntry.objects.count()
    with pytest.raises(OrderRefused, match=r"once in 24.*sorted by arm.*It is not taken") as refusal:
        bring(SORTED, reason="The sponsor sent it so.")
    assert refusal.value.status == 422
    assert (RandomizationList.objects.count(), SealedAuditEntry.objects.count()) == (0, before)


@pytest.mark.parametrize("more", ["CAB", ""])
def test_a_training_list_with_or_without_more_rows_does_not_go_live(bring: Bring, more: str) -> None:
    bring(GOOD, environment="training")
    with pytest.raises(Refusal):
        bring(GOOD + more)
    assert RandomizationList.objects.count() == 1


def test_a_rare_order_is_brought_with_a_reason_that_is_signed(
    bring: Bring, found: Callable[[int], None]
) -> None:
    found(RARE)
    with pytest.raises(OrderNeedsReason) as refusal:
        bring(GOOD)
    assert "reason" in refusal.value.errors
    list_ = bring(GOOD, reason="  Drawn before\nour eyes. ")
    assert kept() == [
        {
            "list": str(list_.pk),
            "meaning": MEANINGS[SignedAct.ORDER_KEPT],
            "once_in": RARE,
            "reason": "Drawn before our eyes.",
        }
    ]
    assert reason_of(list_) == "Drawn before our eyes."


def test_a_reason_that_nobody_asked_for_is_not_signed(bring: Bring) -> None:
    bring(GOOD, reason="In case.")
    assert kept() == []


def test_a_reason_has_an_end(bring: Bring, found: Callable[[int], None]) -> None:
    found(RARE)
    with pytest.raises(InvalidInput, match="500"):
        bring(GOOD, reason="x" * 501)


def test_what_was_signed_at_the_import_holds_for_every_later_step(
    bring: Bring,
    found: Callable[[int], None],
    statistician: Delegation,
    second_statistician: Delegation,
    at: datetime,
) -> None:
    found(RARE)
    list_ = bring(GOOD, reason="Drawn before our eyes.")
    check_list(list_=list_, by=statistician, at=at)
    seal_list(list_=list_, by=statistician, at=at)
    recovery_key_is_proved(statistician, at)
    activate_list(list_=list_, by=second_statistician, at=at)
    assert len(kept()) == 1


STEPS = [Step.CHECKED, Step.SEALED, Step.ACTIVATED]
ACTS: dict[Step, Take] = {Step.CHECKED: check_list, Step.SEALED: seal_list, Step.ACTIVATED: activate_list}


def brought_to(step: Step, list_: RandomizationList, one: Delegation, at: datetime) -> None:
    """Take the steps before this one."""
    for earlier in STEPS[: STEPS.index(step)]:
        ACTS[earlier](list_=list_, by=one, at=at)


@pytest.mark.parametrize("step", STEPS)
def test_every_step_refuses_what_is_too_rare_and_asks_for_a_reason(
    step: Step,
    draft: RandomizationList,
    found: Callable[[int], None],
    statistician: Delegation,
    second_statistician: Delegation,
    at: datetime,
) -> None:
    """A list that Velum made, and one that took earlier steps before there was a verdict."""
    brought_to(step, draft, statistician, at)
    blinded = AuditEntry.objects.count()
    taken = {"list_": draft, "by": second_statistician, "at": at}
    found(TOO_RARE)
    with pytest.raises(OrderRefused):
        ACTS[step](**taken, reason="We know.")
    found(RARE)
    with pytest.raises(OrderNeedsReason):
        ACTS[step](**taken)
    assert (AuditEntry.objects.count(), kept()) == (blinded, [])
    ACTS[step](**taken, reason="It was drawn so.")
    assert [said["reason"] for said in kept()] == ["It was drawn so."]
    assert draft.steps.order_by("-sequence").first().step == step  # type: ignore[union-attr]


def test_nothing_of_the_reason_reaches_the_blinded_trail(
    draft: RandomizationList, found: Callable[[int], None], statistician: Delegation, at: datetime
) -> None:
    found(RARE)
    check_list(list_=draft, by=statistician, at=at, reason="ZZCANARY")
    assert not AuditEntry.objects.filter(body__contains="CANARY").exists()
    bodies = [json.loads(entry.body) for entry in AuditEntry.objects.filter(action="list.checked")]
    assert [set(body) for body in bodies] == [{"environment", "list", "meaning", "root"}]


def test_the_report_shows_verdict_and_guesses(
    bring: Bring, draft: RandomizationList, statistician: Delegation, at: datetime
) -> None:
    text = report_text(acceptance_report(list_=bring(GOOD), by=statistician, at=at))
    said = re.search(r"An order like this comes once in ([\d,]+) lists? of this design\.", text)
    assert said and int(said[1].replace(",", "")) < 1000, "beside a list that was drawn by chance"
    assert "The file names no blocks" in text
    assert "Guessed from the earlier arms" in text
    made = report_text(acceptance_report(list_=draft, by=statistician, at=at))
    assert "judged under the design from which it was made" in made
    assert "–" not in made.split("can be guessed")[1].split("Numbers")[0]


def test_a_list_is_judged_beside_those_made_before_it_alone(
    bring: Bring, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = bring(GOOD, environment="training")
    with monkeypatch.context() as none_is_rare:
        none_is_rare.setattr(Verdict, "refused", False)
        none_is_rare.setattr(Verdict, "needs_reason", False)
        second = bring(GOOD + "CAB")
    assert judge(first).once_in == 1
    assert judge(second).refused


def test_earlier_lists_are_read_with_as_many_queries_however_many_they_are(
    bring: Bring, django_assert_num_queries: Callable[[int], object]
) -> None:
    orders = [GOOD, GOOD[9:18] + GOOD[:9] + GOOD[27:] + GOOD[18:27], GOOD[18:][::-1] + GOOD[:18]]
    lists = [bring(arms, reason="Tried.", environment="test") for arms in orders]
    for list_ in lists[1:]:
        with django_assert_num_queries(4):  # type: ignore[attr-defined]
            judge(list_)


def file(tmp_path: Path, arms: str) -> str:
    """The file of a list with these arms."""
    path = tmp_path / "list.csv"
    path.write_text("treatment\n" + "\n".join(arms) + "\n")
    return str(path)


def test_the_commands_take_the_reason_as_an_option(
    world: TrialFixture,
    statistician: Delegation,
    second_statistician: Delegation,
    found: Callable[[int], None],
    tmp_path: Path,
) -> None:
    codes = [arm.code for arm in world.trial.protocol_version.protocol.arms]
    arms = [f"--arm={letter}={code}" for letter, code in zip("ABC", codes, strict=True)]
    trial, by = ("--trial", "nct02059759"), ("--by", "stat.one")
    brought = ("import_list", file(tmp_path, GOOD), *trial, *by, "--environment", "live", *arms)
    found(RARE)
    with pytest.raises(CommandError, match="say why this one is taken"):
        typed(*brought)
    assert "a draft" in typed(*brought, "--reason", "Drawn in public.")
    assert [said["reason"] for said in kept()] == ["Drawn in public."]


@pytest.mark.parametrize("step", STEPS)
def test_each_steps_command_takes_it_too(
    step: Step,
    draft: RandomizationList,
    found: Callable[[int], None],
    statistician: Delegation,
    second_statistician: Delegation,
    at: datetime,
) -> None:
    brought_to(step, draft, statistician, at)
    name = {Step.CHECKED: "check_list", Step.SEALED: "seal_list", Step.ACTIVATED: "activate_list"}[step]
    accept = ("--accept",) if step == Step.CHECKED else ()
    words = (name, "--trial", "nct02059759", "--by", "stat.two", "--list", "1", *accept)
    found(RARE)
    with pytest.raises(CommandError, match="say why this one is taken"):
        typed(*words)
    typed(*words, "--reason", "It was drawn so.")
    assert [said["reason"] for said in kept()] == ["It was drawn so."]


def test_an_archive_holds_the_reason_and_its_verifier_finds_nothing_strange(
    world: TrialFixture,
    bring: Bring,
    found: Callable[[int], None],
    statistician: Delegation,
    second_statistician: Delegation,
    at: datetime,
    tmp_path: Path,
) -> None:
    found(RARE)
    list_ = bring(GOOD, reason="Drawn in public.")
    for step, by in zip(STEPS, (statistician, statistician, second_statistician), strict=True):
        recovery_key_is_proved(statistician, at)
        ACTS[step](list_=list_, by=by, at=at)
    draw_envelope(participant=world.participant(), by=world.nurse, at=at)
    lock_data(trial=world.trial, by=world.person(Role.TRIAL_MANAGER), at=at, statement="All is answered.")
    for by in (statistician, world.person(Role.INVESTIGATOR)):
        sign_opening(trial=world.trial, by=by, at=at)
    (tmp_path / "trial.zip").write_bytes(archive(world, statistician, at))
    done = checked(tmp_path / "trial.zip")
    assert "order brought in a file: 36 rows" in done.stdout
    assert "BAD" not in done.stdout
    assert done.returncode in (0, 3), done.stdout
