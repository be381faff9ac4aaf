"""The lists of a trial as their page shows them. Only the blinded half is read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC

from django.db.models import Count, Q
from django.utils.translation import gettext_lazy

from randomization.models import RandomizationList, Step
from trial.models import Trial
from trial.wording import medium_day

STATES = {
    Step.DRAFT: "planned",
    Step.CHECKED: "planned",
    Step.SEALED: "due",
    Step.ACTIVATED: "done",
    Step.EXHAUSTED: "hold",
    Step.CLOSED: "withdrawn",
}
NEXT = {
    Step.DRAFT: gettext_lazy("Accept"),
    Step.CHECKED: gettext_lazy("Seal"),
    Step.SEALED: gettext_lazy("Activate"),
    Step.ACTIVATED: "",
    Step.EXHAUSTED: "",
    Step.CLOSED: "",
}
"""What may be done next on the list's page."""


@dataclass(frozen=True)
class ListShown:
    """One list: its public half, its steps with who and when, how many envelopes there are and are drawn."""

    list: RandomizationList
    step: str
    state: str
    steps: tuple[dict[str, str], ...]
    drawn: int
    next: str


def lists_shown(trial: Trial) -> list[ListShown]:
    """Every list of the trial, the newest first."""
    rows = RandomizationList.objects.filter(trial=trial).order_by("-sequence")
    drawn = Count("strata__envelopes", filter=Q(strata__envelopes__participant__isnull=False))
    rows = rows.annotate(drawn=drawn).select_related("made_by__user").prefetch_related("steps__by__user")
    return [_shown(row) for row in rows]


def _shown(row: RandomizationList) -> ListShown:
    steps = sorted(row.steps.all(), key=lambda step: step.sequence, reverse=True)
    told = tuple(
        {
            "what": str(step.get_step_display()),
            "when": f"{medium_day(step.at.astimezone(UTC).date())}, {step.at.astimezone(UTC):%H:%M} UTC",
            "who": str(step.by),
        }
        for step in steps
    )
    latest = Step(steps[0].step)
    drawn: int = row.drawn  # type: ignore[attr-defined]
    return ListShown(row, str(latest.label), STATES[latest], told, drawn, str(NEXT[latest]))
