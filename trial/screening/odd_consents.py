"""The day of a consent, asked about where it is odd; and what is drafted of one that is kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db.models import Min

from trial.core.consent_days import (
    ConsentLimits,
    OddConsent,
    consent_doubts,
    earliest_consent,
    odd_consent,
)
from trial.hooks import ask_apps, deviations_of_apps
from trial.models import Site, Status
from trial.queries import latest_check
from trial.refusals import refuse_unconfirmed
from trial.screening.consent_offers import HearsOfOddConsent, KnowsDayOne
from trial.wording.clock import day_at

if TYPE_CHECKING:
    from trial.models import CurrentParticipant, Delegation


@dataclass(frozen=True)
class KeptDay:
    """A day of a consent that may be written: how it is odd, and what was confirmed of it."""

    odd: Mapping[OddConsent, date]
    confirmed: Mapping[str, str]

    def facts(self) -> dict[str, object]:
        """What the audit entry says of it; nothing of a day that is not odd."""
        return {"confirmed": dict(self.confirmed)} if self.confirmed else {}


def judged_day(
    participant: CurrentParticipant,
    signed_on: date,
    confirmed: Mapping[str, object],
    *,
    field: str,
    at: datetime,
) -> KeptDay:
    """The day with its oddness. Raises NotConfirmed where it is odd and nobody has said that it is right."""
    odd = odd_consent(signed_on, _limits(participant, at))
    doubts = consent_doubts(field, signed_on, odd)
    return KeptDay(odd, refuse_unconfirmed(doubts, confirmed, fields={field}))


def drafted(
    participant: CurrentParticipant,
    signed_on: date,
    odd: Mapping[OddConsent, date],
    by: Delegation,
    at: datetime,
) -> list[int]:
    """The numbers of the deviations that other applications draft of an odd day."""
    if not odd:
        return []
    return deviations_of_apps(
        HearsOfOddConsent,
        lambda app: app.odd_consent(participant, signed_on=signed_on, odd=odd, by=by, at=at),
    )


def _limits(participant: CurrentParticipant, at: datetime) -> ConsentLimits:
    site, protocol = participant.site, participant.trial.protocol_version.protocol
    opened = Site.objects.filter(trial=participant.trial_id).aggregate(first=Min("opened_on"))["first"]
    return ConsentLimits(
        began=min(filter(None, (opened, protocol.record.started_on)), default=None),
        opened=site.opened_on,
        earliest=earliest_consent(protocol.screening, _day_1(participant, at)),
    )


def _day_1(participant: CurrentParticipant, at: datetime) -> date:
    """The day from which the screening period is counted back: day 1, or the earliest that it can be.

    For somebody whose screening ended without a draw it is the day of the check that ended it.
    """
    known = (app.day_one(participant) for app in ask_apps(KnowsDayOne))
    if day := next(filter(None, known), None):
        return day
    check = latest_check(participant) if participant.current_status == Status.SCREEN_FAILED else None
    return day_at(participant.site, check.checked_at if check else at)
