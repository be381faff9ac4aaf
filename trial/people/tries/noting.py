"""Who came to the door and who tried to: each door enters it in its own trail, in chains apart."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest
from django.utils.module_loading import import_string

from trial.audit import Actor
from trial.models import NO_DUTY, ChainKind, Delegation, Site, Trial, User
from trial.people.tries.addresses import address_of
from trial.permissions import DOORS

Place = tuple[Trial, Site | None]
"""A trial and a site: where an entry belongs."""


@transaction.atomic
def enter(
    action: str,
    *,
    subject: str,
    places: Iterable[Place],
    kind: ChainKind,
    by: Delegation | None,
    at: datetime,
    body: Mapping[str, Any],
) -> None:
    """One entry in the chain of that kind of each place, in the order in which all lock them."""
    record = import_string(settings.VELUM_DOOR_TRAIL)
    for trial, site in sorted(set(places), key=_order):
        record(action=action, subject=subject, by=by, at=at, trial=trial, site=site, body=body, kind=kind)


@transaction.atomic
def note_event(
    action: str,
    *,
    user: User,
    request: HttpRequest,
    by: Delegation | None = None,
    subject: str = "",
    body: Mapping[str, Any] | None = None,
) -> None:
    """Enter what a person did at this door, beside acts: a log-in, a new password, a file taken, a refusal.

    `by` is the duty in which they did it; without one it is entered wherever they have a duty at this door,
    and of somebody whose duties have all ended where they had one, in no role.
    """
    record = import_string(settings.VELUM_DOOR_TRAIL)
    duties = [by] if by else _one_for_each_place(duties_of(user))
    said = {"address": address_of(request), **(body or {})}
    at: datetime = request.at  # type: ignore[attr-defined]  # set by the outermost middleware
    for duty in duties:
        where = {"trial": duty.trial, "site": duty.site, "kind": ChainKind.DOOR}
        who = acting_as(duty)
        record(action=action, subject=subject or user.username, by=who, at=at, body=said, **where)


def acting_as(duty: Delegation) -> Delegation | Actor:
    """Who an entry names: the person in that duty, or after its end the person alone."""
    return duty if duty.ended_at is None else Actor(duty.user.username, NO_DUTY)


@transaction.atomic
def note_refused_command(command: str, *, by: Delegation, subject: str, at: datetime, code: str) -> None:
    """Enter that a command was refused to somebody who had given the password."""
    body = {"address": "command", "page": command, "code": code}
    record = import_string(settings.VELUM_DOOR_TRAIL)
    where = {"trial": by.trial, "site": by.site, "kind": ChainKind.DOOR}
    record(action="act.refused", subject=subject, by=by, at=at, body=body, **where)


def duties_of(user: User) -> list[Delegation]:
    """A person's duties behind this door; of somebody without any, those elsewhere and in the past."""
    duties = list(Delegation.objects.filter(user=user).select_related("user", "trial", "site"))
    here = [row for row in duties if row.ended_at is None and row.role in DOORS[settings.VELUM_DOOR]]
    return here or duties


def _one_for_each_place(duties: Iterable[Delegation]) -> list[Delegation]:
    """One duty for each trial and site, in the order in which all lock their chains."""
    found = {_order((duty.trial, duty.site)): duty for duty in duties}
    return [duty for _place, duty in sorted(found.items(), key=lambda pair: pair[0])]


def places_of(user: User) -> list[Place]:
    """Where an entry about a person belongs."""
    return [(duty.trial, duty.site) for duty in duties_of(user)]


def every_trial() -> list[Place]:
    """Where an entry about nobody in particular belongs."""
    return [(trial, None) for trial in Trial.objects.all()]


def _order(place: Place) -> tuple[str, str]:
    trial, site = place
    return str(trial.pk), site.number if site else ""
