"""Seals everything again for another key, in one transaction: all boxes or none.

What the boxes hold does not change, so commitments, root and signature stay as they are. Any app of the
pharmacy door offers its boxes through `boxes()` of its AppConfig.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from django.db import transaction

from randomization.sealed.models import BoxKind, Recipient, Rekeying
from randomization.sealed.vault.boxes import CannotOpen, key_id, seal, unseal
from randomization.sealed.vault.hooks import OffersBoxes
from randomization.sealed.vault.trail import record_sealed
from trial.audit import note_rows
from trial.core.sentences import Sentence
from trial.hooks import ask_apps
from trial.models import Delegation, Trial
from trial.permissions import Permission
from trial.policies import require
from trial.refusals import Refusal

BATCH = 500


class CannotRekey(Refusal):
    """The key in hand does not open every box, or the boxes are for the new key already."""

    code = "cannot_rekey"


def box_kinds() -> Iterator[BoxKind]:
    """Every kind of box in this installation."""
    for app in ask_apps(OffersBoxes):
        yield from app.boxes()


@transaction.atomic
def rekey(
    *,
    recipient: str,
    new: X25519PublicKey,
    opening: X25519PrivateKey,
    trial: Trial,
    by: Delegation,
    at: datetime,
) -> Rekeying:
    """Seal every box of `recipient` anew for the key `new`; `opening` opens the old ones.

    `opening` is the recipient's old key or, when that is lost, the other recipient's: each thing is sealed
    for both. It covers the boxes of all trials of this installation; `trial` is the one in whose trail it
    is entered. The doors must be stopped meanwhile, since they seal for the key in their folder.
    Raises NotPermitted or CannotRekey; then nothing has changed.
    """
    require(by, Permission.MANAGE_LISTS, trial=trial)
    if Rekeying.objects.filter(recipient=recipient, key_id=key_id(new)).exists():
        raise CannotRekey(
            Sentence(
                "The boxes of %(recipient)s were moved to this key before. Make a new one.",
                recipient=recipient,
            )
        )
    old = {key for kind in box_kinds() for key in _keys(kind, recipient)}
    for owner in Recipient.values:
        if any(key_id(new) in _keys(kind, owner) for kind in box_kinds()):
            raise CannotRekey(
                Sentence(
                    "Boxes of the %(owner)s are sealed for this key already. Make a new pair of keys.",
                    owner=owner,
                )
            )
    count = sum(kind.model._default_manager.filter(recipient=recipient).count() for kind in box_kinds())
    row = Rekeying.objects.create(recipient=recipient, key_id=key_id(new), boxes=count, by=by, at=at)
    for kind in box_kinds():
        _reseal(kind, recipient, new, opening)
    body = {"boxes": count, "from": sorted(old), "recipient": str(recipient), "to": key_id(new)}
    record_sealed(action="keys.changed", subject=recipient, by=by, at=at, trial=trial, body=body)
    return row


def _keys(kind: BoxKind, recipient: str) -> set[str]:
    boxes = kind.model._default_manager.filter(recipient=recipient)
    return set(boxes.values_list("key_id", flat=True).distinct())


def _reseal(kind: BoxKind, recipient: str, new: X25519PublicKey, opening: X25519PrivateKey) -> None:
    """Batch by batch in the order of the keys, so that memory does not grow with the list."""
    source = _source(kind, opening)
    last = 0
    while batch := list(_boxes(kind, recipient).filter(pk__gt=last)[:BATCH]):
        others = _boxes(kind, source).filter(
            **{f"{kind.owner}__in": [getattr(box, kind.owner) for box in batch]}
        )
        readable = {getattr(box, f"{kind.owner}_id"): box for box in others}
        for box in batch:
            content = _opened(kind, readable.get(getattr(box, f"{kind.owner}_id")), source, opening)
            box.box, box.key_id = seal(content, new, *kind.place(box, recipient)), key_id(new)
        kind.model._default_manager.bulk_update(batch, ["box", "key_id"], batch_size=BATCH)
        note_rows(batch)
        last = batch[-1].pk


def _boxes(kind: BoxKind, recipient: str) -> Any:
    return (
        kind.model._default_manager.filter(recipient=recipient).select_related(*kind.related).order_by("pk")
    )


def _source(kind: BoxKind, opening: X25519PrivateKey) -> str:
    """The recipient whose boxes the key in hand opens."""
    mine = kind.model._default_manager.filter(key_id=key_id(opening.public_key()))
    return mine.values_list("recipient", flat=True).first() or Recipient.PHARMACY


def _opened(kind: BoxKind, box: Any, source: str, opening: X25519PrivateKey) -> bytes:
    try:
        return unseal(box.box, opening, *kind.place(box, source))
    except (CannotOpen, AttributeError) as fault:
        name = kind.model._meta.verbose_name
        raise CannotRekey(
            Sentence("A %(name)s does not open with this key. Nothing was changed.", name=str(name))
        ) from fault
