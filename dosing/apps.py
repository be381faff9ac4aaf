"""The `dosing` app."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from django.apps import AppConfig

if TYPE_CHECKING:
    from trial.models import ConsentCorrection, Delegation, Participant


class DosingConfig(AppConfig):
    """Calendar, visits, injections, reminders."""

    name = "dosing"
    label = "dosing"

    def consent_corrected(self, row: ConsentCorrection, *, by: Delegation, at: datetime) -> list[int]:
        """Draft what departs from the protocol by the corrected day. Returns the deviations' numbers."""
        from dosing.consent_drafts import draft_consent
        from dosing.drafting import numbers

        return numbers(draft_consent(row, by=by, at=at))

    def drawn_before_consent(
        self, participant: Participant, *, drawn_on: date, reason: str, by: Delegation, at: datetime
    ) -> list[int]:
        """Draft that an envelope was drawn, on paper, before the consent. Returns the deviations' numbers."""
        from dosing.consent_drafts import draft_early_draw
        from dosing.drafting import numbers

        return numbers(draft_early_draw(participant, drawn_on, reason, by=by, at=at))

    def contact_recorded(self, participant: Participant, *, at: datetime) -> None:
        """Open the reminders again that a consent taken back had closed."""
        from dosing.reminding_again import remind_again

        remind_again(participant, at)
