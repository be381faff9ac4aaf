"""All figures of the progress pages, in the order of the page."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from dosing.progress.counting import deviations, doses, reminders, visit_windows
from dosing.progress.facts import Facts, read_facts
from dosing.progress.figure import Figure
from dosing.progress.flowing import participant_flow
from dosing.progress.missing import missing, missing_list
from dosing.progress.recruiting import recruitment
from trial.models import Delegation
from trial.permissions import Permission
from trial.policies import require

FIGURES: dict[str, Callable[[Facts], Figure]] = {
    "recruitment": recruitment,
    "flow": participant_flow,
    "doses": doses,
    "visits": visit_windows,
    "deviations": deviations,
    "reminders": reminders,
    "missing": missing,
    "missing-list": missing_list,
}
"""Name in addresses -> what makes the figure."""


def figures(*, by: Delegation, at: datetime) -> list[Figure]:
    """Trial progress, within reach of that delegation. Raises NotPermitted."""
    facts = _facts(by, at)
    return [make(facts) for make in FIGURES.values()]


def figure(key: str, *, by: Delegation, at: datetime) -> Figure:
    """One of them; `key` is one of FIGURES. Raises NotPermitted."""
    return FIGURES[key](_facts(by, at))


def _facts(by: Delegation, at: datetime) -> Facts:
    require(by, Permission.VIEW_PARTICIPANTS, trial=by.trial_id)
    return read_facts(by, at=at)
