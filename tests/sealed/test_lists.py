"""The life of a list: made, checked and sealed, activated, each by the right person."""

from __future__ import annotations

import json
from collections import Counter
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection

from randomization.core.design_file import Plan
from randomization.core.stream import SEED_BYTES
from randomization.key_files import KeyFault, make_key_files
from randomization.list_checks import envelopes_of
from randomization.models import Envelope, RandomizationList, Step
from randomization.sealed.lists import seeds
from randomization.sealed.lists.acceptance import NumbersTell, check_list
from randomization.sealed.lists.making import design_of, make_list
from randomization.sealed.lists.steps import (
    AnotherListActive,
    ListDamaged,
    SamePerson,
    WrongEnvironment,
    WrongStep,
    activate_list,
    seal_list,
)
from randomization.sealed.models import ListSecret, Recipient, Seal, SealedAuditEntry
from randomization.sealed.vault.envelope_contents import open_seal, open_secret
from randomization.sealed.vault.keys import pharmacy_key
from randomization.signatures import signature_holds
from tests.randomization.test_verify import tampering
from tests.trial_fixture import TrialFixture
from trial.models import Delegation
from trial.permissions import Role
from trial.policies import NotPermitted

SEED = bytes(range(32))


def arms_of(list_: RandomizationList) -> list[str]:
    """Every arm of the list, opened with the pharmacy's key."""
    key, seals = pharmacy_key(), Seal.objects.filter(recipient=Recipient.PHARMACY)
    by_envelope = {row.envelope_id: row for row in seals}
    envelopes = Envelope.objects.filter(stratum__list=list_).select_related("stratum__list")
    return [open_seal(row, by_envelope[row.pk], key).arm for row in envelopes.order_by("position")]


def test_a_made_list_is_a_draft_of_36_balanced_envelopes(draft: RandomizationList) -> None:
    assert draft.steps.get().step == Step.DRAFT
    assert sorted(Counter(arms_of(draft)).values()) == [12, 12, 12]
    assert signature_holds(draft)


def test_every_envelope_is_sealed_for_the_pharmacy_and_for_recovery(draft: RandomizationList) -> None:
    assert Counter(Seal.objects.values_list("recipient", flat=True)) == {"pharmacy": 36, "recovery": 36}
    assert {len(box) for box in Seal.objects.values_list("box", flat=True)} == {304}


def test_the_seed_makes_the_list_again(world: TrialFixture, statistician: Delegation, at: datetime) -> None:
    design = design_of(world.trial, Plan())
    made = make_list(trial=world.trial, environment="live", design=design, by=statistician, at=at, seed=SEED)
    secret = open_secret(made, pharmacy_key())
    assert (secret.seed, secret.design) == (SEED, design)
    assert [record.arm for record in secret.records(made)] == arms_of(made)


