"""The calendar as a file: iCalendar and a table; on paper see `dosing.exporting.paper`.

Both say codes and days only. The same facts give the same bytes: nothing is taken from the clock,
and nothing that the pharmacy does shows in them.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from hashlib import sha256
from typing import assert_never
from uuid import UUID

import icalendar
from django.utils.translation import pgettext_lazy

from dosing.core.day_state import DayState, falls_away
from dosing.exporting.export_history import Edition, editions_of, given_up
from dosing.exporting.winding_down import Dropped
from dosing.exporting.zone_table import vtimezone
from dosing.reading.queries import CalendarView, InjectionDay, VisitDay
from dosing.reading.unscheduled import unscheduled_of
from trial.core.day_words import in_both, written
from trial.core.sentences import Sentence
from trial.models import Participant
from trial.refusals import in_language

DAY = timedelta(days=1)
REFRESH = timedelta(hours=4)
"""How often a program is asked to come again."""

INJECTION = Sentence("injection")
VISIT = Sentence("visit")
CANCELLED = pgettext_lazy("entry of a calendar", "Cancelled")
CALENDAR = Sentence("Calendar")
WINDOW = Sentence("possible from %(first)s to %(last)s")
ON_THE_DAY = Sentence("on this day only")
ADDRESS_ENDED = Sentence(
    "This calendar address has ended; no appointment is cancelled by that. Ask the site for a new address."
)
STATES: Mapping[str, object] = {
    DayState.GIVEN: Sentence("given"),
    DayState.PARTIAL: Sentence("partly given"),
    DayState.MISSED: Sentence("missed"),
    DayState.DONE: Sentence("done"),
    DayState.NOT_APPLICABLE: Sentence("not applicable"),
    DayState.HOLD: pgettext_lazy("injection", "on hold"),
    DayState.STOPPED: Sentence("stopped"),
    DayState.LATE: None,
    DayState.DUE: None,
    DayState.PLANNED: None,
}
"""What a state is called on paper, where it is called at all: not where it would follow from the clock."""
NOT_RECORDED = Sentence("not recorded")
"""What an open day is called that lies before a hold or an end."""


# --- iCalendar -----------------------------------------------------------------------------------


def calendar_ics(participant: Participant, view: CalendarView, *, language: str) -> bytes:
    """The calendar as RFC 5545: one event for each injection and visit, with its hour or for the whole day.

    UID is the same for one event of one participant whatever happens; SEQUENCE grows when
    anything changed; what will not take place is cancelled, also what only an earlier plan had. The
    site's zone is defined in the file.
    """
    name = f"{participant.number} · {in_language(CALENDAR, language)}"
    calendar = _empty(name)
    calendar.add("x-wr-timezone", participant.site.zone)
    clocks = Clocks({participant.site.zone}, view.first_injection)
    _fill(calendar, [Sheet(participant, view)], editions_of([participant]), clocks, language)
    return calendar.to_ical()


@dataclass(frozen=True)
class Clocks:
    """The zones that a file defines, at least from a day on: a calendar without any part is no calendar."""

    zones: AbstractSet[str]
    since: date


@dataclass(frozen=True)
class Sheet:
    """One participant's calendar among several."""

    participant: Participant
    view: CalendarView


def sheets_ics(
    sheets: Sequence[Sheet], editions: Mapping[UUID, Edition], clocks: Clocks, *, language: str
) -> bytes:
    """Several participants' calendars in one, with the zone of each site defined once."""
    calendar = _feed(in_language(CALENDAR, language))
    _fill(calendar, sheets, editions, clocks, language)
    return calendar.to_ical()


def cancellations_ics(dropped: Sequence[Dropped], clocks: Clocks, *, language: str, ended: bool) -> bytes:
    """Nothing but that these events are cancelled: identity, day and the word. No number, no other event.

    `ended` says in the calendar's own description that the address ended and not the appointments.
    """
    calendar = _feed(in_language(CALENDAR, language))
    if ended:
        calendar.add("x-wr-caldesc", in_language(ADDRESS_ENDED, language))
    _define(calendar, clocks, [one.day for one in dropped])
    for one in dropped:
        edition = Edition(one.edition.number + 1, one.edition.at)
        event = _bare(one.participant, one.identity, one.day, edition)
        event.add("summary", in_language(CANCELLED, language))
        calendar.add_component(_as_cancelled(event))
    return calendar.to_ical()


