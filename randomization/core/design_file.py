"""The design file of a list: TOML, kept where no blinded person of the trial reads it.

    method = "permuted_blocks"
    block_sizes = [3, 6, 9]
    reserve = 0            # per stratum, beyond the target
    [targets]              # per stratum; needed where the protocol has strata
    "fr/bulbar" = 48

Arms, ratio and strata come from the protocol; the file cannot change them.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .design import PERMUTED_BLOCKS, ArmShare, Design, DesignFault, StratumSize
from .methods import check_design

FIELDS = {"method", "block_sizes", "reserve", "targets"}
RECOMMENDED_MULTIPLES = (1, 2, 3)


@dataclass(frozen=True)
class Plan:
    """What a design file says. Empty block sizes stand for the recommended ones."""

    method: str = PERMUTED_BLOCKS
    block_sizes: tuple[int, ...] = ()
    reserve: int = 0
    targets: Mapping[str, int] = field(default_factory=dict)


def read_plan(text: str) -> Plan:
    """The plan in a design file. Raises DesignFault with the field at fault."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as fault:
        raise DesignFault(f"The design file is not valid TOML: {fault}.") from fault
    if unknown := sorted(data.keys() - FIELDS):
        raise DesignFault(
            f"{unknown[0]} is no field of a design file. The fields are {', '.join(sorted(FIELDS))}."
        )
    return Plan(
        method=_typed(data, "method", str, PERMUTED_BLOCKS),
        block_sizes=tuple(_whole("block_sizes", size) for size in _typed(data, "block_sizes", list, [])),
        reserve=_whole("reserve", data.get("reserve", 0)),
        targets={key: _whole(f"targets.{key}", n) for key, n in _typed(data, "targets", dict, {}).items()},
    )


def design_for(plan: Plan, arms: Sequence[ArmShare], strata: Sequence[str], target: int) -> Design:
    """The complete, checked design of a plan in a trial.

    `target` is the trial's own and serves the only stratum of a trial without strata. With no block
    sizes given, one, two and three times the sum of the ratio are taken: {3, 6, 9} for 1:1:1, from
    927 equally likely sequences at 36. Raises DesignFault.
    """
    if unknown := sorted(plan.targets.keys() - set(strata)):
        raise DesignFault(f"targets names the stratum {unknown[0]}, which the protocol does not have.")
    unit = sum(arm.share for arm in arms)
    design = Design(
        arms=tuple(arms),
        strata=tuple(StratumSize(key, _target(plan, key, strata, target), plan.reserve) for key in strata),
        method=plan.method,
        block_sizes=plan.block_sizes or tuple(k * unit for k in RECOMMENDED_MULTIPLES),
    )
    check_design(design)
    return design


def _target(plan: Plan, key: str, strata: Sequence[str], target: int) -> int:
    if key in plan.targets:
        return plan.targets[key]
    if len(strata) == 1:
        return target
    raise DesignFault(f"targets lacks the stratum {key}. Say how many envelopes it gets.")


def _typed(data: dict[str, Any], name: str, kind: type, default: Any) -> Any:
    value = data.get(name, default)
    if not isinstance(value, kind):
        raise DesignFault(f"{name} must be a {kind.__name__}, not {value!r}.")
    return value


def _whole(name: str, value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise DesignFault(f"{name} has {value!r} where a whole number belongs.")
    return value
