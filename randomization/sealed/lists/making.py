"""Making a list: drawn, sealed for both keys and signed in one transaction. It is then a draft.

Nothing readable is ever written to the disk. What happens to a list afterwards is in `lists`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime

from django.db import transaction
from django.db.models import Max

from randomization.core.commitments import design_commitment, list_root
from randomization.core.design import ArmShare, Design, DesignFault
from randomization.core.design_file import Plan, design_for
from randomization.core.making import design_salt
from randomization.core.methods import check_design
from randomization.core.sealed_record import SealedRecord
from randomization.models import RandomizationList, Step
from randomization.sealed.lists.earlier import earlier_lists
from randomization.sealed.lists.seeds import fresh_secret
from randomization.sealed.lists.sizes import refuse_doubtful_design
from randomization.sealed.lists.writing import silent, write_envelopes
from randomization.sealed.models import ListSecret
from randomization.sealed.vault.envelope_contents import Secret, secrets_of
from randomization.sealed.vault.keys import recipient_keys, signing_key
from randomization.sealed.vault.signing import deed_of_draft, sign_sealed
from randomization.sealed.vault.trail import record_sealed
from randomization.services import take_step
from randomization.signatures import statement_of
from trial.core.sentences import Sentence
from trial.models import Delegation, SignedAct, Trial
from trial.people.signing import Hand
from trial.permissions import Permission
from trial.policies import require
from trial.refusals import NOTHING, InvalidInput, Refusal


class NameTaken(Refusal):
    """The trial has a list of this name already."""

    code = "name_taken"


class BadReserve(Refusal):
    """The named list takes no such reserve: it has one, or is of another trial or environment."""

    code = "bad_reserve"


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
    reserve_of: RandomizationList | None = None,
    progress: Callable[[int], None] = silent,
    confirmed: Mapping[str, object] = NOTHING,
    hand: Hand | None = None,
) -> RandomizationList:
    """Draw a list and seal it for the pharmacy and the recovery key; it is then a draft.

    A seed is made unless one is given (32 bytes, from a ceremony, say); it is sealed with the list. One
    that was given is taken whatever it gives: where its numbers reveal the arms, `check_list` refuses.
    The list is signed with the installation's signing key, and by the `hand` of its maker. `progress` is
    told now and then how many envelopes are written. Memory does not grow with the list: envelopes are
    drawn, sealed, hashed and written a batch at a time, and the list's own row, which bears the root, is
    written after them (the databases check what refers to it when the transaction ends). A reserve
    (`reserve_of`) is drawn from, stratum by stratum, when the list before it is used up; it is an amendment
    and changes nothing there.
    Unlikely sizes are taken only if `confirmed` has those very sizes (`randomization.core.list_sizes`).
    Raises NotPermitted, DesignFault, NotConfirmed, InvalidInput, NameTaken, BadReserve or KeyFault.
    """
    require(by, Permission.MANAGE_LISTS, trial=trial)
    check_design(design)
    refuse_empty_strata(design, reserve_of)
    kept = refuse_doubtful_design(trial, design, confirmed)
    list_ = next_list(trial, environment, name, by, at, reserve_of)
    secret, passed_over = (Secret(seed, design), 0) if seed else fresh_secret(list_, design)
    write_list(list_, secret, secret.records(list_), progress)
    deed = deed_of_draft(list_, SignedAct.LIST_MADE, hand)
    body = {"list": str(list_.pk), "seeds_passed_over": passed_over} | ({"confirmed": kept} if kept else {})
    entry = record_sealed(
        action="list.made", subject=list_.name, by=by, at=at, trial=trial, body=body | deed.facts
    )
    sign_sealed(deed, entry, by=by, at=at, site=None)
    take_step(list_=list_, step=Step.DRAFT, by=by, at=at)
    return list_


def refuse_empty_strata(design: Design, reserve_of: RandomizationList | None) -> None:
    """Raise DesignFault for a stratum without envelopes, unless another list comes before this one."""
    empty = [stratum.key for stratum in design.strata if not stratum.target]
    if empty and reserve_of is None:
        raise DesignFault(
            "Stratum %(stratum)s has a target of 0: nobody could be randomised in it. Give it a "
            "target of at least 1; only a reserve may leave a stratum out.",
            stratum=empty[0],
        )


def next_list(
    trial: Trial,
    environment: str,
    name: str,
    by: Delegation,
    at: datetime,
    reserve_of: RandomizationList | None,
) -> RandomizationList:
    """The unsaved row of the trial's next list. Lists are made one at a time: they must not share numbers.

    Raises BadReserve.
    """
    Trial.objects.select_for_update().get(pk=trial.pk)
    if reserve_of is not None:
        _refuse_bad_reserve(trial, environment, reserve_of)
    _refuse_bad_name(trial, name)
    list_ = _numbered(trial, environment, name, by, at)
    list_.reserve_of = reserve_of
    return list_


def write_list(
    list_: RandomizationList,
    secret: Secret,
    records: Iterator[SealedRecord],
    progress: Callable[[int], None] = silent,
) -> None:
    """Seal these records, sign their root and write the list. The caller adds the trail and the step."""
    keys = recipient_keys()
    root = list_root(write_envelopes(list_, secret.design, records, keys, progress))
    _sign(list_, secret, root)
    list_.save(force_insert=True)
    ListSecret.objects.bulk_create(secrets_of(list_, secret, keys))


def _refuse_bad_name(trial: Trial, name: str) -> None:
    longest = RandomizationList._meta.get_field("name").max_length or 0
    if len(name) > longest:
        raise InvalidInput(
            Sentence("A name has at most %(longest)s signs.", longest=longest),
            {"name": Sentence("At most %(longest)s signs.", longest=longest)},
        )
    if RandomizationList.objects.filter(trial=trial, name=name).exists():
        raise NameTaken(
            Sentence(
                "%(trial)s has a list “%(name)s” already. Choose another name.", trial=trial.pk, name=name
            )
        )


def _refuse_bad_reserve(trial: Trial, environment: str, main: RandomizationList) -> None:
    if main.trial_id != trial.pk or main.environment != environment:
        raise BadReserve(
            Sentence(
                "%(name)s is a %(environment)s list of %(trial)s. A reserve belongs to the same "
                "trial and environment.",
                name=main.name,
                environment=main.environment,
                trial=main.trial_id,
            )
        )
    if not (lists := earlier_lists(trial)).filter(pk=main.pk).exists():
        raise BadReserve(
            Sentence("%(name)s was set aside. A reserve belongs to a list that can be used.", name=main.name)
        )
    if other := lists.filter(reserve_of=main).first():
        raise BadReserve(
            Sentence(
                "%(name)s has the reserve %(other)s. Make a reserve of that one.",
                name=main.name,
                other=other.name,
            )
        )


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


def _sign(list_: RandomizationList, secret: Secret, root: bytes) -> None:
    key = signing_key()
    list_.envelope_count = secret.design.size
    list_.root = root.hex()
    list_.design_commitment = design_commitment(secret.design, design_salt(secret.seed)).hex()
    list_.signer_public_key = key.public_key().public_bytes_raw().hex()
    list_.signature = key.sign(statement_of(list_).to_bytes()).hex()
