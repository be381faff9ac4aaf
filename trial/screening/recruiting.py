"""Why nobody more is recruited, and the offer by which the application that draws says so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from trial.hooks import ask_apps
from trial.refusals import Refusal

if TYPE_CHECKING:
    from datetime import datetime

    from trial.models import CurrentParticipant, Site


class TargetReached(Refusal):
    """As many are randomised as the protocol says, in the trial, at a site or in a stratum."""

    code = "target_reached"


class ListExhausted(Refusal):
    """Every envelope of the participant's stratum has been drawn."""

    code = "list_exhausted"


@dataclass(frozen=True)
class Recruitment:
    """Whether somebody who is screened at a site now could be randomised: what keeps everybody, what some."""

    refused: Refusal | None = None
    notes: tuple[str, ...] = ()


@runtime_checkable
class KnowsOfRecruitment(Protocol):
    """Knows whether somebody who is screened now could be randomised."""

    def check_can_recruit(self, site: Site) -> None:
        """Raise TargetReached or ListExhausted where nobody could be."""

    def recruitment_notes(self, sites: Sequence[Site]) -> list[str]:
        """What to know before somebody is screened at one of these sites, in the page's language."""

    def recruitment_at(self, sites: Sequence[Site]) -> Mapping[str, Recruitment]:
        """For each of these sites of one trial, by its number: why nobody could be, and what to know."""

    def notes_before_draw(self, participant: CurrentParticipant, *, at: datetime) -> list[str]:
        """What a draw for this participant would lead into now, in the page's language."""

    def check_can_randomize(self, participant: CurrentParticipant, *, at: datetime) -> None:
        """Raise what a draw for this participant would be refused with now. Locks nothing."""


def recruitment_at(sites: Sequence[Site]) -> dict[str, list[Recruitment]]:
    """What each application says of each of these sites, by its number."""
    found: dict[str, list[Recruitment]] = {}
    for app in ask_apps(KnowsOfRecruitment):
        for number, said in app.recruitment_at(sites).items():
            found.setdefault(number, []).append(said)
    return found


def check_can_recruit(site: Site) -> None:
    """Raise a refusal where nobody who is screened at this site could be randomised."""
    for app in ask_apps(KnowsOfRecruitment):
        app.check_can_recruit(site)


def check_can_randomize(participant: CurrentParticipant, *, at: datetime) -> None:
    """Raise what a draw for this participant would be refused with now."""
    for app in ask_apps(KnowsOfRecruitment):
        app.check_can_randomize(participant, at=at)


def notes_before_draw(participant: CurrentParticipant, *, at: datetime) -> list[str]:
    """What a draw for this participant would lead into now: a day 1 that cannot be booked, say."""
    return [
        note for app in ask_apps(KnowsOfRecruitment) for note in app.notes_before_draw(participant, at=at)
    ]


def recruitment_notes(sites: Sequence[Site]) -> list[str]:
    """What to know before somebody is screened at one of these sites."""
    return [note for app in ask_apps(KnowsOfRecruitment) for note in app.recruitment_notes(sites)]
