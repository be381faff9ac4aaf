"""An address whose reason has ended: for a while it cancels what it showed and lies ahead, and no more.

A calendar program keeps what it has read. An address that were simply shut would leave the injections of
somebody who died in the calendar of a relative, with their alarms. So the address says, day by day, that
what it showed is cancelled: the identity of the event, its day, and the word. Everything is read as it was
at the moment of the end: nothing that came later shows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Q

from dosing.exporting.export_history import Edition, editions_of
from dosing.models import CalendarFeed, InjectionOutcome, InjectionRecord, Plan, VisitOutcome, VisitRecord
from trial.models import Participant, ParticipantStatus, Status
from trial.wording.clock import day_at

LASTS = timedelta(days=30)
"""How long an address goes on cancelling. A program that asks less often than that is not in use."""


def ended_since(feed: CalendarFeed) -> datetime | None:
    """Since when the address only cancels: since the participant's end, or that of the maker's duty."""
    duty = feed.made_by
    rows = (getattr(duty, "end", None), getattr(duty.user, "shut", None))
    moments = [feed.ended_at, duty.ended_at, *(row.at for row in rows if row)]
    return min((moment for moment in moments if moment), default=None)


def is_over(feed: CalendarFeed, *, at: datetime) -> bool:
    """Whether it shows nothing at all any more: revoked, ended long ago, or its maker's account is off."""
    since = ended_since(feed)
    if feed.revoked_at is not None:
        return True
    return at >= since + LASTS if since else not feed.made_by.user.is_active


@dataclass(frozen=True)
class Dropped:
    """One event that an address showed and that lies ahead: whose, which, and on which day."""

    participant: Participant
    identity: str
    day: date
    edition: Edition


def shown_ahead(people: Sequence[Participant], *, at: datetime) -> list[Dropped]:
    """What the calendars of these participants showed at that moment for that day and later.

    The number of queries does not grow with the number of participants.
    """
    within = [person for person in people if person.pk not in _completed(people, at)]
    editions, days = editions_of(within, until=at), _days(within, at)
    return [
        Dropped(person, identity, day, editions[person.pk])
        for person in within
        for identity, day in sorted(days.get(person.pk, {}).items())
        if day >= day_at(person.site, at)
    ]


def _completed(people: Sequence[Participant], at: datetime) -> set[UUID]:
    """Who had completed the trial by then, and so was shown no more."""
    rows = ParticipantStatus.objects.filter(participant__in=[person.pk for person in people], at__lte=at)
    latest = dict(rows.order_by("sequence").values_list("participant", "status"))
    return {key for key, status in latest.items() if status == Status.COMPLETED}


def _days(people: Sequence[Participant], at: datetime) -> Mapping[UUID, Mapping[str, date]]:
    """The day of each event by its identity, of earlier plans as well; none that was recorded."""
    ids = [person.pk for person in people]
    plans = Plan.objects.filter(participant__in=ids, made_at__lte=at).order_by("id")
    current = Q(superseded_at=None) | Q(superseded_at__gt=at)
    found: dict[UUID, dict[str, date]] = {}
    for which in (plans.exclude(current), plans.filter(current)):
        for kind, name in (("injection", "number"), ("visit", "code")):
            rows = which.values_list("participant", f"{kind}s__{name}", f"{kind}s__date")
            for participant, identity, day in rows:
                if day:
                    found.setdefault(participant, {})[f"{kind}-{identity}"] = day
    _leave_out_recorded(found, ids, at)
    return found


def _leave_out_recorded(found: dict[UUID, dict[str, date]], ids: list[UUID], at: datetime) -> None:
    within = {"participant__in": ids, "recorded_at__lte": at}
    doses = InjectionRecord.objects.filter(**within).order_by("sequence")
    last = {
        (who, number): what for who, number, what in doses.values_list("participant", "number", "outcome")
    }
    for (who, number), outcome in last.items():
        if outcome != InjectionOutcome.REOPENED:
            found.get(who, {}).pop(f"injection-{number}", None)
    visits = VisitRecord.objects.filter(**within).order_by("sequence")
    rows = visits.values_list("participant", "code", "outcome", "day")
    seen = {(who, code): (what, day) for who, code, what, day in rows}
    for (who, code), (outcome, day) in seen.items():
        events, identity = found.get(who, {}), f"visit-{code}"
        if outcome == VisitOutcome.MOVED and day and identity in events:
            events[identity] = day
        elif outcome != VisitOutcome.MOVED:
            events.pop(identity, None)
