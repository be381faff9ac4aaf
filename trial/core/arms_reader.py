"""Reads the arms of a protocol and what the pharmacy makes for each.

In a blinded trial nothing that the clinic can see or count may differ by arm: every arm has one
preparation of every drug, and one volume for each (ICH E6(R3) 4.1 asks that the design keep the
blind). The names of what differs may not stand in the words that the clinic reads.
"""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

from trial.core.faults import Place
from trial.core.protocol import Arm, ArmPreparation


def read_arms(root: Place) -> tuple[Arm, ...]:
    """The arms in file order, with their ratio."""
    root.distinct("arms", "code", "arm")
    if len(root.rows("arms")) < 2:
        root.fault("a randomised trial has two arms or more.", "arms")
    drugs = [row.get("code") for row in root.rows("drugs")]
    arms = root.read("arms", lambda row: _arm(row, drugs))
    if root["trial"].get("masked"):
        for row in root.rows("arms"):
            _check_complete(row, drugs)
        for drug in drugs:
            _check_same_volume(root, drug)
            _check_silent(root, drug)
    return arms


def _arm(place: Place, drugs: list[str]) -> Arm:
    if place.get("ratio") < 1:
        place.fault("must be a whole number of 1 or more.", "ratio")
    place.distinct("preparations", "drug", "preparation of this arm")
    preparations = place.read("preparations", lambda row: _preparation(row, drugs))
    return Arm(place.get("code"), place.text("label"), place.get("ratio"), preparations)


def _preparation(place: Place, drugs: list[str]) -> ArmPreparation:
    if place.get("drug") not in drugs:
        place.fault("no drug is called “%(drug)s”; add it to [[drugs]].", "drug", drug=place.get("drug"))
    volume = _volume(place)
    if volume is None or volume <= 0:
        place.fault('must be millilitres above 0, such as "0.5".', "volume_ml")
    return ArmPreparation(
        place.get("drug"),
        place.get("product"),
        place.text("dose"),
        place.get("volume_ml"),
        place.get("concentration", ""),
        place.text("label") if place.get("label") is not None else None,
    )


def _volume(place: Place) -> Decimal | None:
    try:
        volume = Decimal(place.get("volume_ml"))
    except InvalidOperation:
        return None
    return volume if volume.is_finite() else None


def _check_complete(place: Place, drugs: list[str]) -> None:
    made = {row.get("drug") for row in place.rows("preparations")}
    for drug in drugs:
        if drug not in made:
            place.fault(
                "has no preparation of %(drug)s; in a blinded trial every arm gets every drug.", drug=drug
            )


def _preparations(root: Place, drug: str) -> list[Place]:
    return [row for arm in root.rows("arms") for row in arm.rows("preparations") if row.get("drug") == drug]


def _check_same_volume(root: Place, drug: str) -> None:
    rows = _preparations(root, drug)
    for row in rows[1:]:
        if _volume(row) != _volume(rows[0]):
            row.fault(
                "%(volume)s mL of %(drug)s here, %(first)s mL in the first arm: in a blinded trial the "
                "volume is the same in every arm.",
                "volume_ml",
                volume=row.get("volume_ml"),
                drug=drug,
                first=rows[0].get("volume_ml"),
            )


def _check_silent(root: Place, drug: str) -> None:
    """A drug whose product differs by arm has a label that names none of the products, in either language."""
    made = _preparations(root, drug)
    if len({row.get("product").casefold() for row in made}) < 2:
        return
    names = [name for row in made for name in (row.get("product"), *row.get("label", {}).values())]
    for row in root.rows("drugs"):
        label = " ".join(row.get("label", {}).values()).casefold()
        if row.get("code") == drug and any(name.casefold() in label for name in names):
            row.fault(
                "names what one of the arms holds, and the clinic reads it; find blinded words.", "label"
            )
