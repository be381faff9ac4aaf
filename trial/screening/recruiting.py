"""Why nobody more is recruited, and the offer by which the application that draws says so."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from trial.hooks import ask_apps
from trial.refusals import Refusal

if TYPE_CHECKING:
    from trial.models import Site


class TargetReached(Refusal):
    """As many are randomised as the protocol says, in the trial, at a site or in a stratum."""

    code = "target_reached"


class ListExhausted(Refusal):
    """Every envelope of the participant's stratum has been drawn."""

    code = "list_exhausted"


@runtime_checkable
class KnowsOfRecruitment(Protocol):
    """Knows whether somebody who is screened now could be randomised."""

    def check_can_recruit(self, site: Site) -> None:
        """Raise TargetReached or ListExhausted where nobody could be."""

    def recruitment_notes(self, sites: Sequence[Site]) -> list[str]:
        """What to know before somebody is screened at one of these sites, in the page's language."""


def check_can_recruit(site: Site) -> None:
    """Raise a refusal where nobody who is screened at this site could be randomised."""
    for app in ask_apps(KnowsOfRecruitment):
        app.check_can_recruit(site)


def recruitment_notes(sites: Sequence[Site]) -> list[str]:
    """What to know before somebody is screened at one of these sites."""
    return [note for app in ask_apps(KnowsOfRecruitment) for note in app.recruitment_notes(sites)]
