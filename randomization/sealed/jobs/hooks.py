"""What long work asks the applications of its door. How it is asked: `trial.hooks`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:
    from randomization.sealed.jobs.kinds import Kind


@runtime_checkable
class OffersJobKinds(Protocol):
    """Has long work to be done beside requests."""

    def job_kinds(self) -> Mapping[str, Kind]:
        """The kinds of work, by their name in a job's row."""
