"""What the sealed side's signatures stand under: lists and code breaks; written now, and read again later."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import datetime

from django.db.models import Exists, OuterRef

from randomization.models import ListStep, RandomizationList, Step
from randomization.sealed.models import (
    CodeBreak,
    OneTimeLink,
    OneTimeLinkCancelled,
    OpenedElsewhere,
    OpeningSignature,
    SealedAuditEntry,
    SealedSignature,
    SetAside,
)
from trial.core.chain import moment
from trial.models import Delegation, SignedAct, Site, Trial
from trial.people.signing import Deed, Hand, sign

Content = dict[str, object]
ACT_OF_STEP = {
    Step.CHECKED: SignedAct.LIST_CHECKED,
    Step.SEALED: SignedAct.LIST_SEALED,
    Step.ACTIVATED: SignedAct.LIST_ACTIVATED,
}
OF_LISTS = frozenset({SignedAct.LIST_MADE, SignedAct.LIST_BROUGHT, *ACT_OF_STEP.values()})
"""Acts that sign a list as it is, and nothing beside."""
ORDER_KEPT = "list.order_kept"
"""The entry of a reason for which a rare order was taken."""


def sign_sealed(
    deed: Deed, entry: SealedAuditEntry, *, by: Delegation, at: datetime, site: Site | None
) -> None:
    """Write a signature of the sealed side beside its entry, in the caller's transaction."""
    sign(deed, into=SealedSignature, entry=entry, by=by, at=at, site=site)


def deed_of_step(list_: RandomizationList, step: Step, hand: Hand | None) -> Deed:
    """What is signed with a step of a list."""
    return Deed(ACT_OF_STEP[step], f"{list_.pk}/{step}", list_.name, list_content(list_), hand)


def deed_of_draft(list_: RandomizationList, act: SignedAct, hand: Hand | None) -> Deed:
    """What is signed with a list that was made here, or brought in a file."""
    return Deed(act, f"{list_.pk}/{Step.DRAFT}", list_.name, list_content(list_), hand)


def deed_of_order(list_: RandomizationList, once_in: int, reason: str, hand: Hand | None) -> Deed:
    """What is signed with the reason for which a rare order is taken."""
    content = order_content(list_, once_in, reason)
    return Deed(SignedAct.ORDER_KEPT, f"{list_.pk}/order", list_.name, content, hand)


def deed_of_setting_aside(row: SetAside, hand: Hand | None) -> Deed:
    """What is signed when a draft is set aside."""
    content = aside_content(row)
    return Deed(SignedAct.LIST_SET_ASIDE, f"{row.list_id}/set_aside", row.list.name, content, hand)


def order_content(list_: RandomizationList, once_in: int, reason: str) -> Content:
    """A list with the reason for which its order was taken, and how rare an order like it is."""
    return list_content(list_) | {"once_in": once_in, "reason": reason}


def aside_content(row: SetAside) -> Content:
    """A list that was set aside: when, and why."""
    return list_content(row.list) | {"at": moment(row.at), "reason": row.reason}


def list_content(list_: RandomizationList) -> Content:
    """A list as its maker signed it; nothing of what it holds."""
    return {
        "design_commitment": list_.design_commitment,
        "envelopes": list_.envelope_count,
        "environment": list_.environment,
        "list": list_.name,
        "root": list_.root,
    }


def deed_of_code_break(row: CodeBreak, number: str, hand: Hand | None) -> Deed:
    """What is signed with a code break; `number` is the envelope's."""
    name = row.participant.number
    return Deed(SignedAct.CODE_BREAK, f"{name}/{moment(row.at)}", name, break_content(row, number), hand)


def break_content(row: CodeBreak, number: str) -> Content:
    """A code break with its reason. Never the arm."""
    name = row.participant.number
    return {"at": moment(row.at), "number": number, "participant": name, "reason": row.reason}


def deed_of_elsewhere(row: OpenedElsewhere, number: str, hand: Hand | None) -> Deed:
    """What is signed by whoever enters that a code was broken elsewhere; `number` is the envelope's."""
    name = row.code_break.participant.number
    record = f"{name}/{moment(row.code_break.at)}"
    content = elsewhere_content(row, number)
    return Deed(SignedAct.CODE_BREAK_ELSEWHERE, record, name, content, hand)


def elsewhere_content(row: OpenedElsewhere, number: str) -> Content:
    """A code break that was no page of ours, with its true time. Never the arm."""
    how = {"happened_at": moment(row.happened_at), "means": row.means, "opened_by": row.opened_by}
    return break_content(row.code_break, number) | how


