"""The `dosing` app."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.apps import AppConfig
from django.utils.translation import gettext_noop

from randomization.hooks import HearsOfDataLock, HearsOfPaperDraw, KnowsFirstInjection, Unlawful
from trial.hooks import (
    Entry,
    HearsOfContact,
    HearsOfErasure,
    KeepsAddresses,
    KnowsNextDays,
    OffersPages,
    OffersSignedRecords,
)
from trial.permissions import Permission
from trial.screening.consent_offers import HearsOfConsent, HearsOfOddConsent, KnowsDayOne
from trial.walls.trigger_registry import OffersTriggers

if TYPE_CHECKING:
    from uuid import UUID

    from trial.core.consent_days import OddConsent
    from trial.models import ConsentCorrection, CurrentParticipant, Delegation, Participant, Trial, User
    from trial.walls.triggers import Trigger


class DosingConfig(
    AppConfig,
    OffersPages,
    OffersTriggers,
    HearsOfConsent,
    HearsOfOddConsent,
    KnowsDayOne,
    KnowsFirstInjection,
    HearsOfContact,
    HearsOfPaperDraw,
    HearsOfDataLock,
    KeepsAddresses,
    KnowsNextDays,
    OffersSignedRecords,
    HearsOfErasure,
):
    """Calendar, visits, injections, reminders."""

    name = "dosing"
    label = "dosing"

    def navigation(self) -> Sequence[Entry]:
        """The day's work, and what became of the calendar."""
        return (
            Entry("clinic", 10, "today", gettext_noop("Today"), Permission.VIEW_TODAY),
            Entry("clinic", 30, "progress", gettext_noop("Progress"), Permission.VIEW_AUDIT),
            Entry("clinic", 40, "deviations", gettext_noop("Deviations"), Permission.VIEW_PARTICIPANTS),
            Entry("clinic", 50, "closed_days", gettext_noop("Closed days"), Permission.CLOSE_DAYS),
            Entry("clinic", 70, "amendments", gettext_noop("Protocol versions"), Permission.AMEND),
            Entry("clinic", 80, "outbox", gettext_noop("Outbox"), Permission.VIEW_OUTBOX),
        )

    def next_days(self, people: Sequence[CurrentParticipant], *, at: datetime) -> Mapping[UUID, str]:
        """The next injection or visit of each of them, and its day."""
        from dosing.services.next_days import next_days

        return next_days(people, at=at)

    def triggers(self) -> Sequence[Trigger]:
        """The triggers of this application's tables."""
        from dosing.models.triggers import TRIGGERS

        return TRIGGERS

    def signed_contents(
        self, act: str, records: Sequence[str], trial: Trial
    ) -> Mapping[str, Mapping[str, object]] | None:
        """Ends of treatment or trial, and deviations that were closed."""
        from dosing.services.signed_ends import signed_contents

        return signed_contents(act, records, trial)

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

    def first_injection(self, participant: Participant) -> date | None:
        """Day 1 as the calendar has it; None while none is booked."""
        from dosing.services.plans import first_injection

        return first_injection(participant)

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
        """Draft in what a draw on paper departed from the rules. Returns the deviations' numbers."""
        from dosing.services.drafting import numbers
        from dosing.services.draw_drafts import draft_paper_draw

        return numbers(draft_paper_draw(participant, how, drawn_on, reason, by=by, at=at))

    def data_locked(self, trial: Trial, *, at: datetime) -> None:
        """Nobody is reminded of anything any more."""
        from dosing.reminders.planning import cancel_reminders_of

        cancel_reminders_of(trial)

    def contact_erased(self, participant: CurrentParticipant, *, at: datetime) -> dict[str, int]:
        """End the addresses of calendars, and what would still be sent to the participant."""
        from dosing.reminders.planning import cancel_reminders
        from dosing.services.feeding import revoke_feeds_of
        from trial.core.protocol import ReminderFor

        cancel_reminders(participant=participant, recipient=ReminderFor.PARTICIPANT)
        return {"feeds": revoke_feeds_of(participant, at)}

    def contact_recorded(self, participant: CurrentParticipant, *, at: datetime) -> None:
        """Open the reminders again that a consent taken back had closed."""
        from dosing.reminders.reopening import remind_again

        remind_again(participant, at)

    def addresses_of(self, user: User) -> int:
        """How many calendar addresses that this person made still work."""
        from dosing.services.feeding import feeds_made_by

        return feeds_made_by(user)

    def revoke_addresses(self, *, user: User, by: Delegation, at: datetime) -> int:
        """End every calendar address that this person made, with its entries. Returns how many."""
        from dosing.services.feeding import revoke_feeds_made_by

        return revoke_feeds_made_by(user, by=by, at=at)
