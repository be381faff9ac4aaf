"""The design file of a list: TOML, kept where no blinded person of the trial reads it.

    method = "permuted_blocks"   # or one_block, big_stick, urn, complete, efron, block_urn, maximal;
                                 # minimization to simulate only
    block_sizes = [3, 6, 9]      # permuted_blocks
    exact = true                 # permuted_blocks: the sizes sum to the target; false: the last is cut
    max_range = 3                # big_stick, maximal
    alpha = 0                    # urn
    beta = 1                     # urn
    probability = "2/3"          # efron
    sets = 2                     # block_urn
    reserve = 0                  # per stratum, beyond the target
    [targets]                    # per stratum; needed where the protocol has strata
    "fr/bulbar" = 48

    probability = 0.8            # minimization, as is what follows
    measure = "range"
    rule = "parts"               # an unequal ratio: over equal parts; "shares": the older rule
    [factors.sex]                # instead of the protocol's strata
    levels = ["f", "m"]
    weight = 1
    frequencies = [1, 1]

Arms, ratio and strata come from the protocol; the file cannot change them.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any

from trial.core.sentences import Sentence

from .design import PARAMETERS, PERMUTED_BLOCKS, ArmShare, Design, DesignFault, StratumSize
from .design_fields import fraction, optional, refuse_unknown, typed, whole, wholes
from .methods import check_design
from .minimization import BY_PARTS, Factor, MinimizationDesign, check

MINIMIZATION = "minimization"
FIELDS = {"method", "block_sizes", "exact", "reserve", "targets", *PARAMETERS}
MINIMIZATION_FIELDS = {"method", "probability", "measure", "rule", "factors"}
FACTOR_FIELDS = {"levels", "weight", "frequencies"}
USUAL_PROBABILITY = Fraction(4, 5)
"""Of the arm that minimisation prefers, where a file says nothing."""
RECOMMENDED_MULTIPLES = (1, 2, 3)


@dataclass(frozen=True)
class Plan:
    """What a design file says. No block sizes stand for the recommended ones, no factors for the strata."""

    method: str = PERMUTED_BLOCKS
    block_sizes: tuple[int, ...] = ()
    reserve: int = 0
    targets: Mapping[str, int] = field(default_factory=dict)
    exact: bool = True
    max_range: int | None = None
    alpha: int | None = None
    beta: int | None = None
    sets: int | None = None
    probability: Fraction | None = None
    measure: str = "range"
    rule: str = BY_PARTS
    factors: tuple[Factor, ...] = ()


def read_plan(text: str) -> Plan:
    """The plan in a design file. Raises DesignFault with the field at fault."""
    try:
        data = tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as fault:
        raise DesignFault("The design file is not valid TOML: %(fault)s.", fault=str(fault)) from fault
    method = typed(data, "method", str, PERMUTED_BLOCKS)
    if method == MINIMIZATION:
        return _minimization(data)
    refuse_unknown(data, FIELDS, Sentence("the design file of %(method)s", method=method))
    return Plan(
        method=method,
        block_sizes=wholes(data, "block_sizes"),
        exact=typed(data, "exact", bool, True),
        max_range=optional(data, "max_range"),
        alpha=optional(data, "alpha"),
        beta=optional(data, "beta"),
        sets=optional(data, "sets"),
        probability=fraction("probability", data["probability"]) if "probability" in data else None,
        reserve=whole("reserve", data.get("reserve", 0)),
        targets={key: whole(f"targets.{key}", n) for key, n in typed(data, "targets", dict, {}).items()},
    )


def design_for(plan: Plan, arms: Sequence[ArmShare], strata: Sequence[str], target: int) -> Design:
    """The complete, checked design of a plan in a trial.

    `target` is the trial's own and serves the only stratum of a trial without strata. With no block
    sizes given, one, two and three times the sum of the ratio are taken: {3, 6, 9} for 1:1:1, from
    927 equally likely sequences at 36. Raises DesignFault.
    """
    if plan.method == MINIMIZATION:
        raise DesignFault(
            "method is minimization, which has to know each participant's factors and so makes "
            "no list in advance. Simulate it, or choose another method for the list."
        )
    if unknown := sorted(plan.targets.keys() - set(strata)):
        raise DesignFault(
            "targets names the stratum %(stratum)s, which the protocol does not have.", stratum=unknown[0]
        )
    design = Design(
        arms=tuple(arms),
        strata=tuple(StratumSize(key, _target(plan, key, strata, target), plan.reserve) for key in strata),
        method=plan.method,
        block_sizes=plan.block_sizes or _recommended(plan, arms),
        exact=plan.exact,
        max_range=plan.max_range,
        alpha=plan.alpha,
        beta=plan.beta,
        sets=plan.sets,
        probability=None if plan.probability is None else str(plan.probability),
    )
    check_design(design)
    return design


def minimization_for(
    plan: Plan, arms: Sequence[ArmShare], strata: Mapping[str, Sequence[str]]
) -> MinimizationDesign:
    """The checked design of a plan that minimises. `strata` are the protocol's factors with their levels,
    taken with equal weights and frequencies where the file names none. Raises DesignFault."""
    factors = plan.factors or tuple(Factor(name, tuple(levels)) for name, levels in strata.items())
    probability = USUAL_PROBABILITY if plan.probability is None else plan.probability
    design = MinimizationDesign(tuple(arms), factors, probability, plan.measure, plan.rule)
    check(design)
    return design


def _recommended(plan: Plan, arms: Sequence[ArmShare]) -> tuple[int, ...]:
    if plan.method != PERMUTED_BLOCKS:
        return ()
    return tuple(multiple * sum(arm.share for arm in arms) for multiple in RECOMMENDED_MULTIPLES)


def _minimization(data: dict[str, Any]) -> Plan:
    refuse_unknown(data, MINIMIZATION_FIELDS, Sentence("the design file of %(method)s", method=MINIMIZATION))
    factors = typed(data, "factors", dict, {})
    return Plan(
        method=MINIMIZATION,
        probability=fraction("probability", data.get("probability", USUAL_PROBABILITY)),
        measure=typed(data, "measure", str, "range"),
        rule=typed(data, "rule", str, BY_PARTS),
        factors=tuple(_factor(name, typed(factors, name, dict, {})) for name in factors),
    )


def _factor(name: str, data: dict[str, Any]) -> Factor:
    place = f"factors.{name}"
    refuse_unknown(data, FACTOR_FIELDS, place)
    levels = typed(data, "levels", list, [], place)
    if not all(isinstance(level, str) for level in levels):
        raise DesignFault("%(place)s.levels must be texts, each in quotes.", place=place)
    weight = whole(f"{place}.weight", data.get("weight", 1))
    return Factor(name, tuple(levels), weight, wholes(data, "frequencies", place))


def _target(plan: Plan, key: str, strata: Sequence[str], target: int) -> int:
    if key in plan.targets:
        return plan.targets[key]
    if len(strata) == 1:
        return target
    raise DesignFault("targets lacks the stratum %(stratum)s. Say how many envelopes it gets.", stratum=key)
