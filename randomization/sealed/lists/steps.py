"""The steps of a list once it is made: sealed, then activated.

Checking is the second look, by a person who reads the acceptance report (`acceptance`); sealing opens every
box in memory once more and compares it with the list that the seed gives. Activating takes another person.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import zip_longest

from django.db import transaction
from django.utils.translation import gettext as _

from randomization.core.imported import Order
from randomization.core.sealed_record import SealedRecord
from randomization.list_checks import list_faults
from randomization.models import Envelope, ListStep, RandomizationList, Step
from randomization.queries import active_list
from randomization.sealed.lists.order import judge, settle_order
from randomization.sealed.lists.writing import BATCH
from randomization.sealed.models import Recipient, Seal
from randomization.sealed.vault.envelope_contents import Secret, open_seal, open_secret
from randomization.sealed.vault.key_proofs import refuse_unproved_keys
from randomization.sealed.vault.keys import pharmacy_key
from randomization.sealed.vault.signing import deed_of_step, sign_sealed
from randomization.sealed.vault.trail import record_sealed
from randomization.services import take_step
from trial.core.sentences import Sentence
from trial.models import Delegation, Trial
from trial.people.signing import Hand
from trial.permissions import Permission
from trial.policies import require
from trial.refusals import Refusal

BEFORE = {Step.CHECKED: Step.DRAFT, Step.SEALED: Step.CHECKED, Step.ACTIVATED: Step.SEALED}
"""From which step a person takes each of these."""


class WrongStep(Refusal):
    """The list is not at the step from which this one may be taken."""

    code = "wrong_step"


class SamePerson(Refusal):
    """This person took an earlier step of the list, so another one has to activate it."""

    code = "same_person"


class WrongEnvironment(Refusal):
    """The list was made for another environment: a training list never serves a live trial."""

    code = "wrong_environment"


class AnotherListActive(Refusal):
    """The trial draws from another list already."""

    code = "another_list_active"


class ListDamaged(Refusal):
    """The list is not what was signed; it must not be used."""

    code = "list_damaged"


@transaction.atomic
def seal_list(
    *, list_: RandomizationList, by: Delegation, at: datetime, reason: str = "", hand: Hand | None = None
) -> ListStep:
    """Open every envelope in memory, compare it with its commitment and with the seed, and seal the list.

    Raises NotPermitted, WrongStep, OrderRefused, OrderNeedsReason, SealDamaged, ListDamaged or KeyFault.
    """
    check_can_take_step(Step.SEALED, list_, list_.trial, by=by, taken=steps_of(list_))
    refuse_damaged(list_)
    _sign(Step.SEALED, list_, by, at, hand)
    refuse_false_contents(list_)
    settle_order(list_, judge(list_), reason=reason, by=by, at=at, hand=hand)
    return take_step(list_=list_, step=Step.SEALED, by=by, at=at)


@transaction.atomic
def activate_list(
    *, list_: RandomizationList, by: Delegation, at: datetime, reason: str = "", hand: Hand | None = None
) -> ListStep:
    """Make a sealed list the one that the trial draws from, or the reserve that stands by for it.

    Not for a person who made, checked or sealed it: somebody else picks the list that goes live.
    Its order is judged once more: a list may be older than the verdict.
    Raises NotPermitted, WrongEnvironment, WrongStep, SamePerson, AnotherListActive, OrderRefused,
    OrderNeedsReason, ListDamaged or, for a live list whose keys are not as they should be, KeyNotProved.
    """
    require(by, Permission.MANAGE_LISTS, trial=list_.trial_id)
    trial = Trial.objects.select_for_update().get(pk=list_.trial_id)
    check_can_take_step(Step.ACTIVATED, list_, trial, by=by, taken=steps_of(list_))
    refuse_damaged(list_)
    refuse_unproved_keys(list_)
    _sign(Step.ACTIVATED, list_, by, at, hand)
    settle_order(list_, judge(list_), reason=reason, by=by, at=at, hand=hand)
    return take_step(list_=list_, step=Step.ACTIVATED, by=by, at=at)


def _sign(step: Step, list_: RandomizationList, by: Delegation, at: datetime, hand: Hand | None) -> None:
    """Enter a step in the sealed trail, before anything is opened for it, and sign it."""
    deed = deed_of_step(list_, step, hand)
    body = {"list": str(list_.pk)} | deed.facts
    entry = record_sealed(
        action=f"list.{step}", subject=list_.name, by=by, at=at, trial=list_.trial, body=body
    )
    sign_sealed(deed, entry, by=by, at=at, site=None)


def refuse_false_contents(list_: RandomizationList) -> None:
    """Compare what every envelope holds with what the sealed seed and design give.

    Raises ListDamaged or SealDamaged.
    """
    for _record in checked_contents(list_, open_secret(list_, pharmacy_key())):
        pass


def checked_contents(list_: RandomizationList, secret: Secret) -> Iterator[SealedRecord]:
    """What every envelope holds, in list order, each compared with its commitment, seed and design.

    Envelope by envelope, in constant memory; the caller has recorded the act. Of an imported list, seed
    and design give the place, the salt and our numbers, and the design the digest of the order; so what was
    read is known to be right at its end only. Raises ListDamaged or SealDamaged.
    """
    key, order = pharmacy_key(), Order()
    for seal, record in zip_longest(_seals(list_), secret.records(list_)):
        if record is None:
            raise ListDamaged(Sentence("%(list)s has more envelopes than its seed gives.", list=str(list_)))
        if seal is None or _place(seal.envelope) != (record.stratum, record.position):
            said = {"number": str(record.number or record.position), "list": str(list_)}
            raise ListDamaged(
                Sentence("Envelope %(number)s of %(list)s has no seal for the pharmacy.", **said)
            )
        seal.envelope.stratum.list = list_
        held = open_seal(seal.envelope, seal, key)
        if secret.known(held) != record:
            said = {"number": seal.envelope.number, "list": str(list_)}
            raise ListDamaged(Sentence("Envelope %(number)s of %(list)s is not what the seed gives.", **said))
        order.add(held.stratum, held.position, held.arm, held.block)
        yield held
    if secret.imported and order.digest() != secret.design.sequence:
        raise ListDamaged(
            Sentence("%(list)s has not the order of arms that its file brought.", list=str(list_))
        )


def _seals(list_: RandomizationList) -> Iterator[Seal]:
    """The pharmacy's seals in list order."""
    seals = Seal.objects.filter(envelope__stratum__list=list_, recipient=Recipient.PHARMACY)
    ordered = seals.order_by("envelope__stratum__place", "envelope__position")
    return ordered.select_related("envelope__stratum").iterator(BATCH)


