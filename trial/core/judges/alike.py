"""Judges the arms against one another: no two give the same, and a placebo holds nothing active."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from trial.core.faults import Place
from trial.core.judges.doses import DoseLine, read_line
from trial.core.protocol import Protocol

_PLACEBO = re.compile(r"\b(?:placebos?|vehicles?|vehicules?|dummy|sham|factice|inactive|inactif)\b")
_SALTS = frozenset(
    (
        *("sodium", "potassium", "calcium", "magnesium", "chloride", "hydrochloride", "sulfate", "sulphate"),
        *("phosphate", "acetate", "citrate", "mesylate", "mesilate", "maleate", "tartrate", "succinate"),
        *("sodique", "potassique", "calcique", "chlorure", "chlorhydrate", "de", "of"),
    )
)
"""What a product's name may end or begin with and still be the same product; without accents."""
_MIXED = re.compile(r"[+&]|\b(?:and|with|plus|et|avec)\b")
_NO_NAME = frozenset(
    {"product", "produit", "solution", "injection", "vial", "flacon", "syringe", "seringue", "for", "pour"}
)


def judge_arms_differ(root: Place, protocol: Protocol) -> None:
    """No two arms are given the same product, volume and concentration of every drug, however spelled."""
    _judge_spelling(root)
    given: dict[object, str] = {}
    for arm in root.rows("arms"):
        rows = [
            (row.get("drug"), spelled_alike(row.get("product")), *_meant(row))
            for row in arm.rows("preparations")
        ]
        earlier = given.setdefault(frozenset(rows), arm.get("code"))
        if earlier != arm.get("code"):
            arm.fault(
                "gives the same as arm %(earlier)s in everything; two arms of a trial differ.",
                "preparations",
                earlier=earlier,
            )


def _judge_spelling(root: Place) -> None:
    """One product has one name: lots are compared by it, and two spellings are two products there."""
    names: dict[str, str] = {}
    for arm in root.rows("arms"):
        for row in arm.rows("preparations"):
            product = row.get("product")
            earlier = names.setdefault(spelled_alike(product), product)
            if earlier != product:
                row.fault(
                    "“%(product)s” and “%(earlier)s” differ in spelling alone, and would be two products; "
                    "write one name.",
                    "product",
                    product=product,
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
    """Whether a name of the placebo, which says of no placebo, is the active product's or has it in it."""
    ours = [name for name in _names(placebo) if not _PLACEBO.search(name)]
    product = plain(placebo.get("product"))
    if product in ours and spelled_alike(product) == spelled_alike(active.get("product")):
        return True
    return any(_is_same(name, other) for name in ours for other in _names(active))


def _is_same(name: str, active: str) -> bool:
    """One name, with or without a salt, a strength and a form; or a longer one that the placebo has in it."""
    bare, other = spelled_alike(name), spelled_alike(active)
    if not (_tokens(name) and _tokens(active)):
        return False
    within = bool(_words(active)) and _words(name) >= _words(active)
    spelled_in = len(other) > _LONG_NAME and bool(_words(active)) and other in bare
    return (
        bare == other or _tokens(name) >= _tokens(active) or within or spelled_in or _is_short(name, active)
    )


def _is_short(name: str, active: str) -> bool:
    """Whether the placebo leaves out the end of the active name, or the salt: heparin of heparin sodium.

    What the active product is mixed with, as glucose with insulin, is another matter.
    """
    main = re.split(r"\b(?:in|dans)\b", active)[0]
    if _MIXED.search(main):
        return False
    salt_free = _tokens(main) - _SALTS
    begins = re.match(rf"{re.escape(name)}(?=\s|$)", main) is not None
    return begins or (bool(salt_free) and _tokens(name) - _SALTS == salt_free)


def _names(row: Place) -> list[str]:
    return [plain(name) for name in (row.get("product"), *row.get("label", {}).values())]


def _words(name: str) -> frozenset[str]:
    """The words of a name, without strengths and forms."""
    return frozenset(re.findall(r"[^\W\d_]{4,}", name)) - _NO_NAME


def _tokens(name: str) -> frozenset[str]:
    """The parts of a name, however short (`il-2`, `mtx`, `25`), without what every product is called."""
    return frozenset(re.findall(r"\w+", re.sub(r"(?<=\w)-(?=\w)", "", name))) - _NO_NAME


_MARKS = re.compile(r"[®™©℠]|\((?:r|c|tm|sm)\)", re.IGNORECASE)


def spelled_alike(name: str) -> str:
    """The letters and digits of a name, without marks, blanks and signs, or the e of its French form."""
    bare = "".join(mark for mark in plain(_MARKS.sub("", name)) if mark.isalnum())
    return (bare.removesuffix("e") if len(bare) > _LONG_NAME else bare) or plain(name)


_LONG_NAME = 6
"""Aldesleukine is aldesleukin; a short name may be another one with an e."""


def plain(words: str) -> str:
    """The words without case, accents and doubled spaces."""
    apart = unicodedata.normalize("NFKD", words.casefold())
    return " ".join("".join(mark for mark in apart if not unicodedata.combining(mark)).split())
