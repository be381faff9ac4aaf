"""What is given: drugs and arms as far as USDM links them, and the days of dosing."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from trial.core.judges.unfinished import UNKNOWN
from trial.core.usdm.arms import (
    given_in,
    is_placebo,
    is_placebo_product,
    only_administration,
    only_product,
    why_open,
)
from trial.core.usdm.document import Study
from trial.core.usdm.tree import Node
from trial.core.usdm.writing import Notes, both, codes, decimal, one_line, quoted

_EVERY = {
    "daily": 1, "once daily": 1, "every day": 1, "qd": 1, "every other day": 2, "every two days": 2,
    "weekly": 7, "every week": 7, "once weekly": 7, "once a week": 7, "qw": 7,
    "every two weeks": 14, "every 2 weeks": 14, "every three weeks": 21, "every 3 weeks": 21,
    "every four weeks": 28, "every 4 weeks": 28,
}  # fmt: skip
_ONCE = {"once", "one time", "single"}
_DAYS_IN = {"day": 1, "days": 1, "week": 7, "weeks": 7}
_UNITS = {"milligram": "mg", "gram": "g", "milliliter": "mL", "millilitre": "mL", "international unit": "IU"}
MOST_DAYS = 1000
"""A draft lists no more days of dosing; beyond, a person writes repeats."""


def drug_lines(study: Study, notes: Notes) -> Iterator[str]:
    """`[[drugs]]`: one blinded name for whatever is given."""
    routes = {row.decode("route") for row in administrations(study) if row.decode("route")}
    route = next(iter(routes)) if len(routes) == 1 else ""
    said = ", ".join(sorted(routes)) or "nothing"
    notes.assume(
        "drugs[STUDY]", f"One drug with a blinded name of ours. Of the route the document says: {said}."
    )
    label = both("Study treatment", "Traitement de l’étude")
    yield f'[[drugs]]\ncode = "STUDY"\nlabel = {label}\nroute = {both(one_line(route))}\n'


def administrations(study: Study) -> list[Node]:
    """Every administration of what the design gives, in the order of the document."""
    return [row for one in study.interventions for row in one.nodes("administrations")]


def arm_lines(study: Study, notes: Notes) -> Iterator[str]:
    """`[[arms]]`: what each gets where the elements of the design say it, `?` where they do not."""
    arms = study.design.nodes("arms")
    _say_design(study, arms, notes)
    names = codes([one_line(arm.name) for arm in arms])
    for arm, code in zip(arms or [Node({})], names or [UNKNOWN], strict=True):
        notes.assume(f"arms[{code}]", f"USDM has no allocation ratio. {_said(study, arm)}")
        yield f"[[arms]]\ncode = {quoted(code)}\nlabel = {both(one_line(arm.name))}"
        yield f"ratio = {quoted(UNKNOWN)}\n"
        yield from _preparation(study, arm)
        _say_treatment(study, arm, notes)
        _say_populations(study, arm, notes)


def _preparation(study: Study, arm: Node) -> Iterator[str]:
    yield '[[arms.preparations]]\ndrug = "STUDY"'
    if is_placebo(study, arm):
        none = both("No active substance", "Sans substance active")
        yield f'product = "Placebo"\ndose = {none}\nvolume_ml = {quoted(UNKNOWN)}\n'
        return
    given = None if why_open(study, arm) else only_administration(study, arm)
    product = only_product(study, arm)
    name, dose = one_line(product.name) if product else UNKNOWN, dose_of(given) if given else ""
    yield f"product = {quoted(name)}\ndose = {both(dose)}\nvolume_ml = {quoted(UNKNOWN)}"
    yield f"concentration = {quoted(UNKNOWN)}\n"


def dose_of(administration: Node) -> str:
    """Amount and unit as they are written on a label; empty where either is missing."""
    value, unit = _amount(administration)
    if value is None or value <= 0 or not unit:
        return ""
    return f"{decimal(value)} {_UNITS.get(unit.lower(), unit.lower())}"


def dose_in_words(administration: Node) -> str:
    """The dose as far as the document gives it; empty where it gives no number."""
    value, unit = _amount(administration)
    if value is None:
        return ""
    return dose_of(administration) or f"{decimal(value)} {unit.lower() or '(no unit)'}"


def _amount(administration: Node) -> tuple[Fraction | None, str]:
    dose = administration.node("dose")
    quantity = dose if dose.number("value") is not None else dose.node("quantity")
    return quantity.number("value"), quantity.decode("unit")


def what_is_amiss(administration: Node) -> str:
    """What keeps a dose that the document gives from a label; empty where nothing does."""
    value, unit = _amount(administration)
    if value is None:
        return "it has no number"
    said = [
        (value == 0, "it is nought"),
        (value < 0, "it is less than nought"),
        (not unit, "its unit is missing"),
    ]
    return ", and ".join(words for is_so, words in said if is_so)


def has_dose(administration: Node) -> bool:
    """Whether the document says anything of its dose: a number, a unit."""
    dose = administration.node("dose")
    return any(row.number("value") is not None or row.decode("unit") for row in (dose, dose.node("quantity")))


def _said(study: Study, arm: Node) -> str:
    """What the document says of the arm's treatment, for whoever completes it."""
    given = given_in(study, arm)
    names = ", ".join(f"{row.name}: {_doses(row)}" for row in given or study.interventions)
    why = why_open(study, arm)
    if why:
        return f"No product is drafted for the arm: {why}. The document has {names or 'no product'}."
    if not given:
        return f"The document does not say what the arm gets. It has {names or 'no product'}."
    return f"Its elements name {names}. USDM gives no volume and no concentration."