def _place(envelope: Envelope) -> tuple[str, int]:
    return envelope.stratum.key, envelope.position


def steps_of(list_: RandomizationList) -> list[ListStep]:
    """The steps that were taken, the first one first, each with its person."""
    return list(list_.steps.select_related("by__user").order_by("sequence"))


def check_can_take_step(
    step: Step, list_: RandomizationList, trial: Trial, *, by: Delegation, taken: Sequence[ListStep]
) -> None:
    """Raises why this person does not accept, seal or activate the list now; `taken` are its `steps_of`.

    What only its envelopes and the keys can tell is refused by the act alone: that takes seconds.
    Raises NotPermitted, WrongStep and, where it would be activated, WrongEnvironment, SamePerson or
    AnotherListActive.
    """
    require(by, Permission.MANAGE_LISTS, trial=trial)
    if step == Step.ACTIVATED:
        _refuse_other_environment(list_, trial)
    if (latest := Step(taken[-1].step)) != BEFORE[step]:
        said = {"list": list_.name, "step": latest.label, "wanted": BEFORE[step].label}
        raise WrongStep(_("%(list)s is %(step)s; this needs a list that is %(wanted)s.") % said)
    if step == Step.ACTIVATED:
        _refuse_same_person(list_, by, taken)
        _refuse_second_list(list_, trial)


def _refuse_other_environment(list_: RandomizationList, trial: Trial) -> None:
    if list_.environment == trial.environment:
        return
    kinds = {"list_kind": list_.get_environment_display(), "trial_kind": trial.get_environment_display()}
    sentence = _(
        "%(list)s is a %(list_kind)s list and %(trial)s is a %(trial_kind)s trial. "
        "Make a %(trial_kind)s list."
    )
    raise WrongEnvironment(sentence % (kinds | {"list": list_.name, "trial": trial.pk}))


def _refuse_same_person(list_: RandomizationList, by: Delegation, taken: Sequence[ListStep]) -> None:
    if own := [step for step in taken if step.by.user_id == by.user_id]:
        said = {"name": by.user.shown_name, "step": own[-1].get_step_display(), "list": list_.name}
        sentence = _("%(name)s took the step “%(step)s” of %(list)s; another person must activate it.")
        raise SamePerson(sentence % said)


def _refuse_second_list(list_: RandomizationList, trial: Trial) -> None:
    if (active := active_list(trial)) and not _stands_by(list_):
        said = {"trial": trial.pk, "list": active.name}
        sentence = _("%(trial)s draws from %(list)s. Close it, or use it up, first.")
        raise AnotherListActive(sentence % said)


def _stands_by(list_: RandomizationList) -> bool:
    """Whether it is the reserve of a list that is, or was, in use."""
    main = list_.reserve_of
    return main is not None and main.steps.filter(step=Step.ACTIVATED).exists()


def refuse_damaged(list_: RandomizationList) -> None:
    """Raise ListDamaged if the blinded half is not what was signed."""
    if fault := next(list_faults(list_), None):
        raise ListDamaged(
            Sentence("%(list)s must not be used: %(fault)s. Make another list.", list=list_.name, fault=fault)
        )
