"""The life of a list behind the pharmacy door: made, sealed, activated.

Making draws the list and seals it at once: nothing readable is ever written to the disk. Sealing is
the second look, by a person: every box is opened in memory and compared with the list that the seed
gives. Activating takes another person.
"""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import cast

from django.db import transaction
from django.db.models import Max

from randomization.core.commitments import design_commitment, envelope_commitment, list_root
from randomization.core.design import ArmShare, Design
from randomization.core.design_file import Plan, design_for
from randomization.core.making import design_salt
from randomization.core.methods import check_design
from randomization.core.sealed_record import SealedRecord
from randomization.core.stream import SEED_BYTES
from randomization.models import Envelope, ListStep, RandomizationList, Step, Stratum
from randomization.queries import active_list
from randomization.sealed.contents import Secret, open_seal, open_secret, seals_of, secrets_of
from randomization.sealed.keys import pharmacy_key, recipient_keys, signing_key
from randomization.sealed.models import ListSecret, Recipient, Seal
from randomization.sealed.trail import note
from randomization.services import take_step
from randomization.signatures import statement_of
from randomization.verification import envelopes_of, list_faults
from trial.models import Delegation, Trial
from trial.permissions import Permission
from trial.policies import require
from trial.refusals import Refusal

BATCH = 1000


class WrongStep(Refusal):
    """The list is not at the step from which this one may be taken."""

    code = "wrong_step"


class SamePerson(Refusal):
    """Two different people seal and activate a list."""

    code = "same_person"


class WrongEnvironment(Refusal):
    """A training list never serves a live trial, nor the other way round."""

    code = "wrong_environment"


class AnotherListActive(Refusal):
    """A trial draws from one list at a time."""

    code = "another_list_active"


class ListDamaged(Refusal):
    """The list is not what was signed; it must not be used."""

    code = "list_damaged"


def design_of(trial: Trial, plan: Plan) -> Design:
    """The complete design of a plan in this trial, with the protocol's arms, ratio and strata.

    Raises DesignFault.
    """
    protocol = trial.protocol_version.protocol
    arms = [ArmShare(arm.code, arm.ratio) for arm in protocol.arms]
    return design_for(plan, arms, protocol.stratum_keys(), protocol.target)


@transaction.atomic
def make_list(
    *,
    trial: Trial,
    environment: str,
    design: Design,
    by: Delegation,
    at: datetime,
    name: str = "",
    seed: bytes | None = None,
) -> RandomizationList:
    """Draw a list and seal it for the pharmacy and the recovery key; it is then a draft.

    A seed is made unless one is given (32 bytes, from a ceremony, say); it is sealed with the list.
    The list is signed with the installation's signing key. Raises NotPermitted, DesignFault, KeyFault.
    """
    require(by, Permission.MANAGE_LISTS, trial=trial)
    check_design(design)
    Trial.objects.select_for_update().get(pk=trial.pk)  # two lists made at once must not share numbers
    secret = Secret(seed or secrets.token_bytes(SEED_BYTES), design)
    list_ = _numbered(trial, environment, name, by, at)
    records = list(secret.records(list_))
    _sign(list_, secret, records)
    list_.save(force_insert=True)
    _write_envelopes(list_, secret, records)
    note(action="list.made", subject=list_.name, by=by, at=at, trial=trial, body={"list": str(list_.pk)})
    take_step(list_=list_, step=Step.DRAFT, by=by, at=at)
    return list_


@transaction.atomic
def seal_list(*, list_: RandomizationList, by: Delegation, at: datetime) -> ListStep:
    """Open every envelope in memory, compare it with its commitment and with the seed, and seal the list.

    Raises NotPermitted, WrongStep, SealDamaged, ListDamaged or KeyFault.
    """
    require(by, Permission.MANAGE_LISTS, trial=list_.trial_id)
    _expect_step(list_, Step.DRAFT)
    _refuse_damaged(list_)
    note(
        action="list.checked",
        subject=list_.name,
        by=by,
        at=at,
        trial=list_.trial,
        body={"list": str(list_.pk)},
    )
    refuse_false_contents(list_)
    return take_step(list_=list_, step=Step.SEALED, by=by, at=at)


