"""What the blinded half asks the other applications. How it is asked: `trial.hooks`."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:
    from datetime import date, datetime

    from randomization.verifying.reports import Clock, Verifier
    from trial.models import CurrentParticipant, Delegation, Participant, Trial


@runtime_checkable
class OffersVerifiers(Protocol):
    """Has something that `manage.py verify` can check."""

    def verifiers(self, clock: Clock) -> Sequence[Verifier]:
        """The checks, in the order in which they run; `clock` is for those that look at times."""


@runtime_checkable
class KnowsFirstInjection(Protocol):
    """Knows the calendar."""

    def first_injection(self, participant: Participant) -> date | None:
        """Day 1 as the calendar has it; None while none is booked."""


class Unlawful(StrEnum):
    """In what a draw on paper departs from the rules. It happened, so it is entered all the same."""

    BEFORE_CONSENT = "before_consent"
    BEYOND_TARGET = "beyond_target"
    SITE_SHUT = "site_shut"


@runtime_checkable
class HearsOfPaperDraw(Protocol):
    """Drafts deviations when an envelope was drawn, on paper, against the rules."""

    def drawn_unlawfully(
        self,
        participant: CurrentParticipant,
        *,
        how: Collection[Unlawful],
        drawn_on: date,
        reason: str,
        by: Delegation,
        at: datetime,
    ) -> list[int]:
        """The numbers of the deviations drafted. The caller writes the audit entry."""


@runtime_checkable
class HearsOfDataLock(Protocol):
    """Ends what would go on by itself when the data of a trial are locked."""

    def data_locked(self, trial: Trial, *, at: datetime) -> None:
        """End it, in the transaction of the lock. The caller writes the audit entry."""
