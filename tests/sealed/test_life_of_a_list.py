"""The life of a list: accepted by reading, activated by somebody else, in one environment, with a reserve."""

from __future__ import annotations

from datetime import datetime

import pytest

from randomization.core.design_file import Plan
from randomization.list_checks import envelopes_of
from randomization.models import Envelope, RandomizationList, Step
from randomization.sealed.lists.acceptance import acceptance_report, check_list
from randomization.sealed.lists.making import BadReserve, design_of, make_list
from randomization.sealed.lists.steps import SamePerson, WrongStep, activate_list, seal_list
from randomization.sealed.models import Recipient, Seal, SealedAuditEntry
from randomization.sealed.vault.envelope_contents import SealDamaged, open_seal
from randomization.sealed.vault.keys import pharmacy_key
from randomization.services import draw_envelope
from tests.randomization.test_verify import tampering
from tests.terminal import typed
from tests.trial_fixture import TrialFixture
from trial.models import AuditEntry, Delegation
from trial.people.amendments import install_amendment
from trial.permissions import Role
from trial.policies import NotPermitted
from trial.protocol.files import parse_protocol


def make(world: TrialFixture, by: Delegation, at: datetime, **more: object) -> RandomizationList:
    facts = {"environment": "live", "design": design_of(world.trial, Plan())}
    return make_list(trial=world.trial, by=by, at=at, **(facts | more))  # type: ignore[arg-type]


def test_a_list_is_not_sealed_before_it_is_checked(
    draft: RandomizationList, statistician: Delegation, at: datetime
) -> None:
    with pytest.raises(WrongStep):
        seal_list(list_=draft, by=statistician, at=at)
    check_list(list_=draft, by=statistician, at=at)
    with pytest.raises(WrongStep):
        check_list(list_=draft, by=statistician, at=at)


def test_the_report_counts_the_made_list_and_says_that_the_seed_gives_it(
    draft: RandomizationList, statistician: Delegation, at: datetime
) -> None:
    report = acceptance_report(list_=draft, by=statistician, at=at)
    assert sorted(report.arms.values()) == [12, 12, 12]
    assert sum(size * n for size, n in report.strata[0].block_sizes.items()) == 36
    assert (report.strata[0].uneven_blocks, report.lint.telling) == (0, ())
    assert "what the sealed seed and design give" in str(report.origin)


def test_reading_is_recorded_before_anything_is_opened(
    draft: RandomizationList, statistician: Delegation, at: datetime
) -> None:
    box = Seal.objects.filter(recipient=Recipient.PHARMACY).first().box
    with tampering():
        Seal.objects.filter(recipient=Recipient.PHARMACY).update(box=box)
    with pytest.raises(SealDamaged):
        acceptance_report(list_=draft, by=statistician, at=at)
    assert SealedAuditEntry.objects.last().action == "list.report_read"


@pytest.mark.parametrize("role", [Role.PHARMACIST, Role.STUDY_NURSE, Role.TRIAL_MANAGER, Role.INVESTIGATOR])
def test_the_report_is_for_the_unblinded_statistician_only(
    world: TrialFixture, draft: RandomizationList, at: datetime, role: Role
) -> None:
    with pytest.raises(NotPermitted):
        acceptance_report(list_=draft, by=world.person(role, "somebody"), at=at)


def test_the_trail_says_what_each_signature_means(active: RandomizationList) -> None:
    entries = AuditEntry.objects.filter(action__startswith="list.").order_by("sequence")
    assert [entry.action for entry in entries] == [f"list.{step}" for step in list(Step.values)[:4]]
    assert all('"meaning":"I ' in entry.body for entry in entries)


@pytest.mark.parametrize("stage", ["checked", "sealed"])
def test_who_took_any_step_before_does_not_activate(
    world: TrialFixture,
    draft: RandomizationList,
    statistician: Delegation,
    second_statistician: Delegation,
    at: datetime,
    stage: str,
) -> None:
    third = world.person(Role.UNBLINDED_STATISTICIAN, "stat.three")
    check_list(list_=draft, by=third if stage == "checked" else statistician, at=at)
    seal_list(list_=draft, by=third if stage == "sealed" else second_statistician, at=at)
    for by in (statistician, third):
        with pytest.raises(SamePerson):
            activate_list(list_=draft, by=by, at=at)


def test_the_seals_of_a_training_list_do_not_open_as_a_live_ones(
    world: TrialFixture, draft: RandomizationList, statistician: Delegation, at: datetime
) -> None:
    """Box and commitment moved together: the environment inside the seal still gives it away."""
    training = make(world, statistician, at, environment="training")
    theirs, ours = envelopes_of(training)[0], envelopes_of(draft)[0]
    row = Seal.objects.get(envelope=theirs, recipient=Recipient.PHARMACY)
    with tampering():
        Envelope.objects.filter(pk=ours.pk).update(commitment=theirs.commitment)
    ours.refresh_from_db()
    ours.stratum.list = draft
    with pytest.raises(SealDamaged):
        open_seal(ours, row, pharmacy_key())
    training.environment = "live"
    theirs.stratum.list = training
    with pytest.raises(SealDamaged):
        open_seal(theirs, row, pharmacy_key())


def test_a_reserve_stands_by_and_shares_no_number(
    world: TrialFixture,
    active: RandomizationList,
    statistician: Delegation,
    second_statistician: Delegation,
    at: datetime,
) -> None:
    reserve = make(world, statistician, at, reserve_of=active)
    check_list(list_=reserve, by=statistician, at=at)
    seal_list(list_=reserve, by=statistician, at=at)
    activate_list(list_=reserve, by=second_statistician, at=at)
    text = world.trial.protocol_version.text.replace("target = 36", "target = 37", 1)
    install_amendment(file=parse_protocol(text), at=at)  # a reserve serves nobody beyond the target
    drawn = [draw_envelope(participant=world.participant(), by=world.nurse, at=at) for _ in range(37)]
    assert {envelope.stratum.list for envelope in drawn} == {active, reserve}
    assert drawn[36].stratum.list == reserve
    assert Envelope.objects.values("number").distinct().count() == 72


def test_a_reserve_belongs_to_one_list_of_its_environment(
    world: TrialFixture, draft: RandomizationList, statistician: Delegation, at: datetime
) -> None:
    with pytest.raises(BadReserve, match="same trial and environment"):
        make(world, statistician, at, environment="test", reserve_of=draft)
    make(world, statistician, at, reserve_of=draft)
    with pytest.raises(BadReserve, match="has the reserve"):
        make(world, statistician, at, reserve_of=draft)


def test_the_report_is_printed_for_the_statistician(
    draft: RandomizationList, statistician: Delegation
) -> None:
    who = ("--trial", "nct02059759", "--by", "stat.one", "--list", draft.name)
    assert "Envelopes of each arm" in typed("check_list", *who)
    assert draft.steps.get().step == Step.DRAFT