def _say_treatment(study: Study, arm: Node, notes: Notes) -> None:
    """What is left to a person although the document says something of it."""
    why = why_open(study, arm)
    if why:
        notes.lost.append(f"what “{arm.name}” gets: {why}; no product and no dose is drafted for it")
    others = [row for row in given_in(study, arm) if not is_placebo_product(row)]
    if others and is_placebo(study, arm):
        names = ", ".join(f"“{row.name}”" for row in others)
        notes.lost.append(
            f"what “{arm.name}” gets: its type is “{arm.decode('type') or 'placebo'}”, and its elements name "
            f"{names}; “Placebo” without active substance is drafted for it"
        )


def _doses(intervention: Node) -> str:
    rows = intervention.nodes("administrations")
    return " / ".join(f"{row.name}{_dosing(row)}" for row in rows) or "no administration"


def _say_design(study: Study, arms: list[Node], notes: Notes) -> None:
    """What of the design is no randomised comparison of parallel arms."""
    design, model = study.design, study.design.decode("model")
    kind = f"{design.text('instanceType')} {design.decode('studyType')}".lower()
    said = [
        ("observational" in kind, "an observational design: nobody is randomised in it"),
        (len(arms) < 2, "one arm only, or none: nobody is randomised"),
        (model and "parallel" not in model.lower(), f"the model “{model}”: arms are parallel here"),
    ]  # fmt: skip
    for is_so, words in said:
        if is_so:
            notes.lost.append(words)
            notes.assume("arms", f"The document has {words}.")
    if len(arms) > 1 and not any(given_in(study, arm) for arm in arms):
        notes.lost.append("which arm gets which dose: no element of the design names an intervention")


def _say_populations(study: Study, arm: Node, notes: Notes) -> None:
    """Arms for a cohort only: a condition on the arm."""
    population = study.design.node("population")
    groups = {row.text("id"): row for row in [population, *population.nodes("cohorts")]}
    for key in arm.texts("populationIds"):
        group = groups.get(key)
        if group is None or group is not population:
            name = group.name if group else key
            notes.lost.append(f"the arm “{arm.name}” is for “{name}” only: every arm is for everybody here")


def course_lines(study: Study, notes: Notes) -> Iterator[str]:
    """One course from day 1, as long and as often as the first administration says."""
    rows = administrations(study)
    days = _dosing_days(rows[0], notes) if rows else None
    if not rows:
        notes.lost.append("the days of dosing: the document has no administration")
    label = both("Treatment", "Traitement")
    yield f'[[courses]]\ncode = "COURSE"\nlabel = {label}\ndrug = "STUDY"\nday = 1'
    yield f"days = {_written(days)}\n"
    source = f"from the administration “{one_line(rows[0].name)}”" if rows else "without a source"
    notes.assume("courses[COURSE]", f"One course from day 1, {source}; compare its days with the protocol.")
    for other in rows[1:]:
        notes.lost.append(
            f"the administration “{other.name}”{_dosing(other)}: one course is drafted, from the first"
        )


def _written(days: list[int] | None) -> str:
    if days is None:
        return quoted(UNKNOWN)
    is_in_a_row = len(days) > 1 and days == list(range(1, len(days) + 1))
    return f"{{ consecutive = {len(days)} }}" if is_in_a_row else str(days)


def _dosing(row: Node) -> str:
    said = [word for word in (dose_of(row), row.decode("frequency").lower()) if word]
    return f" ({', '.join(said)})" if said else ""


def _dosing_days(row: Node, notes: Notes) -> list[int] | None:
    """The days on which it is given, from 1; None where the document does not say it in days or weeks."""
    often = row.decode("frequency").lower()
    duration = row.node("duration")
    quantity = duration.node("quantity")
    value, unit = quantity.number("value"), quantity.decode("unit").lower()
    if often in _ONCE:
        return [1]
    length = (value or Fraction(0)) * _DAYS_IN.get(unit, 0)
    is_told = often in _EVERY and not duration.flag("durationWillVary") and 1 <= length <= MOST_DAYS
    if is_told and length.denominator == 1:
        return list(range(1, int(length) + 1, _EVERY[often]))
    amount = f"{decimal(value)} {unit or '(no unit)'}" if value is not None else "an unknown time"
    varies = ", which will vary" if duration.flag("durationWillVary") else ""
    notes.lost.append(f"the days of dosing, “{often or 'no frequency'}” for {amount}{varies}")
    return None
