"""The check of a draft list: a person reads the acceptance report and signs that the list is accepted.

Maker and checker may be one person (a unit makes and checks ten lists); who activates the list is
somebody else, who picks it. The report names arms, so reading it is an entry of the sealed trail.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from randomization.core.acceptance import Acceptance, acceptance_of
from randomization.core.imported import OURS, THEIRS
from randomization.models import ListStep, RandomizationList, Step
from randomization.sealed.lists.opened_orders import orders_before
from randomization.sealed.lists.order import settle_order
from randomization.sealed.lists.steps import check_can_take_step, checked_contents, refuse_damaged, steps_of
from randomization.sealed.models import SealedAuditEntry
from randomization.sealed.vault.envelope_contents import Secret, open_secret
from randomization.sealed.vault.keys import pharmacy_key
from randomization.sealed.vault.signing import deed_of_step, sign_sealed
from randomization.sealed.vault.trail import record_sealed
from randomization.services import take_step
from trial.core.sentences import LIST, Sentence, joined
from trial.models import Delegation
from trial.people.signing import Hand
from trial.permissions import Permission
from trial.policies import require
from trial.refusals import NOTHING, Refusal

MADE = Sentence("Made here: every envelope holds what the sealed seed and design give.")
BROUGHT = Sentence(
    "Brought in a file: its order is not reproducible from a seed, by declaration. Every envelope holds "
    "what was committed; salts come from the sealed seed. SHA-256 of the file: %(source)s."
)
BROUGHT_WITHOUT_NUMBERS = Sentence(
    "Brought in a file: its order is not reproducible from a seed, by declaration. Every envelope holds "
    "what was committed; salts and numbers come from the sealed seed. SHA-256 of the file: %(source)s."
)


class NumbersTell(Refusal):
    """A feature of the randomisation numbers predicts the arm."""

    code = "numbers_tell"


def acceptance_report(*, list_: RandomizationList, by: Delegation, at: datetime) -> Acceptance:
    """Open every envelope of a list in memory and report on it. For the unblinded statistician only.

    The reading is recorded first. Raises NotPermitted, ListDamaged, SealDamaged or KeyFault.
    """
    require(by, Permission.MANAGE_LISTS, trial=list_.trial_id)
    with transaction.atomic():
        _note("list.report_read", list_, by, at)
    refuse_damaged(list_)
    secret = open_secret(list_, pharmacy_key())
    design, records = secret.design, checked_contents(list_, secret)
    return acceptance_of(records, design, _origin(secret), orders_before(list_, design.arms))


def check_list(
    *, list_: RandomizationList, by: Delegation, at: datetime, reason: str = "", hand: Hand | None = None
) -> ListStep:
    """Sign that the acceptance report was read and the list is accepted. It may then be sealed.

    A rare order is accepted with a reason alone. Raises NotPermitted, WrongStep, NumbersTell, OrderRefused,
    OrderNeedsReason, ListDamaged, SealDamaged or KeyFault.
    """
    check_can_take_step(Step.CHECKED, list_, list_.trial, by=by, taken=steps_of(list_))
    report = acceptance_report(list_=list_, by=by, at=at)
    refuse_telling(report)
    with transaction.atomic():
        check_can_take_step(Step.CHECKED, list_, list_.trial, by=by, taken=steps_of(list_))
        settle_order(list_, report.verdict, reason=reason, by=by, at=at, hand=hand)
        deed = deed_of_step(list_, Step.CHECKED, hand)
        entry = _note("list.checked", list_, by, at, deed.facts)
        sign_sealed(deed, entry, by=by, at=at, site=None)
        return take_step(list_=list_, step=Step.CHECKED, by=by, at=at)


def refuse_telling(report: Acceptance) -> None:
    """Raise NumbersTell if a feature of the numbers predicts the arm, or a file's could not be found to."""
    if report.lint.telling:
        sentence = Sentence(
            "The randomisation number reveals the arm by %(found)s. Make "
            "another list, or import the file again with numbers drawn by Velum."
        )
        found = joined((telling.feature for telling in report.lint.telling), LIST)
        raise NumbersTell(sentence.having(found=found))
    if report.numbers == THEIRS and not report.lint.long_enough:
        raise NumbersTell(
            Sentence(
                "With %(envelopes)s envelopes nobody can show that the file's numbers do "
                "not reveal the arms. Import the file again with numbers drawn by Velum.",
                envelopes=report.lint.envelopes,
            )
        )


def _origin(secret: Secret) -> Sentence:
    if not secret.imported:
        return MADE
    brought = BROUGHT_WITHOUT_NUMBERS if secret.design.numbers == OURS else BROUGHT
    return brought.having(source=str(secret.design.source))


def _note(
    action: str,
    list_: RandomizationList,
    by: Delegation,
    at: datetime,
    facts: Mapping[str, object] = NOTHING,
) -> SealedAuditEntry:
    body = {"list": str(list_.pk)} | dict(facts)
    return record_sealed(action=action, subject=list_.name, by=by, at=at, trial=list_.trial, body=body)
