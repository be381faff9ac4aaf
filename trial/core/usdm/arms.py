"""What an arm gets: by its type, by the products that its elements name, and where a person has to say it.

An arm is a placebo arm by its type, or because all that its elements name is placebo. The word in a label is
no sign of that: “X and placebo of Y” and “Placebo then X” both hold an active substance.
"""

from __future__ import annotations

import re

from trial.core.usdm.document import Study
from trial.core.usdm.tree import Node, by_id

_PLACEBO_ARM, _SHAM_ARM, _EMPTY_ARM, _PLACEBO_ROLE = "C174268", "C174269", "C174270", "C753"
_PLACEBO_WORDS = re.compile(
    r"(?:(?:arm|group)\s*\w+\s*[:–-]\s*)?"
    r"(?:(?!(?:no|non|not|and|then|plus|vs|versus|or|with|without)\b)[\w-]+\s+)?(?:match(?:ing|ed)\s+)?"
    r"placebos?(?:\s+(?:arm|group|control|comparator|tablets?|capsules?|patch(?:es)?|injections?|syringes?"
    r"|infusions?|solution))*(?:\s+(?:of|for|to|matching)\s+[\w-]+)?",
    re.IGNORECASE,
)
"""A name that says placebo and nothing else: “Placebo”, “Matching placebo”, “Placebo of X”."""
_EMPTY_WORDS = re.compile(r"(?:(?:no|without) (?:intervention|treatment)|untreated)\b.*", re.IGNORECASE)


def is_placebo(study: Study, arm: Node) -> bool:
    """By the arm's type, or by all that its elements name; by its name where the document has neither."""
    if is_empty(arm):
        return False
    if _type(arm).startswith("placebo") or _type_code(arm) == _PLACEBO_ARM:
        return True
    given = given_in(study, arm)
    if given:
        return all(map(is_placebo_product, given))
    return not _type(arm) and _is_called_placebo(arm)


def is_empty(arm: Node) -> bool:
    """Whether nobody in it is given anything: by its type, by its name where it has no type."""
    return _type_code(arm) == _EMPTY_ARM or bool(_EMPTY_WORDS.fullmatch(_type(arm) or arm.name))


def is_placebo_product(product: Node) -> bool:
    """By the product's role, or by a name that says nothing else."""
    role = product.code("role")
    is_so = role.text("code") == _PLACEBO_ROLE or role.text("decode").lower() == "placebo"
    return is_so or _is_called_placebo(product)


def why_open(study: Study, arm: Node) -> str:
    """Why a person has to say what the arm gets although a product could be guessed; empty where none has."""
    given = given_in(study, arm)
    names = ", ".join(f"“{row.name}”" for row in given)
    kind = f"its type is “{arm.decode('type') or _type(arm)}”" if _type(arm) else f"it is called “{arm.name}”"
    if is_placebo(study, arm):
        return ""
    if is_empty(arm):
        return f"{kind}, and its elements name {names}" if given else kind
    if _is_called_placebo(arm):
        return f"it is called a placebo, and its elements name {names}" if given else kind
    return "" if given else _why_no_guess(study, arm, kind)


def _why_no_guess(study: Study, arm: Node, kind: str) -> str:
    """Why the only product of the document is not taken for an arm whose elements name none."""
    if "sham" in _type(arm) or _type_code(arm) == _SHAM_ARM:
        return f"{kind}, and its elements name no product"
    if any(given_in(study, other) for other in study.design.nodes("arms")):
        return "its elements name no product, and those of other arms do"
    if study.interventions and all(map(is_placebo_product, study.interventions)):
        return "the document has nothing but placebo"
    return ""


def only_product(study: Study, arm: Node) -> Node | None:
    """The one product that the arm's elements name, or the only one that there is; else None."""
    given = given_in(study, arm) or study.interventions
    return given[0] if len(given) == 1 and not why_open(study, arm) else None


def only_administration(study: Study, arm: Node) -> Node | None:
    """The one administration to which the arm's elements lead; None where they lead to none or several."""
    rows = [row for one in given_in(study, arm) for row in one.nodes("administrations")]
    return rows[0] if len(rows) == 1 else None


def given_in(study: Study, arm: Node) -> list[Node]:
    """The interventions that the arm's cells name through their elements."""
    elements = by_id(study.design.nodes("elements"), "elements")
    cells = [row for row in study.design.nodes("studyCells") if row.text("armId") == arm.text("id")]
    keys = [key for cell in cells for key in cell.texts("elementIds") if arm.text("id")]
    used = {one for key in keys if key in elements for one in elements[key].texts("studyInterventionIds")}
    return [row for row in study.version.nodes("studyInterventions") if row.text("id") in used]


def _type(arm: Node) -> str:
    return (arm.decode("type") or _type_code(arm)).lower()


def _type_code(arm: Node) -> str:
    return arm.code("type").text("code")


def _is_called_placebo(row: Node) -> bool:
    return bool(_PLACEBO_WORDS.fullmatch(" ".join(row.name.split())))
