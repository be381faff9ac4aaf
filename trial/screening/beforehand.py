"""What is said before somebody is examined: a closed site, a target reached, a list used up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from trial.models import CurrentParticipant, Site, Status
from trial.refusals import Refusal, why_not
from trial.screening.recruiting import (
    Recruitment,
    check_can_recruit,
    notes_before_draw,
    recruitment_at,
    recruitment_notes,
)
from trial.screening.services import check_site_open, check_site_takes


def said_beforehand(sites: Sequence[Site], *, at: datetime) -> list[str]:
    """What to know before anybody is examined at one of these sites; first which of them are not open."""
    not_open = {site.pk: why_not(check_site_takes, site, at=at) for site in sites}
    rest = [site for site in sites if not not_open[site.pk]]
    return [*filter(None, not_open.values()), *recruitment_notes(rest)]


@dataclass(frozen=True)
class SiteNow:
    """A site as a client has to know it before the first screening."""

    site: Site
    refused: Mapping[str, str] | None
    notes: tuple[str, ...]


def sites_now(sites: Sequence[Site], *, at: datetime) -> list[SiteNow]:
    """Each of these sites, with what a new number there would be refused with now, and what to know."""
    said = recruitment_at(sites)
    return [_site_now(site, said.get(site.number, []), at) for site in sites]


def _site_now(site: Site, said: Sequence[Recruitment], at: datetime) -> SiteNow:
    try:
        check_site_takes(site, at=at)
    except Refusal as reason:
        return SiteNow(site, _told(reason), (str(reason),))
    reasons = [_told(one.refused) for one in said if one.refused]
    return SiteNow(site, next(iter(reasons), None), tuple(note for one in said for note in one.notes))


def _told(reason: Refusal) -> dict[str, str]:
    return {"code": reason.code, "detail": str(reason)}


def notes_for(participant: CurrentParticipant, *, at: datetime) -> list[str]:
    """What to know before this participant is examined; nothing once screening is over."""
    ahead = participant.current_status in {Status.SCREENING, Status.ELIGIBLE, Status.SCREEN_FAILED}
    if not ahead:
        return []
    return [*said_beforehand([participant.site], at=at), *notes_before_draw(participant, at=at)]


def nobody_because(site: Site, *, at: datetime) -> str:
    """Why nobody who is examined there now could be randomised; empty where somebody could be."""
    return why_not(check_site_open, site, at) or why_not(check_can_recruit, site)