def _empty(name: str) -> icalendar.Calendar:
    calendar = icalendar.Calendar()
    calendar.add("prodid", "-//Velum//Calendar 1//EN")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", name)
    return calendar


def _feed(name: str) -> icalendar.Calendar:
    """An empty calendar that asks programs to come again: RFC 7986, and what older programs know."""
    calendar = _empty(name)
    calendar.add("refresh-interval", REFRESH, parameters={"value": "DURATION"})
    calendar.add("x-published-ttl", icalendar.vDuration(REFRESH))
    return calendar


def _fill(
    calendar: icalendar.Calendar,
    sheets: Sequence[Sheet],
    editions: Mapping[UUID, Edition],
    clocks: Clocks,
    language: str,
) -> None:
    _define(calendar, clocks, [day.date for sheet in sheets for day in _days(sheet.view)])
    had = given_up(sheet.participant for sheet in sheets)
    for sheet in sheets:
        person, count = sheet.participant, len(sheet.view.injections)
        edition = editions[person.pk]
        for day in _days(sheet.view):
            calendar.add_component(_event(person, day, edition, language, count))
        for identity, on in _dropped(had.get(person.pk, {}), sheet.view):
            calendar.add_component(_cancelled(person, identity, on, edition, language))


def _dropped(had: Mapping[str, date], view: CalendarView) -> list[tuple[str, date]]:
    """What an earlier plan had and the present one has no more: its identity, and the last day it had."""
    present = {_identity(day) for day in _days(view)}
    return [(identity, day) for identity, day in sorted(had.items()) if identity not in present]


def _cancelled(
    participant: Participant, identity: str, on: date, edition: Edition, language: str
) -> icalendar.Event:
    """What an earlier plan had. Not every program shows STATUS, so the word stands in SUMMARY as well."""
    event = _bare(participant, identity, on, edition)
    event.add("summary", f"{in_language(CANCELLED, language)} · {participant.number} · {identity}")
    return _as_cancelled(event)


def _as_cancelled(event: icalendar.Event) -> icalendar.Event:
    event.add("status", "CANCELLED")
    event.add("transp", "TRANSPARENT")
    event.add("class", "PRIVATE")
    return event


def _days(view: CalendarView) -> list[InjectionDay | VisitDay]:
    return [*view.injections, *view.visits]


def _define(calendar: icalendar.Calendar, clocks: Clocks, days: Sequence[date]) -> None:
    """Define each zone for these days, and a year on either side; also where there is no day."""
    years = [day.year for day in (clocks.since, *days)]
    for zone in sorted(clocks.zones):
        calendar.add_component(vtimezone(zone, first=min(years) - 1, last=max(years) + 1))


def _event(
    participant: Participant, day: InjectionDay | VisitDay, edition: Edition, language: str, count: int
) -> icalendar.Event:
    event = _bare(participant, _identity(day), day.date, edition, _hour_ahead(day))
    status, word = _standing(day.state)
    named = (participant.number, _named(day, language, count))
    event.add("summary", " · ".join([in_language(word, language), *named] if word else named))
    event.add("description", window_in_words(day, language))
    event.add("status", status)
    event.add("transp", "TRANSPARENT")
    event.add("class", "PRIVATE")
    return event


def _standing(state: DayState) -> tuple[str, object]:
    """STATUS, and the word before SUMMARY: calcurse shows a cancelled day like any other, khal as well.

    An injection that is held may still take place.
    """
    if falls_away(state):
        return "CANCELLED", CANCELLED
    return ("TENTATIVE", STATES[state]) if state is DayState.HOLD else ("CONFIRMED", "")


def _hour_ahead(day: InjectionDay | VisitDay) -> time | None:
    """The hour of the appointment; none once it is known what became of the day."""
    return None if day.recorded else day.hour


