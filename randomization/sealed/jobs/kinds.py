"""The kinds of long work. Each application offers its own (`OffersJobKinds`); none is named here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from randomization.sealed.jobs.hooks import OffersJobKinds
from randomization.sealed.models import Job
from trial.hooks import ask_apps

Json = dict[str, Any]
Tell = Callable[[int], None]
Clock = Callable[[], datetime]
Worker = Callable[[Job, Json, Tell, Clock], Json]
"""Does the work: the job, its question, whom to tell how many steps are done, and what tells the time.

Returns the answer.
"""


@dataclass(frozen=True)
class Kind:
    """One kind of long work.

    `template` is its part of a job's page, and gets what `context` makes of an answer. `order` gives the
    question and the number of steps of a kind that is asked for without any question of its own.
    """

    work: Worker
    template: str
    context: Callable[[Json], dict[str, Any]]
    order: Callable[[], tuple[Json, int]] = lambda: ({}, 1)


def kinds() -> Mapping[str, Kind]:
    """Every kind that an application of this process offers, by its name in a job's row."""
    return {name: kind for app in ask_apps(OffersJobKinds) for name, kind in app.job_kinds().items()}


def workers() -> Mapping[str, Worker]:
    """Who does the work of each kind."""
    return {name: kind.work for name, kind in kinds().items()}
