"""What applications above offer when a consent is recorded or corrected (`trial.hooks`)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:
    from datetime import date, datetime

    from trial.core.consent_days import OddConsent
    from trial.models import ConsentCorrection, CurrentParticipant, Delegation, Participant


@runtime_checkable
class HearsOfConsent(Protocol):
    """Drafts deviations when the day of a consent was corrected."""

    def consent_corrected(
        self, row: ConsentCorrection, *, odd: Mapping[OddConsent, date], by: Delegation, at: datetime
    ) -> list[int]:
        """The numbers of the deviations drafted. The caller writes the audit entry.

        `odd` says in which way the day is odd in itself, with the first day that would not be.
        """


@runtime_checkable
class HearsOfOddConsent(Protocol):
    """Drafts deviations when a consent of an odd day is recorded."""

    def odd_consent(
        self,
        participant: CurrentParticipant,
        *,
        signed_on: date,
        odd: Mapping[OddConsent, date],
        by: Delegation,
        at: datetime,
    ) -> list[int]:
        """The numbers of the deviations drafted. The caller writes the audit entry."""


@runtime_checkable
class KnowsDayOne(Protocol):
    """Knows on which day treatment begins."""

    def day_one(self, participant: Participant) -> date | None:
        """Day 1 as it is booked or given, or the earliest that it can be after the draw; None before it."""
