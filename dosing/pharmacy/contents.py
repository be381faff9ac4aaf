"""What the pharmacy seals, as values, and the way into and out of its boxes."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date
from enum import StrEnum
from typing import Any, TypeVar

from django.utils.translation import gettext as _

from dosing.pharmacy.models import CONTENT_BYTES, PreparationStep, StepBox, StockBox, StockEntry
from randomization.key_files import KeyFault
from randomization.sealed.models import Box, BoxKind, Recipient
from randomization.sealed.opening.revealing import CannotReveal
from randomization.sealed.vault.boxes import CannotOpen, key_id, pad, seal, unpad, unseal
from randomization.sealed.vault.keys import OpeningKey, pharmacy_key, recipient_keys
from trial.audit import note_rows
from trial.core.sentences import Sentence
from trial.refusals import InvalidInput, Refusal

AnyBox = TypeVar("AnyBox", bound=Box)


class ContentDamaged(Refusal):
    """A box of the pharmacy does not open, or does not hold what such a box holds."""

    code = "content_damaged"


class MovementKind(StrEnum):
    """What can happen to vials of a lot."""

    RECEIVED = "received"
    USED = "used"
    QUARANTINED = "quarantined"
    FREED = "freed"
    DESTROYED = "destroyed"


@dataclass(frozen=True, repr=False)
class Made:
    """What is in a syringe and where it came from. `vial` counts the vials used of the lot, from 1."""

    product: str
    dose_en: str
    dose_fr: str
    volume_ml: str
    concentration: str
    lot: str
    lot_number: str
    expiry: date
    vial: int


@dataclass(frozen=True, repr=False)
class StepContent:
    """What a step says in secret: a note, and for `prepared` what was made."""

    note: str = ""
    made: Made | None = None


@dataclass(frozen=True, repr=False)
class Movement:
    """One movement of `quantity` vials of a lot. `lot` is the lot's id; `syringe` that of a preparation."""

    kind: MovementKind
    lot: str
    product: str = ""
    lot_number: str = ""
    expiry: date | None = None
    quantity: int = 0
    syringe: str = ""
    reason: str = ""


def box_step(step: PreparationStep, content: StepContent) -> None:
    """Seal what a step says, for the pharmacy and the recovery key, and write the boxes."""
    boxes = _boxes(StepBox, asdict(content), _step_place(step), step=step)
    note_rows(StepBox.objects.bulk_create(boxes))


def box_movement(entry: StockEntry, content: Movement) -> None:
    """Seal what moved, for the pharmacy and the recovery key, and write the boxes."""
    boxes = _boxes(StockBox, asdict(content), _entry_place(entry), entry=entry)
    note_rows(StockBox.objects.bulk_create(boxes))


def open_steps(boxes: Iterable[StepBox]) -> dict[int, StepContent]:
    """What each step says, by the step's key. Raises ContentDamaged or CannotReveal."""
    key = opening_key()
    return {box.step_id: _step_content(_opened(box, key, _step_place(box.step))) for box in boxes}


def open_movements(boxes: Iterable[StockBox]) -> list[Movement]:
    """The movements in the order of their boxes. Raises ContentDamaged or CannotReveal."""
    key = opening_key()
    return [_movement(_opened(box, key, _entry_place(box.entry))) for box in boxes]


def opening_key() -> OpeningKey:
    """The pharmacy's private key. Raises CannotReveal where this process has none."""
    try:
        return pharmacy_key()
    except KeyFault as fault:
        raise CannotReveal(fault.sentence) from fault


def _boxes(
    model: type[AnyBox], content: dict[str, Any], place: tuple[str, ...], **owner: Any
) -> list[AnyBox]:
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, default=date.isoformat)
    plaintext = pad(text.encode(), CONTENT_BYTES)
    if len(plaintext) != CONTENT_BYTES:
        raise InvalidInput(_("This is too long to be sealed. Use fewer words."))
    return [
        model(recipient=name, key_id=key_id(key), box=seal(plaintext, key, *place, name), **owner)
        for name, key in recipient_keys().items()
    ]


def _opened(box: Box, key: OpeningKey, place: tuple[str, ...]) -> dict[str, Any]:
    try:
        content: dict[str, Any] = json.loads(unpad(unseal(box.box, key, *place, Recipient.PHARMACY)))
    except (CannotOpen, ValueError) as fault:
        raise ContentDamaged(
            Sentence(
                "%(what)s cannot be opened. Do not prepare. Call your Velum administrator.",
                what=" ".join(place),
            )
        ) from fault
    return content


def _step_place(step: PreparationStep) -> tuple[str, ...]:
    """Bound into the box, so that a box moved to another syringe or step does not open."""
    return ("syringe", str(step.preparation_id), str(step.sequence), step.step)


def _entry_place(entry: StockEntry) -> tuple[str, ...]:
    return ("movement", str(entry.site_id), str(entry.sequence))


def _step_content(content: dict[str, Any]) -> StepContent:
    made = content["made"]
    if made is not None:
        made = Made(**made | {"expiry": date.fromisoformat(made["expiry"])})
    return StepContent(note=content["note"], made=made)


def _movement(content: dict[str, Any]) -> Movement:
    expiry = content["expiry"] and date.fromisoformat(content["expiry"])
    return Movement(**content | {"kind": MovementKind(content["kind"]), "expiry": expiry})


def _step_box_place(box: StepBox, recipient: str) -> tuple[str, ...]:
    return (*_step_place(box.step), recipient)


def _stock_box_place(box: StockBox, recipient: str) -> tuple[str, ...]:
    return (*_entry_place(box.entry), recipient)


BOXES = (
    BoxKind(StepBox, "step", ("step",), _step_box_place),
    BoxKind(StockBox, "entry", ("entry",), _stock_box_place),
)
"""What a re-keying seals anew here."""
