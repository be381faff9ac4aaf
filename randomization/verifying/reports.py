"""What a check of `manage.py verify` reports."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from trial.core.sentences import Sentence, Words


@dataclass(frozen=True)
class Report:
    """What was checked, how many rows it has, and the first fault found (empty when there is none).

    `unchecked` says why something could not be checked here: nothing is known to be wrong, nothing to hold.
    `to_amend` says what holds and would not be taken today: work for an amendment.
    """

    what: Sentence
    rows: int
    fault: Words = ""
    unchecked: Words = ""
    to_amend: Words = ""


Verifier = Callable[[], Iterable[Report]]
Clock = Callable[[], datetime]
"""Tells what time it is. It comes from the edge: a command, or a job."""