@transaction.atomic
def activate_list(*, list_: RandomizationList, by: Delegation, at: datetime) -> ListStep:
    """Make a sealed list the one that the trial draws from. Not for the person who sealed it.

    Raises NotPermitted, WrongEnvironment, WrongStep, SamePerson, AnotherListActive or ListDamaged.
    """
    require(by, Permission.MANAGE_LISTS, trial=list_.trial_id)
    trial = Trial.objects.select_for_update().get(pk=list_.trial_id)
    if list_.environment != trial.environment:
        raise WrongEnvironment(
            f"{list_.name} is a {list_.environment} list and {trial.pk} is a {trial.environment} trial. "
            f"Make a {trial.environment} list."
        )
    sealed = _expect_step(list_, Step.SEALED)
    if sealed.by.user_id == by.user_id:
        raise SamePerson(f"{sealed.by.user.shown_name} sealed {list_.name}; another person must activate it.")
    if active := active_list(trial):
        raise AnotherListActive(f"{trial.pk} draws from {active.name}. Close it, or use it up, first.")
    _refuse_damaged(list_)
    note(action="list.activated", subject=list_.name, by=by, at=at, trial=trial, body={"list": str(list_.pk)})
    return take_step(list_=list_, step=Step.ACTIVATED, by=by, at=at)


def refuse_false_contents(list_: RandomizationList) -> None:
    """Compare what every envelope holds with what the sealed seed and design give. Raises SealDamaged."""
    key = pharmacy_key()
    seals = {row.envelope_id: row for row in Seal.objects.filter(
        envelope__stratum__list=list_, recipient=Recipient.PHARMACY
    )}  # fmt: skip
    expected = open_secret(list_, key).records(list_)
    for envelope, record in zip(envelopes_of(list_), expected, strict=True):
        envelope.stratum.list = list_
        if envelope.pk not in seals or open_seal(envelope, seals[envelope.pk], key) != record:
            raise ListDamaged(f"Envelope {envelope.number} of {list_} is not what the seed gives.")


def _numbered(trial: Trial, environment: str, name: str, by: Delegation, at: datetime) -> RandomizationList:
    highest = RandomizationList.objects.filter(trial=trial).aggregate(highest=Max("sequence"))["highest"]
    sequence = (highest or 0) + 1
    return RandomizationList(
        trial=trial,
        sequence=sequence,
        environment=environment,
        name=name or f"{environment} list {sequence}",
        made_by=by,
        made_at=at,
    )


def _sign(list_: RandomizationList, secret: Secret, records: list[SealedRecord]) -> None:
    key = signing_key()
    list_.envelope_count = len(records)
    list_.root = list_root(map(envelope_commitment, records)).hex()
    list_.design_commitment = design_commitment(secret.design, design_salt(secret.seed)).hex()
    list_.signer_public_key = key.public_key().public_bytes_raw().hex()
    list_.signature = key.sign(statement_of(list_).to_bytes()).hex()


def _write_envelopes(list_: RandomizationList, secret: Secret, records: list[SealedRecord]) -> None:
    sizes = [(stratum.key, stratum.target + stratum.reserve) for stratum in secret.design.strata]
    strata = {
        key: Stratum.objects.create(list=list_, place=place, key=key, size=size)
        for place, (key, size) in enumerate(sizes, 1)
    }
    envelopes = [
        Envelope(
            stratum=strata[record.stratum],
            position=record.position,
            number=record.number,
            commitment=envelope_commitment(record).hex(),
        )
        for record in records
    ]
    keys = recipient_keys()
    Envelope.objects.bulk_create(envelopes, batch_size=BATCH)
    Seal.objects.bulk_create(
        (row for pair in zip(envelopes, records, strict=True) for row in seals_of(*pair, keys)),
        batch_size=BATCH,
    )
    ListSecret.objects.bulk_create(secrets_of(list_, secret, keys))


def _expect_step(list_: RandomizationList, wanted: Step) -> ListStep:
    latest = cast(ListStep, list_.steps.select_related("by__user").order_by("-sequence").first())
    if latest.step != wanted:
        raise WrongStep(
            f"{list_.name} is {Step(latest.step).label}; this needs a list that is {wanted.label}."
        )
    return latest


def _refuse_damaged(list_: RandomizationList) -> None:
    if fault := next(list_faults(list_, envelopes_of(list_)), ""):
        raise ListDamaged(f"{list_.name} must not be used: {fault}. Make another list.")
