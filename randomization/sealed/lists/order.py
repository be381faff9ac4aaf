"""The verdict on a list's order, asked before each step: too rare is refused, rare needs a reason.

The reason is signed into the sealed trail once, by whoever takes the step before which it was asked. Nothing
of it, and nothing that follows from it, is written on the blinded side.
"""

from __future__ import annotations

import json
from datetime import datetime

from randomization.core.order.places import strata_of
from randomization.core.order.verdict import Verdict, verdict_on
from randomization.models import RandomizationList
from randomization.sealed.lists.opened_orders import orders_before, places_of
from randomization.sealed.models import SealedAuditEntry
from randomization.sealed.vault.envelope_contents import open_secret
from randomization.sealed.vault.keys import pharmacy_key
from randomization.sealed.vault.signing import ORDER_KEPT, deed_of_order, sign_sealed
from randomization.sealed.vault.trail import record_sealed
from trial.core.sentences import Sentence
from trial.models import Delegation, SignedAct
from trial.people.signing import Hand
from trial.people.signing.meanings import MEANINGS
from trial.refusals import InvalidInput, Refusal

LONGEST_REASON = 500
SAID = Sentence("%(said)s What is seen: %(seen)s. %(todo)s")
ANOTHER = Sentence("It is not taken. Bring another list, or make one.")
WHY = Sentence(
    "Bring another list, or say why this one is taken: the reason is signed with your name into the "
    "sealed trail."
)


class OrderRefused(Refusal):
    """An order like this comes once in more than a million lists of its design."""

    code = "order_refused"
    status = 422


class OrderNeedsReason(Refusal):
    """An order like this comes once in more than a thousand lists of its design, and nobody has said why."""

    code = "order_needs_reason"
    status = 422


def judge(list_: RandomizationList) -> Verdict:
    """The verdict on a list as it is sealed, beside those made before it. Raises SealDamaged or KeyFault."""
    secret = open_secret(list_, pharmacy_key())
    strata = strata_of(places_of(list_, secret), secret.design.arms)
    return verdict_on(secret.design, strata, orders_before(list_, secret.design.arms))


def refuse_rare(list_: RandomizationList, verdict: Verdict, reason: str) -> None:
    """Refuse an order that is too rare, or rare without a reason.

    Raises OrderRefused, OrderNeedsReason or InvalidInput.
    """
    if verdict.refused:
        raise OrderRefused(_said(verdict, ANOTHER))
    if not verdict.needs_reason or reason_of(list_):
        return
    if not reason.strip():
        said = _said(verdict, WHY)
        raise OrderNeedsReason(said, {"reason": said})
    if len(reason) > LONGEST_REASON:
        too_long = Sentence("A reason has at most %(longest)s signs.", longest=LONGEST_REASON)
        raise InvalidInput(too_long, {"reason": too_long})


def settle_order(
    list_: RandomizationList,
    verdict: Verdict,
    *,
    reason: str,
    by: Delegation,
    at: datetime,
    hand: Hand | None,
) -> None:
    """Let an ordinary order pass, and a rare one with its reason, which is signed and recorded once.

    In the caller's transaction. Raises OrderRefused, OrderNeedsReason or InvalidInput.
    """
    refuse_rare(list_, verdict, reason)
    if verdict.needs_reason and not reason_of(list_):
        why = " ".join(reason.split())
        deed = deed_of_order(list_, verdict.once_in, why, hand)
        body = {
            "list": str(list_.pk),
            "meaning": MEANINGS[SignedAct.ORDER_KEPT],
            "once_in": verdict.once_in,
            "reason": why,
        } | deed.facts
        entry = record_sealed(
            action=ORDER_KEPT, subject=list_.name, by=by, at=at, trial=list_.trial, body=body
        )
        sign_sealed(deed, entry, by=by, at=at, site=None)


def reason_of(list_: RandomizationList) -> str:
    """The reason for which the list's order was taken; empty where nobody gave one."""
    kept = SealedAuditEntry.objects.filter(chain__trial=list_.trial_id, action=ORDER_KEPT, subject=list_.name)
    said = (json.loads(body) for body in kept.values_list("body", flat=True))
    return next((str(entry["reason"]) for entry in said if entry["list"] == str(list_.pk)), "")


def _said(verdict: Verdict, todo: Sentence) -> Sentence:
    return SAID.having(said=verdict.sentence, seen=verdict.seen or "", todo=todo)
