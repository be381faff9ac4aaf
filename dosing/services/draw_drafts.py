"""Deviations of a draw that was made on paper against the rules. The caller writes the audit entry."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import assert_never

from dosing.core.deviations import Departure
from dosing.core.events import DeviationEvent
from dosing.models import Deviation
from dosing.reading.versions import version_of
from dosing.services.consent_drafts import draft_early_draw
from dosing.services.drafting import draft
from randomization.hooks import Unlawful
from trial.models import CurrentParticipant, Delegation


def draft_paper_draw(
    participant: CurrentParticipant,
    how: Collection[Unlawful],
    drawn_on: date,
    reason: str,
    *,
    by: Delegation,
    at: datetime,
) -> list[Deviation]:
    """A draft for each way in which a draw on paper, entered now, departed from the rules."""
    found: list[Deviation] = []
    for one in how:
        match one:
            case Unlawful.BEFORE_CONSENT:  # about the consent, which came too late
                found += draft_early_draw(participant, drawn_on, reason, by=by, at=at)
            case Unlawful.BEYOND_TARGET:
                found.append(_draft(participant, Departure.DRAWN_BEYOND_TARGET, drawn_on, reason, by, at))
            case Unlawful.SITE_SHUT:
                found.append(_draft(participant, Departure.DRAWN_SITE_SHUT, drawn_on, reason, by, at))
            case _:
                assert_never(one)
    return found


def _draft(
    participant: CurrentParticipant,
    departure: Departure,
    drawn_on: date,
    reason: str,
    by: Delegation,
    at: datetime,
) -> Deviation:
    """A draft about the draw itself, of which there is one in all."""
    version, event = version_of(participant), DeviationEvent.DRAW.named()
    return draft(participant, departure, event, 1, version, by, at, happened_on=drawn_on, reason=reason)
