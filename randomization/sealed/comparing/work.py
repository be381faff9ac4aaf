"""Comparing designs as long work: the question, the work, and the answer, as values that JSON can hold."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from fractions import Fraction
from typing import Any

from randomization.core.design import DesignFault
from randomization.core.design_file import Plan
from randomization.core.simulation import Simulation
from randomization.core.tally import Estimate, Figures
from randomization.sealed.comparing.what_if import what_if
from randomization.sealed.models import Job
from trial.core.sentences import as_json

Json = dict[str, Any]

PLAIN = ("method", "block_sizes", "exact", "max_range", "alpha", "beta", "sets")
"""The fields of a plan that the page asks for."""


def simulation_question(plans: list[Plan], *, runs: int, seed: int) -> Json:
    """The question of a comparison."""
    return {"plans": [plan_as_json(plan) for plan in plans], "runs": runs, "seed": seed}


def compare(job: Job, question: Json, tell: Callable[[int], None], clock: Callable[[], datetime]) -> Json:
    """Simulate each plan in turn. A design that cannot be is named with its fault; the others go on."""
    protocol, runs, seed = job.trial.protocol_version.protocol, question["runs"], question["seed"]
    found: list[Json] = []
    for place, plan in enumerate(question["plans"]):
        before = place * runs
        try:
            simulation = what_if(
                protocol,
                plan_from_json(plan),
                runs=runs,
                seed=seed,
                progress=lambda done, before=before: tell(before + done),  # type: ignore[misc]
            )
        except DesignFault as fault:
            found.append({"plan": plan, "fault": as_json(fault.sentence)})
        else:
            found.append({"plan": plan, "simulation": simulation_as_json(simulation)})
    return {"found": found}


def plan_as_json(plan: Plan) -> Json:
    """A plan of the page, for a box."""
    chance = None if plan.probability is None else str(plan.probability)
    return {name: getattr(plan, name) for name in PLAIN} | {"probability": chance}


def plan_from_json(data: Json) -> Plan:
    """The plan that was asked for."""
    chance = data.get("probability")
    read = {"block_sizes": tuple(data["block_sizes"]), "probability": chance and Fraction(chance)}
    return Plan(**data | read)


def simulation_as_json(simulation: Simulation) -> Json:
    """Every figure of a simulation."""
    return asdict(simulation)


def simulation_from_json(data: Json) -> Simulation:
    """The simulation that `simulation_as_json` was given."""
    strata = tuple((name, _figures(figures)) for name, figures in data["strata"])
    return Simulation(**data | {"overall": _figures(data["overall"]), "strata": strata})


def _figures(data: dict[str, Any]) -> Figures:
    read: dict[str, Any] = {
        name: Estimate(**value) if isinstance(value, dict) else value for name, value in data.items()
    }
    return Figures(**read)
