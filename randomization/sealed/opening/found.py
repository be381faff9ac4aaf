"""Whom a typed number means, shown before anything is opened: a slip must break nobody else's code."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from randomization.hooks import KnowsFirstInjection
from randomization.sealed.opening.revealing import envelope_to_open
from trial.hooks import ask_apps
from trial.models import CurrentParticipant, Delegation
from trial.queries import find_participant
from trial.wording.words import full_day


@dataclass(frozen=True)
class Found:
    """One person: both numbers, site and day 1. No arm, and nothing that follows one."""

    participant: CurrentParticipant
    number: str
    randomization_number: str
    site: str
    day_one: str

    def facts(self) -> list[tuple[str, str]]:
        """The same, as a page lists it."""
        return [
            (_("Participant number"), self.number),
            (_("Randomisation number"), self.randomization_number),
            (_("Site"), self.site),
            (_("Day 1"), self.day_one),
        ]


def find_for_opening(by: Delegation, number: str) -> Found:
    """Whoever has that number, of either kind, and an envelope. Raises NotFound or NotRandomized."""
    participant = find_participant(by, number)
    envelope = envelope_to_open(participant)
    site = participant.site
    return Found(
        participant, participant.number, envelope.number, f"{site.number} {site.city}", day_one(participant)
    )


def day_one(participant: CurrentParticipant) -> str:
    """Day 1 in words, as the calendar has it."""
    known = [day for app in ask_apps(KnowsFirstInjection) if (day := app.first_injection(participant))]
    return full_day(known[0]) if known else _("not booked yet")
