"""The act that comes next in the life of a list: one table for the service, the lists' page and its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from randomization.models import ListStep, RandomizationList, Step
from randomization.sealed.lists.acceptance import check_list
from randomization.sealed.lists.steps import activate_list, check_can_take_step, seal_list
from trial.models import Delegation, Trial
from trial.refusals import why_not


@dataclass(frozen=True)
class ListAct:
    """Accept, seal or activate: its words, what it does, and whether every envelope is opened for it."""

    step: Step
    take: Callable[..., ListStep]
    label: Any
    title: Any
    lead: Any
    opens_envelopes: bool = True


ACTS: dict[Step, ListAct | None] = {
    Step.DRAFT: ListAct(
        Step.CHECKED,
        check_list,
        _("Accept"),
        _("Accept this list"),
        _("You sign that you read its acceptance report and accept the list. It may then be sealed."),
    ),
    Step.CHECKED: ListAct(
        Step.SEALED,
        seal_list,
        _("Seal"),
        _("Seal this list"),
        _("Every envelope is opened in memory once more and compared. Nothing in the list changes any more."),
    ),
    Step.SEALED: ListAct(
        Step.ACTIVATED,
        activate_list,
        _("Activate"),
        _("Activate this list"),
        _(
            "The trial draws from it from now on; a reserve stands by. Only somebody who took none of its "
            "earlier steps can activate it."
        ),
        opens_envelopes=False,
    ),
    Step.ACTIVATED: None,
    Step.EXHAUSTED: None,
    Step.CLOSED: None,
}
"""By the step at which a list stands; None where nothing more is to be done by a person here."""


@dataclass(frozen=True)
class NextAct:
    """What comes next, and in `why_not` the sentence with which the service would refuse it now."""

    act: ListAct
    why_not: str


def next_act(
    list_: RandomizationList, trial: Trial, *, by: Delegation, taken: Sequence[ListStep]
) -> NextAct | None:
    """What this person may do next with a list of which these steps were taken, or why not yet."""
    act = ACTS[Step(taken[-1].step)]
    if act is None:
        return None
    return NextAct(act, why_not(check_can_take_step, act.step, list_, trial, by=by, taken=taken))