def deed_of_link(row: OneTimeLink, number: str, hand: Hand | None) -> Deed:
    """What is signed when a one-time link is asked for; `number` is the envelope's."""
    content = link_content(row, number, cancelled=False)
    return Deed(SignedAct.LINK_MADE, str(row.pk), row.participant.number, content, hand)


def link_content(row: OneTimeLink, number: str, *, cancelled: bool) -> Content:
    """A one-time link: for whom, of whom, why. Never its secret, nor the arm."""
    return {
        "at": moment(row.at),
        "cancelled": cancelled,
        "doctor": row.doctor,
        "number": number,
        "participant": row.participant.number,
        "reason": row.reason,
        "until": moment(row.expires_at),
    }


def deed_of_opening(row: OpeningSignature, hand: Hand | None) -> Deed:
    """What is signed with one part of the opening at the end."""
    record = f"{row.trial_id}/{row.part}"
    return Deed(SignedAct.OPENING, record, row.trial_id, opening_content(row), hand)


def opening_content(row: OpeningSignature) -> Content:
    """One part of the opening: whose it is, and when."""
    return {
        "at": moment(row.at),
        "part": row.part,
        "signer": row.by.user.username,
        "trial": row.trial_id,
    }


def signed_contents(act: str, records: Sequence[str], trial: Trial) -> dict[str, Content] | None:
    """What those records say now, by their keys; None for an act that is not of the sealed half."""
    if act in OF_LISTS:
        steps = ListStep.objects.filter(list__trial=trial).select_related("list")
        return {f"{row.list_id}/{row.step}": list_content(row.list) for row in steps}
    if act == SignedAct.ORDER_KEPT:
        return dict(_orders_kept(trial))
    if act == SignedAct.LIST_SET_ASIDE:
        aside = SetAside.objects.filter(list__trial=trial).select_related("list")
        return {f"{row.list_id}/set_aside": aside_content(row) for row in aside}
    if act == SignedAct.CODE_BREAK:
        return _code_breaks(records, trial)
    if act == SignedAct.CODE_BREAK_ELSEWHERE:
        return _elsewhere(records, trial)
    if act == SignedAct.LINK_MADE:
        return _links(records, trial)
    if act == SignedAct.OPENING:
        parts = OpeningSignature.objects.filter(trial=trial).select_related("by__user")
        return {f"{row.trial_id}/{row.part}": opening_content(row) for row in parts}
    return None


def _orders_kept(trial: Trial) -> Iterator[tuple[str, Content]]:
    """Each list whose rare order was taken, with the reason as the sealed trail has it."""
    lists = {str(row.pk): row for row in RandomizationList.objects.filter(trial=trial)}
    entries = SealedAuditEntry.objects.filter(chain__trial=trial, action=ORDER_KEPT)
    for said in map(json.loads, entries.values_list("body", flat=True)):
        if said["list"] in lists:
            content = order_content(lists[said["list"]], said["once_in"], said["reason"])
            yield f"{said['list']}/order", content


def _code_breaks(records: Sequence[str], trial: Trial) -> dict[str, Content]:
    rows = CodeBreak.objects.filter(participant__trial=trial).select_related("participant__envelope")
    said = {f"{row.participant.number}/{moment(row.at)}": row for row in rows}
    return {key: break_content(said[key], _number(said[key])) for key in records if key in said}


def _elsewhere(records: Sequence[str], trial: Trial) -> dict[str, Content]:
    rows = OpenedElsewhere.objects.filter(code_break__participant__trial=trial)
    found = rows.select_related("code_break__participant__envelope")
    said = {f"{row.code_break.participant.number}/{moment(row.code_break.at)}": row for row in found}
    return {
        key: elsewhere_content(said[key], _number(said[key].code_break)) for key in records if key in said
    }


def _links(records: Sequence[str], trial: Trial) -> dict[str, Content]:
    """Links that were asked for. A cancelled one is no longer what was signed; a used one is."""
    cancelled = Exists(OneTimeLinkCancelled.objects.filter(link=OuterRef("pk")))
    rows = OneTimeLink.objects.filter(participant__trial=trial, pk__in=records).annotate(ended=cancelled)
    return {
        str(row.pk): link_content(row, _number(row), cancelled=row.ended)
        for row in rows.select_related("participant__envelope")
    }


def _number(row: CodeBreak | OneTimeLink) -> str:
    envelope = getattr(row.participant, "envelope", None)
    return envelope.number if envelope else ""
