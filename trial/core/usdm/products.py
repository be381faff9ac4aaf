"""What of the document's products and doses stands in no arm of the draft, each by its name and with why.

A draft has one drug. An arm's product is the only one that its elements name, or the document's only one;
its dose is that of the only administration behind it. Whatever else the document holds is listed here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from trial.core.usdm.arms import (
    given_in,
    is_placebo,
    is_placebo_product,
    only_administration,
    only_product,
    why_open,
)
from trial.core.usdm.document import Study
from trial.core.usdm.treatment import dose_in_words, has_dose, what_is_amiss
from trial.core.usdm.tree import Node


def products_left(study: Study) -> Iterator[str]:
    """One sentence for each product, dose, administrable product and device that no arm of the draft has."""
    arms = study.design.nodes("arms") or [Node({})]
    yield from _products(study, arms)
    yield from _nowhere(study)
    yield from _doses(study, arms)
    yield from _supplies(study)


def _products(study: Study, arms: list[Node]) -> Iterator[str]:
    """The interventions whose names stand in no arm."""
    carried = [only_product(study, arm) for arm in arms if not is_placebo(study, arm)]
    for row in study.version.nodes("studyInterventions"):
        if not any(row.value is one.value for one in carried if one):
            yield f"the product “{row.name}”: {_why_not(study, arms, row)}"


def _why_not(study: Study, arms: list[Node], row: Node) -> str:
    key = row.text("id")
    users = [arm for arm in arms if any(one.text("id") == key for one in given_in(study, arm))]
    hold = "one drug is drafted; a second has its own [[drugs]] and [[courses]]"
    if users:
        return _why_not_there(study, users, row, hold)
    if any(key in element.texts("studyInterventionIds") for element in study.design.nodes("elements")):
        return f"{hold}. Its element belongs to no arm"
    if key not in {one.text("id") for one in study.interventions}:
        return f"{hold}. The design that is drafted does not name it"
    if all(is_placebo(study, arm) for arm in arms):
        return f"{hold}. Every arm is called a placebo"
    return f"{hold}. No element of an arm names it"


def _why_not_there(study: Study, users: list[Node], row: Node, hold: str) -> str:
    """Why a product stands in none of the arms whose elements name it."""
    others = [arm for arm in users if not is_placebo(study, arm)]
    several = ", ".join(f"“{arm.name}”" for arm in others if not why_open(study, arm))
    if several:
        return f"{hold}. The elements of {several} name several products"
    if others:
        return f"what “{others[0].name}” gets is left to a person: {why_open(study, others[0])}"
    is_alone = len(given_in(study, users[0])) == 1
    if is_alone or is_placebo_product(row):
        return f"“{users[0].name}” gets it as its placebo, and the draft calls that “Placebo”"
    return f"{hold}. “{users[0].name}” gets it beside others, and is drafted with “Placebo” alone"


def _nowhere(study: Study) -> Iterator[str]:
    """Ids of products that the document does not have."""
    held = {row.text("id") for row in study.version.nodes("studyInterventions")}
    named = [("the design", key) for key in study.design.texts("studyInterventionIds")]
    for element in study.design.nodes("elements"):
        named += [
            (f"the element “{element.name}”", key) for key in element.texts("studyInterventionIds")
        ]  # fmt: skip
    for who, key in dict.fromkeys(named):
        if key not in held:
            yield f"the product “{key}”: {who} names it, and the document does not have it"


def _doses(study: Study, arms: list[Node]) -> Iterator[str]:
    """The doses that stand in no arm, each with why: which arm leads to it, and what is amiss with it."""
    for product in study.version.nodes("studyInterventions"):
        for row in product.nodes("administrations"):
            why = _why_no_dose(study, arms, row) if has_dose(row) else ""
            if why:
                said = dose_in_words(row)
                yield f"the dose {said + ' ' if said else ''}of “{product.name}”, “{row.name}”: {why}"


def _why_no_dose(study: Study, arms: list[Node], row: Node) -> str:
    leading = [arm for arm in arms if _leads_to(study, arm, row)]
    others = [arm for arm in leading if not is_placebo(study, arm)]
    if any(not why_open(study, arm) for arm in others):
        return what_is_amiss(row)
    if others:
        return f"what “{others[0].name}” gets is left to a person"
    if leading:
        return f"“{leading[0].name}” is a placebo arm, and is drafted without active substance"
    return "no arm's elements lead to it alone"


def _leads_to(study: Study, arm: Node, row: Node) -> bool:
    """Whether it is the only administration behind the arm's elements."""
    only = only_administration(study, arm)
    return only is not None and only.value is row.value


def _supplies(study: Study) -> Iterator[str]:
    """Administrable products and devices, wherever the document keeps them, and those that it only names."""
    rows = _all_administrations(study)
    for kind, many, link in (
        ("administrable product", "administrableProducts", "administrableProductId"),
        ("medical device", "medicalDevices", "medicalDeviceId"),
    ):
        within = [row.node(link.removesuffix("Id")) for row in rows]
        found = [*study.version.nodes(many), *study.design.nodes(many), *filter(None, within)]
        for one in found:
            users = [row.name for row in rows if one.text("id") and row.text(link) == one.text("id")]
            yield f"the {kind} “{one.name}”{_used(users)}: a protocol file has no place for that"
        held = {one.text("id") for one in found}
        for key in dict.fromkeys(row.text(link) for row in rows):
            if key and key not in held:
                yield f"the {kind} “{key}”: an administration names it, and the document does not have it"


def _all_administrations(study: Study) -> list[Node]:
    return [
        row for one in study.version.nodes("studyInterventions") for row in one.nodes("administrations")
    ]  # fmt: skip


def _used(names: Iterable[str]) -> str:
    listed = ", ".join(f"“{name}”" for name in names)
    return f" of {listed}" if listed else ""