def _bare(
    participant: Participant, identity: str, on: date, edition: Edition, hour: time | None = None
) -> icalendar.Event:
    """The event without words. With an hour it begins then by the site's clock, and is said to last no time:
    how long it takes nobody has said. RFC 5545 reads an hour that comes twice as the first, and one that the
    clocks leave out on a day to which it was moved by the offset of before."""
    event = icalendar.Event()
    event.add("uid", f"{_mark(participant)}-{participant.number}-{identity}@velum".lower())
    event.add("dtstamp", edition.at.astimezone(UTC))
    event.add("sequence", edition.number)
    if hour is None:
        event.add("dtstart", on)
        event.add("dtend", on + DAY)
    else:
        wall = datetime.combine(on, hour)
        event.add("dtstart", wall, parameters={"TZID": participant.site.zone})
    return event


def _identity(day: InjectionDay | VisitDay) -> str:
    match day:
        case InjectionDay():
            return f"injection-{day.number}"
        case VisitDay():
            return f"visit-{day.code}"
        case _:
            assert_never(day)


def _mark(participant: Participant) -> str:
    """Tells one trial's events from another's without its name: a registry number would say the disease."""
    return sha256(participant.trial_id.encode()).hexdigest()[:12]


def _named(day: InjectionDay | VisitDay, language: str, count: int) -> str:
    match day:
        case InjectionDay():
            return f"{in_language(INJECTION, language)} {day.number}/{count} ({day.code})"
        case VisitDay():
            return f"{in_language(VISIT, language)} {day.code}"
        case _:
            assert_never(day)


def window_in_words(day: InjectionDay | VisitDay, language: str) -> str:
    """Between which days it may take place."""
    if day.earliest == day.latest:
        return in_language(ON_THE_DAY, language)
    first, last = (in_both(end, "{day} {short_month}") for end in (day.earliest, day.latest))
    return in_language(WINDOW.having(first=first, last=last), language)


# --- A table -------------------------------------------------------------------------------------

UNSCHEDULED = "UNSCHEDULED"
"""What CDISC calls a visit that no plan has."""

CSV_COLUMNS = (
    *("kind", "code", "course", "day_in_course", "trial_day", "date", "earliest", "latest", "state"),
    *("happened_on", "stopped_by", "stopped_since", "hour"),
)


def calendar_csv(participant: Participant, view: CalendarView, *, language: str) -> bytes:
    """The calendar as a table in UTF-8, one row for each day in date order. Codes only, in any language.

    Visits beside the plan come last: `unscheduled`, with the day and hour on which they took place.

    `date` is the planned day, or the one to which a visit was moved; `happened_on` that on which it was done.
    """
    sheet = io.StringIO()
    writer = csv.writer(sheet, lineterminator="\r\n")
    writer.writerow(("participant", *CSV_COLUMNS))
    for day in sorted(_days(view), key=lambda day: (day.date, day.code)):
        injection = day if isinstance(day, InjectionDay) else None
        kind = "injection" if injection else "visit"
        course = (injection.course_number, injection.day_in_course) if injection else ("", "")
        row = (kind, day.code, *course, day.trial_day, day.date, day.earliest, day.latest, day.state)
        hour = f"{day.hour:%H:%M}" if day.hour else ""
        stopped = (day.stopped_by, day.stopped_since)
        writer.writerow((participant.number, *row, day.happened_on, *stopped, hour))
    for seen in unscheduled_of(participant):
        hour = f"{seen.hour:%H:%M}" if seen.hour else ""
        blank = ("", "", "", seen.day, "", "", DayState.DONE, seen.day, "", "")
        writer.writerow((participant.number, "unscheduled", f"{UNSCHEDULED} {seen.number}", *blank, hour))
    return sheet.getvalue().encode()


def state_in_words(day: InjectionDay | VisitDay, language: str) -> str:
    """The state in words, with the day on which it happened where that was another one than planned."""
    words = NOT_RECORDED if day.only_asked else STATES[day.state]
    said = "" if words is None else in_language(words, language)
    if day.happened_on is None or day.happened_on == day.date:
        return said
    on = written(day.happened_on, "{day} {short_month}", language)
    return f"{said}, {on}"
