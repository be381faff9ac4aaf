"""The what-if page: candidate designs side by side, as a table and as bars."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.generic import FormView

from randomization.core.design import (
    BIG_STICK,
    BLOCK_URN,
    COMPLETE,
    EFRON,
    MAXIMAL,
    ONE_BLOCK,
    URN,
    DesignFault,
)
from randomization.core.design_file import MINIMIZATION, Plan
from randomization.core.simulation import Simulation
from randomization.core.tally import Estimate, Figures
from randomization.sealed.comparing.form import WhatIfForm
from randomization.sealed.comparing.what_if import what_if
from randomization.sealed.comparing.work import plan_from_json, simulation_from_json, simulation_question
from randomization.sealed.models import Job, JobKind
from trial.core.sentences import from_json
from trial.pages.frame import Page
from trial.permissions import Permission
from trial.refusals import in_page_language


@dataclass(frozen=True)
class Bar:
    """One bar of a chart: its name, its figure, and its length in per cent of the longest possible."""

    name: str
    value: float
    length: str


@dataclass(frozen=True)
class Shown:
    """One design on the page. `figures` are those of the whole trial; shares are in per cent.

    `knowing` and `greatest` are None in an answer that was kept from before they were counted.
    """

    name: str
    simulation: Simulation
    guessed: float | None
    knowing: float | None
    greatest: float | None
    certain: float | None
    balanced: float | None

    @classmethod
    def of(cls, plan: Plan, simulation: Simulation) -> Shown:
        """A plan with what its simulation showed."""
        whole = simulation.overall
        shares = (whole.guessed, whole.knowing, whole.greatest, whole.certain, whole.balanced)
        return cls(name_of(plan), simulation, *map(_per_cent, shares))

    @property
    def figures(self) -> Figures:
        """The figures of the whole trial."""
        return self.simulation.overall


def _per_cent(estimate: Estimate | None) -> float | None:
    return None if estimate is None else 100 * estimate.mean


class CompareDesigns(Page, FormView):
    """Compare list designs before one is chosen. For the unblinded statistician alone: it shows block sizes.

    The question comes by POST, so that no design stands in an address, a log or a browser's history.
    """

    permission = Permission.MANAGE_LISTS
    form_class = WhatIfForm
    template_name = "sealed/what_if.html"

    @staticmethod
    def ask_job(**order: Any) -> Job:
        """Asks for long work. The address brings it: this room knows designs, and not who works on them."""
        raise NotImplementedError

    def get_initial(self) -> dict[str, Any]:
        """The recommended design, its like with fixed sizes, and two that are simpler."""
        unit = sum(arm.ratio for arm in self.protocol.arms)
        lines = f"{unit}, {2 * unit}, {3 * unit}\n{2 * unit}\n{4 * unit}"
        return {"blocks": lines, "others": [COMPLETE, BIG_STICK]}

    def get_form_kwargs(self) -> dict[str, Any]:
        """The form has to know how long one trial is."""
        return super().get_form_kwargs() | {
            "people": self.protocol.target,
            "unit": sum(arm.ratio for arm in self.protocol.arms),
        }

    def form_valid(self, form: Form) -> HttpResponse:
        """Simulate, or say which design cannot be and why. Much work becomes a job with its own page."""
        if form.is_long:  # type: ignore[attr-defined]
            return self._later(form.cleaned_data)
        runs, seed, shown = form.cleaned_data["runs"], form.cleaned_data["seed"], []
        for plan in form.cleaned_data["plans"]:
            try:
                shown.append(Shown.of(plan, what_if(self.protocol, plan, runs=runs, seed=seed)))
            except DesignFault as fault:
                form.add_error(None, f"{name_of(plan)}: {in_page_language(fault.sentence)}")
        context = self.get_context_data(form=form, shown=shown, charts=charts(shown))
        return self.render_to_response(context, status=200 if shown else 422)

    def _later(self, asked_for: dict[str, Any]) -> HttpResponse:
        plans, runs = asked_for["plans"], asked_for["runs"]
        job = self.ask_job(
            kind=JobKind.SIMULATION,
            question=simulation_question(plans, runs=runs, seed=asked_for["seed"]),
            total=runs * len(plans),
            by=self.by,
            at=self.at,
        )
        return redirect("job", job.pk)

    def form_invalid(self, form: Form) -> HttpResponse:
        """Show the questions again, with what is wrong."""
        return self.render_to_response(self.get_context_data(form=form), status=422)

    @property
    def protocol(self) -> Any:
        """The protocol of the trial in which the person acts."""
        return self.by.trial.protocol_version.protocol


def name_of(plan: Plan) -> str:
    """What the page calls a design."""
    if plan.block_sizes:
        sizes = ", ".join(map(str, plan.block_sizes))
        return (_("Blocks of %(sizes)s") if plan.exact else _("Blocks of %(sizes)s, cut")) % {"sizes": sizes}
    names = {
        COMPLETE: _("Complete"),
        URN: _("Urn (1, 1)"),
        EFRON: _("Efron's coin, %(chance)s") % {"chance": plan.probability},
        BIG_STICK: _("Big stick, range up to %(limit)s") % {"limit": plan.max_range},
        BLOCK_URN: _("Block urn of %(sets)s times the ratio") % {"sets": plan.sets},
        MAXIMAL: _("Maximal procedure, range up to %(limit)s") % {"limit": plan.max_range},
        ONE_BLOCK: _("One block"),
        MINIMIZATION: _("Minimisation"),
    }
    return names[plan.method]


def charts(shown: list[Shown]) -> dict[str, Any]:
    """The two charts of the page: how much can be guessed, and how uneven the arms become."""
    if not shown:
        return {}
    longest = max(one.figures.peak_range.mean for one in shown) or 1
    return {
        "chance": f"{100 * shown[0].simulation.chance:.2f}",
        "error": 200 * max(one.figures.guessed.error for one in shown),
        "chance_shown": 100 * shown[0].simulation.chance,
        "guessed": [_guessed_bar(one) for one in shown],
        "peak": [
            Bar(one.name, one.figures.peak_range.mean, f"{100 * one.figures.peak_range.mean / longest:.2f}")
            for one in shown
        ],
    }


def _guessed_bar(one: Shown) -> Bar:
    """The bar of what anybody could guess, or of what was counted before that was."""
    share = 100 * (one.figures.greatest or one.figures.guessed).mean
    return Bar(one.name, share, f"{share:.2f}")


def answer_context(answer: dict[str, Any]) -> dict[str, Any]:
    """The answer of a comparison that was long work, as its part of a job's page wants it."""
    found = [(plan_from_json(row["plan"]), row) for row in answer["found"]]
    faults = [
        f"{name_of(plan)}: {in_page_language(from_json(row['fault']))}"
        for plan, row in found
        if "fault" in row
    ]
    shown = [
        Shown.of(plan, simulation_from_json(row["simulation"])) for plan, row in found if "simulation" in row
    ]
    return {"shown": shown, "charts": charts(shown), "faults": faults}