def test_a_fresh_seed_whose_numbers_would_tell_the_arms_is_passed_over(
    world: TrialFixture, statistician: Delegation, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    telling, good = (n.to_bytes(SEED_BYTES, "big") for n in (1075, 1076))
    drawn = iter((telling, telling, good))
    monkeypatch.setattr(seeds, "secrets", SimpleNamespace(token_bytes=lambda count: next(drawn)))
    design = design_of(world.trial, Plan())
    made = make_list(trial=world.trial, environment="live", design=design, by=statistician, at=at)
    assert open_secret(made, pharmacy_key()).seed == good
    assert check_list(list_=made, by=statistician, at=at).step == Step.CHECKED
    assert json.loads(SealedAuditEntry.objects.get(action="list.made").body)["seeds_passed_over"] == 2


def test_a_given_seed_is_never_passed_over_and_its_list_is_not_accepted(
    world: TrialFixture, statistician: Delegation, at: datetime
) -> None:
    telling, design = (1075).to_bytes(SEED_BYTES, "big"), design_of(world.trial, Plan())
    made = make_list(
        trial=world.trial, environment="live", design=design, by=statistician, at=at, seed=telling
    )
    assert open_secret(made, pharmacy_key()).seed == telling
    with pytest.raises(NumbersTell, match="its first sign"):
        check_list(list_=made, by=statistician, at=at)


def test_two_lists_of_a_trial_share_no_number(
    world: TrialFixture, statistician: Delegation, at: datetime
) -> None:
    design = design_of(world.trial, Plan())
    for _ in range(2):  # the same seed, so that the second would draw the same numbers
        make_list(trial=world.trial, environment="live", design=design, by=statistician, at=at, seed=SEED)
    numbers = Envelope.objects.values_list("number", flat=True)
    assert len(numbers) == len(set(numbers)) == 72


def test_a_second_list_is_checked_against_its_seed_as_well(
    world: TrialFixture, draft: RandomizationList, statistician: Delegation, at: datetime
) -> None:
    design = design_of(world.trial, Plan(block_sizes=(6,)))
    second = make_list(trial=world.trial, environment="live", design=design, by=statistician, at=at)
    check_list(list_=second, by=statistician, at=at)
    assert seal_list(list_=second, by=statistician, at=at).step == Step.SEALED


def test_boxes_of_all_secrets_have_one_length(
    world: TrialFixture, draft: RandomizationList, statistician: Delegation, at: datetime
) -> None:
    design = design_of(world.trial, Plan(block_sizes=(3,), reserve=9))
    make_list(trial=world.trial, environment="live", design=design, by=statistician, at=at)
    assert len({len(box) for box in ListSecret.objects.values_list("box", flat=True)}) == 1


@pytest.mark.parametrize("role", [Role.PHARMACIST, Role.STUDY_NURSE, Role.TRIAL_MANAGER, Role.ADMINISTRATOR])
def test_only_the_unblinded_statistician_makes_lists(world: TrialFixture, at: datetime, role: Role) -> None:
    by = world.person(role)
    with pytest.raises(NotPermitted):
        make_list(trial=world.trial, environment="live", design=design_of(world.trial, Plan()), by=by, at=at)


def test_a_draft_is_not_activated(
    draft: RandomizationList, second_statistician: Delegation, at: datetime
) -> None:
    with pytest.raises(WrongStep):
        activate_list(list_=draft, by=second_statistician, at=at)


def test_one_person_does_not_seal_and_activate(
    draft: RandomizationList, statistician: Delegation, at: datetime
) -> None:
    check_list(list_=draft, by=statistician, at=at)
    seal_list(list_=draft, by=statistician, at=at)
    with pytest.raises(SamePerson):
        activate_list(list_=draft, by=statistician, at=at)


def test_a_list_is_sealed_once(active: RandomizationList, statistician: Delegation, at: datetime) -> None:
    with pytest.raises(WrongStep):
        seal_list(list_=active, by=statistician, at=at)


def test_a_training_list_is_never_activated_for_a_live_trial(
    world: TrialFixture, statistician: Delegation, second_statistician: Delegation, at: datetime
) -> None:
    design = design_of(world.trial, Plan())
    training = make_list(trial=world.trial, environment="training", design=design, by=statistician, at=at)
    check_list(list_=training, by=statistician, at=at)
    seal_list(list_=training, by=statistician, at=at)
    with pytest.raises(WrongEnvironment):
        activate_list(list_=training, by=second_statistician, at=at)


def test_a_training_list_that_was_renamed_live_is_refused(
    world: TrialFixture, statistician: Delegation, second_statistician: Delegation, at: datetime
) -> None:
    """The environment stands in the signature and in every seal, so changing the row is not enough."""
    design = design_of(world.trial, Plan())
    training = make_list(trial=world.trial, environment="training", design=design, by=statistician, at=at)
    check_list(list_=training, by=statistician, at=at)
    seal_list(list_=training, by=statistician, at=at)
    with tampering():
        RandomizationList.objects.update(environment="live")
    training.refresh_from_db()
    with pytest.raises(ListDamaged):
        activate_list(list_=training, by=second_statistician, at=at)


def test_a_trial_has_one_active_list(
    world: TrialFixture,
    active: RandomizationList,
    statistician: Delegation,
    second_statistician: Delegation,
    at: datetime,
) -> None:
    design = design_of(world.trial, Plan())
    second = make_list(trial=world.trial, environment="live", design=design, by=statistician, at=at)
    check_list(list_=second, by=statistician, at=at)
    seal_list(list_=second, by=statistician, at=at)
    with pytest.raises(AnotherListActive):
        activate_list(list_=second, by=second_statistician, at=at)


def test_a_list_with_a_swapped_envelope_is_not_sealed(
    draft: RandomizationList, statistician: Delegation, at: datetime
) -> None:
    first, second = envelopes_of(draft)[:2]
    with tampering():
        Envelope.objects.filter(pk=first.pk).update(commitment=second.commitment)
    with pytest.raises(ListDamaged):
        check_list(list_=draft, by=statistician, at=at)
        seal_list(list_=draft, by=statistician, at=at)


def test_each_step_stands_in_the_sealed_trail(active: RandomizationList) -> None:
    actions = list(SealedAuditEntry.objects.order_by("sequence").values_list("action", "actor"))
    assert actions == [
        ("recovery_key.proved", "stat.one"),
        ("list.made", "stat.one"),
        ("list.report_read", "stat.one"),
        ("list.checked", "stat.one"),
        ("list.sealed", "stat.one"),
        ("list.activated", "stat.two"),
    ]


def test_without_keys_no_list_is_made(
    world: TrialFixture, statistician: Delegation, at: datetime, settings: Any, tmp_path: Path
) -> None:
    settings.VELUM_KEYS = tmp_path
    with pytest.raises(KeyFault, match="There is no"):
        make_list(
            trial=world.trial,
            environment="live",
            design=design_of(world.trial, Plan()),
            by=statistician,
            at=at,
        )
    assert not RandomizationList.objects.exists()


def test_a_key_that_others_may_read_is_refused(settings: Any, tmp_path: Path) -> None:
    make_key_files(tmp_path)
    settings.VELUM_KEYS = tmp_path
    (tmp_path / "pharmacy.key").chmod(0o440)
    with pytest.raises(KeyFault, match="may be read by others"):
        pharmacy_key()


def dump() -> bytes:
    """Every row of every table, as text."""
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
        rows = []
        for table in tables:
            cursor.execute(f'SELECT * FROM "{table}"')
            rows += [repr([bytes(v) if isinstance(v, memoryview) else v for v in row]) for row in cursor]
    return "\n".join(rows).encode()


def test_a_dump_holds_no_arm_beside_an_envelope(
    world: TrialFixture, statistician: Delegation, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With canary arms; the same search finds them when the boxes are left open."""
    from randomization.core.design import ArmShare, Design, StratumSize
    from randomization.sealed.lists import writing

    arms = (ArmShare("ZZCANARY1", 1), ArmShare("ZZCANARY2", 1))
    design = Design(arms=arms, strata=(StratumSize("all", 4),), block_sizes=(2, 4))
    make = {"trial": world.trial, "environment": "live", "design": design, "by": statistician, "at": at}
    make_list(**make)
    assert b"ZZCANARY" not in dump()
    monkeypatch.setattr(writing, "seal_bound", lambda plaintext, key, info: plaintext.ljust(304, b"\0")[:304])
    make_list(**make)
    assert b"ZZCANARY" in dump()
