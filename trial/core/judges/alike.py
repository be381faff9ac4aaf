"""Judges the arms against one another: no two give the same, and a placebo holds nothing active."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from trial.core.faults import Place
from trial.core.judges.doses import DoseLine, read_line
from trial.core.protocol import Protocol

_PLACEBO = re.compile(r"\b(?:placebos?|vehicles?|vehicules?|dummy|sham|factice|inactive|inactif)\b")
_NO_NAME = frozenset({"solution", "injection", "vial", "flacon", "syringe", "seringue", "for", "pour"})


def judge_arms_differ(root: Place, protocol: Protocol) -> None:
    """No two arms are given the same product, volume and concentration of every drug."""
    given: dict[object, str] = {}
    for arm in root.rows("arms"):
        rows = [
            (row.get("drug"), plain(row.get("product")), *_meant(row)) for row in arm.rows("preparations")
        ]
        earlier = given.setdefault(frozenset(rows), arm.get("code"))
        if earlier != arm.get("code"):
            arm.fault(
                "gives the same as arm %(earlier)s in everything; two arms of a trial differ.",
                "preparations",
                earlier=earlier,
            )


def judge_placebos(root: Place, protocol: Protocol) -> None:
    """A placebo is not filled from an active product, and what is called placebo has no active dose."""
    for drug in root.rows("drugs"):
        made = [
            (arm, row, read_line(row))
            for arm in root.rows("arms")
            for row in arm.rows("preparations")
            if row.get("drug") == drug.get("code")
        ]
        active = [(arm, row) for arm, row, line in made if line.active]
        for _arm, row, line in made:
            if line.active:
                _judge_active(row)
            elif source := next((there for there in active if _is_filled_from(row, there[1])), None):
                row.fault(
                    "%(product)s is what arm %(arm)s is given as active; a placebo is filled from another.",
                    "product",
                    product=row.get("product"),
                    arm=source[0].get("code"),
                )
    for arm in root.rows("arms"):
        _judge_placebo_arm(arm)


def _judge_active(row: Place) -> None:
    if any(_PLACEBO.search(name) and not _of(name) for name in _names(row)):
        row.fault("is called a placebo and has an active dose; correct one of them.", "product")


def _judge_placebo_arm(arm: Place) -> None:
    lines = [read_line(row) for row in arm.rows("preparations")]
    label = plain(arm.get("label")["en"])
    if lines and all(line.active for line in lines) and re.match(r"(?:matching )?placebo\b", label):
        arm.fault(
            "is called a placebo, and all that it gives has an active dose; correct one of them.", "label"
        )


def _of(name: str) -> bool:
    """`Aldesleukin in its vehicle` is no placebo: a vehicle may be what something active comes in."""
    return re.search(r"\b(?:in|with|dans|avec)\b", name) is not None


def _meant(row: Place) -> Iterator[object]:
    """What the syringe holds, however it is written; its dose counts where no concentration tells it."""
    line: DoseLine = read_line(row)
    yield line.volume
    if line.concentration and line.active:
        yield (line.concentration.measures, line.concentration.worth)
        return
    for doses in line.doses.values():
        yield frozenset((dose.measures, dose.worth) for dose in doses if dose.is_dose and dose.worth)


def _is_filled_from(placebo: Place, active: Place) -> bool:
    """Whether a name of the placebo is the active product's, or has it in it and says of no placebo."""
    theirs = [words for name in _names(active) if (words := _words(name))]
    return any(
        words >= other and not _PLACEBO.search(name)
        for name in _names(placebo)
        if (words := _words(name))
        for other in theirs
    )


def _names(row: Place) -> list[str]:
    return [plain(name) for name in (row.get("product"), *row.get("label", {}).values())]


def _words(name: str) -> frozenset[str]:
    """The words of a name, without strengths and forms."""
    return frozenset(re.findall(r"[^\W\d_]{4,}", name)) - _NO_NAME


def plain(words: str) -> str:
    """The words without case, accents and doubled spaces."""
    apart = unicodedata.normalize("NFKD", words.casefold())
    return " ".join("".join(mark for mark in apart if not unicodedata.combining(mark)).split())
