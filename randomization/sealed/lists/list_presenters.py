"""Rows for the lists page. Only the blinded half is read, and why a draft was set aside."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC

from django.db.models import Count, Prefetch, Q
from django.utils.translation import gettext as _

from randomization.models import ListStep, RandomizationList, Step
from randomization.sealed.lists.next_acts import NextAct, next_act
from randomization.sealed.lists.setting_aside import BEFORE_SEALING
from randomization.sealed.models import SetAside
from trial.models import Delegation, Trial
from trial.wording.words import medium_day

STATES = {
    Step.DRAFT: "planned",
    Step.CHECKED: "planned",
    Step.SEALED: "due",
    Step.ACTIVATED: "done",
    Step.EXHAUSTED: "hold",
    Step.CLOSED: "withdrawn",
}


@dataclass(frozen=True)
class ListShown:
    """One list: its public half, its steps with who and when, how many envelopes there are and are drawn."""

    list: RandomizationList
    step: str
    state: str
    steps: tuple[dict[str, str], ...]
    drawn: int
    next: NextAct | None
    reason: str
    may_set_aside: bool


def lists_shown(trial: Trial, by: Delegation) -> list[ListShown]:
    """Every list of the trial, the newest first, with what this person may do next."""
    rows = RandomizationList.objects.filter(trial=trial).order_by("-sequence")
    drawn = Count("strata__envelopes", filter=Q(strata__envelopes__participant__isnull=False))
    taken = ListStep.objects.select_related("by__user").order_by("sequence")
    rows = rows.annotate(drawn=drawn).select_related("made_by__user", "reserve_of")
    reasons = dict(SetAside.objects.filter(list__trial=trial).values_list("list", "reason"))
    shown = rows.prefetch_related(Prefetch("steps", taken))
    return [_shown(row, trial, by, reasons.get(row.pk, "")) for row in shown]


def _shown(row: RandomizationList, trial: Trial, by: Delegation, reason: str) -> ListShown:
    taken = list(row.steps.all())
    latest = Step(taken[-1].step)
    drawn: int = row.drawn  # type: ignore[attr-defined]
    following = next_act(row, trial, by=by, taken=taken)
    state = state_of(taken, reason)
    unsealed = latest in BEFORE_SEALING
    return ListShown(
        row, state, STATES[latest], steps_told(taken, reason), drawn, following, reason, unsealed
    )


def state_of(taken: Sequence[ListStep], reason: str) -> str:
    """Where a list stands, in a word; `reason` is why it was set aside, if it was."""
    return str(_("set aside") if reason else Step(taken[-1].step).label)


def steps_told(taken: Sequence[ListStep], reason: str) -> tuple[dict[str, str], ...]:
    """What happened to a list, the latest first, each step with when and who."""
    return tuple(
        {
            "what": state_of(taken, reason) if step is taken[-1] else str(step.get_step_display()),
            "when": f"{medium_day(step.at.astimezone(UTC).date())}, {step.at.astimezone(UTC):%H:%M} UTC",
            "who": str(step.by),
        }
        for step in reversed(taken)
    )


def why_aside(list_: RandomizationList) -> str:
    """Why a list was set aside; empty where it was not."""
    return SetAside.objects.filter(list=list_).values_list("reason", flat=True).first() or ""
