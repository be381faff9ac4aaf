"""When reminders are due: the protocol's rules on one calendar, from the site's wall clock to UTC."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import assert_never
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from dosing.core.events import Event
from dosing.core.planned import Calendar
from dosing.core.refusals import UnknownZone
from trial.core.protocol import Protocol, ReminderEvent, ReminderRule
from trial.core.zones import zone as named_zone


@dataclass(frozen=True)
class DueReminder:
    """One message to be sent. `key_suffix` is unique within a participant.

    `due_at` is in UTC. The event's date is part of the key, so that a calendar whose day 1 has moved
    asks for new reminders.
    """

    rule: ReminderRule
    event: Event
    event_date: date
    due_at: datetime

    @property
    def key_suffix(self) -> str:
        return f"{self.rule.code}/{self.event}/{self.event_date.isoformat()}"


def due_reminders(protocol: Protocol, calendar: Calendar, *, zone: str) -> tuple[DueReminder, ...]:
    """Every reminder that the protocol asks for, in the order in which they fall due.

    `zone` is the site's IANA zone. Whether consent, a hold or the past stands in the way of sending
    one is for the service to say. Raises UnknownZone.
    """
    site_zone = site_clock(zone)
    reminders = (
        DueReminder(rule, event, day, due_at(rule, day, site_zone))
        for rule in protocol.reminders
        for event, day in _events(calendar, rule.event)
    )
    return tuple(sorted(reminders, key=lambda reminder: (reminder.due_at, reminder.key_suffix)))


def due_at(rule: ReminderRule, event_date: date, zone: ZoneInfo) -> datetime:
    """The moment in UTC at which the site's clock shows the rule's time on the rule's day.

    At a clock change RFC 5545 section 3.3.5 is followed: a time that the clock skips is read with the
    offset before the gap (02:30 becomes 03:30), and of a time that comes twice the first one counts.
    """
    day = event_date - timedelta(days=rule.days_before)
    on_the_wall = datetime.combine(day, time.fromisoformat(rule.local_time), tzinfo=zone)
    return on_the_wall.astimezone(UTC)


def site_clock(zone: str) -> ZoneInfo:
    """The zone by its IANA name. Raises UnknownZone, in words."""
    try:
        return named_zone(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise UnknownZone("“%(zone)s” is not a time zone. Write one like Europe/Paris.", zone=zone) from None


def _events(calendar: Calendar, kind: ReminderEvent) -> Iterator[tuple[Event, date]]:
    match kind:
        case ReminderEvent.VISIT:
            yield from ((Event.visit(visit.code), visit.date) for visit in calendar.visits)
        case ReminderEvent.INJECTION:
            yield from ((Event.injection(i.number), i.date) for i in calendar.injections)
        case ReminderEvent.COURSE:
            for number in calendar.course_numbers:
                yield Event.course(number), calendar.course(number)[0].date
        case _:
            assert_never(kind)
