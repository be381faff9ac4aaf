"""What the blinded half asks the other applications. How it is asked: `trial.hooks`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:
    from datetime import date, datetime

    from randomization.verification import Verifier
    from trial.models import CurrentParticipant, Delegation


@runtime_checkable
class OffersVerifiers(Protocol):
    """Has something that `manage.py verify` can check."""

    def verifiers(self) -> Sequence[Verifier]:
        """The checks, in the order in which they run."""


@runtime_checkable
class HearsOfEarlyDraw(Protocol):
    """Drafts deviations when an envelope was drawn, on paper, before the consent."""

    def drawn_before_consent(
        self, participant: CurrentParticipant, *, drawn_on: date, reason: str, by: Delegation, at: datetime
    ) -> list[int]:
        """The numbers of the deviations drafted. The caller writes the audit entry."""
