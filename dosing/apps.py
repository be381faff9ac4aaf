"""The `dosing` app."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.apps import AppConfig
from django.utils.translation import gettext_noop

from randomization.hooks import HearsOfEarlyDraw
from trial.hooks import Entry, HearsOfContact, OffersPages
from trial.permissions import Permission
from trial.screening.consent_offers import HearsOfConsent, HearsOfOddConsent, KnowsDayOne
from trial.walls.trigger_registry import OffersTriggers

if TYPE_CHECKING:
    from trial.core.consent_days import OddConsent
    from trial.models import ConsentCorrection, CurrentParticipant, Delegation, Participant
    from trial.walls.triggers import Trigger


class DosingConfig(
    AppConfig,
    OffersPages,
    OffersTriggers,
    HearsOfConsent,
    HearsOfOddConsent,
    KnowsDayOne,
    HearsOfContact,
    HearsOfEarlyDraw,
):
    """Calendar, visits, injections, reminders."""

    name = "dosing"
    label = "dosing"

    def navigation(self) -> Sequence[Entry]:
        """The day's work, and what became of the calendar."""
        return (
            Entry("clinic", 10, "today", gettext_noop("Today"), Permission.RECORD),
            Entry("clinic", 30, "progress", gettext_noop("Progress"), Permission.VIEW_AUDIT),
            Entry("clinic", 40, "deviations", gettext_noop("Deviations"), Permission.VIEW_PARTICIPANTS),
            Entry("clinic", 50, "closed_days", gettext_noop("Closed days"), Permission.CLOSE_DAYS),
            Entry("clinic", 70, "amendments", gettext_noop("Protocol versions"), Permission.AMEND),
            Entry("clinic", 80, "outbox", gettext_noop("Outbox"), Permission.VIEW_OUTBOX),
        )

    def triggers(self) -> Sequence[Trigger]:
        """The triggers of this application's tables."""
        from dosing.models.triggers import TRIGGERS

        return TRIGGERS

    def consent_corrected(
        self, row: ConsentCorrection, *, odd: Mapping[OddConsent, date], by: Delegation, at: datetime
    ) -> list[int]:
        """Draft what departs from the protocol by the corrected day. Returns the deviations' numbers."""
        from dosing.services.consent_drafts import draft_consent
        from dosing.services.drafting import numbers

        return numbers(draft_consent(row, odd, by=by, at=at))

    def odd_consent(
        self,
        participant: CurrentParticipant,
        *,
        signed_on: date,
        odd: Mapping[OddConsent, date],
        by: Delegation,
        at: datetime,
    ) -> list[int]:
        """Draft that a consent was signed on an odd day. Returns the deviations' numbers."""
        from dosing.services.consent_drafts import draft_odd_consent
        from dosing.services.drafting import numbers

        return numbers(draft_odd_consent(participant, signed_on, odd, by=by, at=at))

    def day_one(self, participant: Participant) -> date | None:
        """Day 1 as it is booked or given; the day of the draw while it is not; None before the draw."""
        from dosing.services.consent_drafts import day_one

        return day_one(participant)

    def drawn_before_consent(
        self, participant: CurrentParticipant, *, drawn_on: date, reason: str, by: Delegation, at: datetime
    ) -> list[int]:
        """Draft that an envelope was drawn, on paper, before the consent. Returns the deviations' numbers."""
        from dosing.services.consent_drafts import draft_early_draw
        from dosing.services.drafting import numbers

        return numbers(draft_early_draw(participant, drawn_on, reason, by=by, at=at))

    def contact_recorded(self, participant: CurrentParticipant, *, at: datetime) -> None:
        """Open the reminders again that a consent taken back had closed."""
        from dosing.reminders.reopening import remind_again

        remind_again(participant, at)
