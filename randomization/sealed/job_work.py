"""What the jobs do: compare designs, verify trails and lists. Values in, values that JSON can hold out."""

from __future__ import annotations

import re
from dataclasses import asdict
from typing import Any

from randomization.core.design import DesignFault
from randomization.core.design_file import Plan
from randomization.core.simulation import Simulation
from randomization.core.tally import Estimate, Figures
from randomization.models import RandomizationList
from randomization.sealed.jobs import Json, Tell, Worker
from randomization.sealed.models import Job, JobKind, SealedAuditChain
from randomization.sealed.what_if import what_if
from randomization.verification import verify
from trial.models import AuditChain, Trial

PLAIN = ("method", "block_sizes", "exact", "max_range", "alpha", "beta")
"""The fields of a plan that the page asks for."""


def simulation_question(plans: list[Plan], *, runs: int, seed: int) -> Json:
    """The question of a comparison."""
    return {"plans": [plan_as_json(plan) for plan in plans], "runs": runs, "seed": seed}


def compare(job: Job, question: Json, tell: Tell) -> Json:
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
            found.append({"plan": plan, "fault": str(fault)})
        else:
            found.append({"plan": plan, "simulation": simulation_as_json(simulation)})
    return {"found": found}


def steps_of_verification() -> int:
    """How many reports a verification gives, as far as can be told beforehand."""
    lists, trials = RandomizationList.objects.count(), Trial.objects.count()
    return AuditChain.objects.count() + SealedAuditChain.objects.count() + 2 * lists + 3 * trials


def check_everything(job: Job, question: Json, tell: Tell) -> Json:
    """All that `manage.py verify` checks; of other trials in this installation only that it was checked."""
    own = re.compile(rf"\b{re.escape(job.trial_id)}\b")
    reports: list[Json] = []
    others = 0
    for count, report in enumerate(verify(), 1):
        tell(count)
        if own.search(report.what):
            reports.append(asdict(report))
        else:
            others += 1
    return {"reports": reports, "others": others}


WORKERS: dict[str, Worker] = {JobKind.SIMULATION: compare, JobKind.VERIFICATION: check_everything}


def plan_as_json(plan: Plan) -> Json:
    """A plan of the page, for a box."""
    return {name: getattr(plan, name) for name in PLAIN}


def plan_from_json(data: Json) -> Plan:
    """The plan that was asked for."""
    return Plan(**data | {"block_sizes": tuple(data["block_sizes"])})


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
