"""Reads the eligibility criteria of a protocol."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from trial.core.faults import Place
from trial.core.protocol import (
    Before,
    Criterion,
    CriterionKind,
    Group,
    Interval,
    Plausible,
    Text,
    Unit,
    Within,
)

BOUNDS = ("minimum", "above", "maximum", "below")
_TIME_UNITS = ("days", "weeks", "months", "years")
_INTERVALS = {"days": Unit.DAY, "weeks": Unit.WEEK, "months": Unit.MONTH, "years": Unit.MONTH}
_COMPUTED = (CriterionKind.AGE, CriterionKind.SINCE, CriterionKind.NUMBER)


def read_criteria(root: Place) -> tuple[Criterion, ...]:
    """The criteria in file order. I stands for inclusion, E for exclusion."""
    root.distinct("criteria", "id", "criterion")
    if sum(leaf.get("kind") == "age" for row in root.rows("criteria") for leaf in leaves(row)) > 1:
        root.fault("ask for the age twice; one criterion can hold both bounds.", "criteria")
    return root.read("criteria", _criterion)


def leaves(place: Place) -> Iterator[Place]:
    """What is really asked: the parts of a criterion, or the criterion itself."""
    yield from place.rows("parts") or [place]


def _criterion(place: Place) -> Criterion:
    name: str = place.get("id")
    group = Group.INCLUSION if name.startswith("I") else Group.EXCLUSION
    text = place.text("text")
    if "parts" not in place:
        return _question(place, name, group, text)
    place.distinct("parts", "id", "part")
    for key in ("kind", "passes_with", "question", "unit", "plausible", "within", *BOUNDS):
        if key in place:
            place.fault("belongs to the parts; the criterion itself is not asked.", key)
    parts = tuple(_question(part, name + part.get("id"), group, text) for part in place.rows("parts"))
    if sensitive := place.get("sensitive", False):
        parts = tuple(replace(part, sensitive=True) for part in parts)
    return Criterion(name, group, text, parts=parts, sensitive=sensitive)


def _question(place: Place, name: str, group: Group, text: Text) -> Criterion:
    kind = CriterionKind(place.get("kind", "yes_no"))
    passes_with = place.get("passes_with", "yes" if group is Group.INCLUSION else "no")
    bounds: dict[str, int | Decimal] = {key: place.get(key) for key in BOUNDS if key in place}
    unit = place.get("unit", "months" if kind is CriterionKind.SINCE else "")
    _check_kind(place, kind, unit)
    _check_bounds(place, kind, bounds)
    is_part = "text" not in place
    if "question" not in place and (is_part or kind in (CriterionKind.SINCE, CriterionKind.NUMBER)):
        place.fault("needs a `question`: the words of the criterion alone do not say what to enter.")
    question = place.text("question") if "question" in place else None
    return Criterion(
        name,
        group,
        text,
        kind,
        passes_with == "yes",
        question,
        minimum=bounds.get("minimum"),
        maximum=bounds.get("maximum"),
        above=bounds.get("above"),
        below=bounds.get("below"),
        unit=unit,
        plausible=_plausible(place, kind, bounds),
        within=_within(place, kind, passes_with),
        sensitive=place.get("sensitive", False),
    )


def _within(place: Place, kind: CriterionKind, passes_with: str) -> Within | None:
    """The time for which something keeps out. What never was lets in, so a no has to let in."""
    if "within" not in place:
        return None
    given = dict(place.get("within"))
    before = Before(given.pop("before", Before.CONSENT.value))
    if kind is not CriterionKind.YES_NO or passes_with != "no":
        place.fault("only a yes/no criterion that lets in with no looks back; take this out.", "within")
    if "question" not in place:
        place.fault("needs a `question`: whether it ever was so, not whether it was lately.")
    if len(given) != 1:
        place.fault("needs one length of time: days, weeks, months or years.", "within")
        return None
    ((unit, value),) = given.items()
    if value < 1:
        place.fault("must be 1 or more.", "within", unit)
    return Within(Interval(12 * value if unit == "years" else value, _INTERVALS[unit]), before)


def _plausible(place: Place, kind: CriterionKind, bounds: dict[str, int | Decimal]) -> Plausible | None:
    """The range that a number usually lies in. An older file has none; a judge asks new ones for it."""
    if "plausible" not in place:
        return None
    if kind is not CriterionKind.NUMBER:
        place.fault("only a criterion of kind number has a plausible range; take this out.", "plausible")
        return None
    low, high = (Decimal(end) for end in place.get("plausible"))
    if low >= high:
        place.fault("must be two numbers, the lower one first.", "plausible")
    for key, bound in bounds.items():
        if low < high and not low <= bound <= high:
            place.fault("does not hold its own bound `%(bound)s`; widen it.", "plausible", bound=key)
    return Plausible(low, high)


def _check_kind(place: Place, kind: CriterionKind, unit: str) -> None:
    if kind in _COMPUTED and "passes_with" in place:
        place.fault(
            "a criterion of kind %(kind)s is computed from its bounds; take this out.",
            "passes_with",
            kind=kind,
        )
    if kind is CriterionKind.SINCE and unit not in _TIME_UNITS:
        place.fault(
            "“%(unit)s” is no length of time; write %(units)s.",
            "unit",
            unit=unit,
            units=", ".join(_TIME_UNITS),
        )
    if kind in (CriterionKind.YES_NO, CriterionKind.AGE) and "unit" in place:
        place.fault("a criterion of kind %(kind)s has no unit of its own; take this out.", "unit", kind=kind)


def _check_bounds(place: Place, kind: CriterionKind, bounds: dict[str, int | Decimal]) -> None:
    if kind is CriterionKind.YES_NO:
        for key in bounds:
            place.fault("a yes/no criterion has no bound; give it a kind or take the bound out.", key)
        return
    if not bounds:
        place.fault(
            "a criterion of kind %(kind)s needs a bound: minimum, above, maximum or below.", kind=kind
        )
    for one, other in (("minimum", "above"), ("maximum", "below")):
        if one in bounds and other in bounds:
            place.fault("says the same as `%(one)s`; keep one of the two.", other, one=one)
    for key, bound in bounds.items():
        if kind is not CriterionKind.NUMBER and (bound != int(bound) or bound < 0):
            place.fault("must be a whole number, 0 or more.", key)
    if _excludes_everyone(kind, bounds):
        place.fault("its bounds let nobody in; correct one of them.")


def _excludes_everyone(kind: CriterionKind, bounds: dict[str, int | Decimal]) -> bool:
    """Ages are whole years, so above 17 and below 18 leaves nobody; time and numbers have parts."""
    step = 1 if kind is CriterionKind.AGE else 0
    low = bounds["above"] + step if "above" in bounds else bounds.get("minimum")
    high = bounds["below"] - step if "below" in bounds else bounds.get("maximum")
    if low is None or high is None:
        return False
    strict = kind is not CriterionKind.AGE and ("above" in bounds or "below" in bounds)
    return low >= high if strict else low > high
