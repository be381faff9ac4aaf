"""The calendar as a file: iCalendar and a page of A4.

Both say codes and days only. The same facts give the same bytes: nothing is taken from the clock,
and nothing that the pharmacy does shows in them.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, timedelta
from hashlib import sha256
from typing import assert_never

import icalendar
from django.utils.translation import pgettext_lazy
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Table, TableStyle

from dosing.core.day_state import DayState, falls_away
from dosing.exporting.export_history import Edition, editions_of, given_up
from dosing.reading.queries import CalendarView, InjectionDay, VisitDay
from trial.core.day_words import FULL, LONG, in_both, written
from trial.core.french import printable
from trial.core.sentences import Sentence
from trial.models import Participant
from trial.refusals import in_language
from trial.wording.clock import day_at

DAY = timedelta(days=1)
MARGIN = 16 * mm
LARGEST, FOOT = 20, 14
"""Points: of the tables at most, and of the lines at the foot."""
TableMaker = Callable[[CalendarView, str, float, int], Table]

INJECTION = Sentence("injection")
VISIT = Sentence("visit")
CALENDAR = Sentence("Calendar")
COURSE = Sentence("Course")
WINDOW = Sentence("possible from %(first)s to %(last)s")
ON_THE_DAY = Sentence("on this day only")
PROVISIONAL = Sentence("Provisional until the first injection is given.")
AS_OF = Sentence("As known on %(day)s; a later sheet replaces this one.")
ASK = Sentence("If a day does not suit, call the site.")
STATES: Mapping[str, object] = {
    DayState.GIVEN: Sentence("given"),
    DayState.PARTIAL: Sentence("partly given"),
    DayState.MISSED: Sentence("missed"),
    DayState.DONE: Sentence("done"),
    DayState.HOLD: pgettext_lazy("injection", "on hold"),
    DayState.STOPPED: Sentence("stopped"),
    DayState.LATE: None,
    DayState.DUE: None,
    DayState.PLANNED: None,
}
"""What a state is called on paper, where it is called at all."""


# --- iCalendar -----------------------------------------------------------------------------------


def calendar_ics(participant: Participant, view: CalendarView, *, language: str) -> bytes:
    """The calendar as RFC 5545: one whole-day event for each injection and visit.

    UID is the same for one event of one participant whatever happens; SEQUENCE grows when
    anything changed; what will not take place is cancelled, also what only an earlier plan had. The
    site's zone is defined in the file.
    """
    name = f"{participant.number} · {in_language(CALENDAR, language)}"
    calendar = _empty(name)
    calendar.add("x-wr-timezone", participant.site.zone)
    _fill(calendar, [Sheet(participant, view)], language)
    return calendar.to_ical()


@dataclass(frozen=True)
class Sheet:
    """One participant's calendar among several."""

    participant: Participant
    view: CalendarView


def sheets_ics(sheets: Sequence[Sheet], *, language: str) -> bytes:
    """Several participants' calendars in one, with the zone of each site defined once."""
    calendar = _empty(in_language(CALENDAR, language))
    _fill(calendar, sheets, language)
    return calendar.to_ical()


def _empty(name: str) -> icalendar.Calendar:
    calendar = icalendar.Calendar()
    calendar.add("prodid", "-//Velum//Calendar 1//EN")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", name)
    return calendar


def _fill(calendar: icalendar.Calendar, sheets: Sequence[Sheet], language: str) -> None:
    zones = {sheet.participant.site.zone for sheet in sheets}
    for zone in sorted(zones):
        calendar.add_component(_zone(zone, [row for row in sheets if row.participant.site.zone == zone]))
    people = [sheet.participant for sheet in sheets]
    editions, had = editions_of(people), given_up(people)
    for sheet in sheets:
        person, count = sheet.participant, len(sheet.view.injections)
        edition = editions[person.pk]
        for day in _days(sheet.view):
            calendar.add_component(_event(person, day, edition, language, count))
        for identity, on in _dropped(had.get(person.pk, {}), sheet.view):
            calendar.add_component(_cancelled(person, identity, on, edition))


def _dropped(had: Mapping[str, date], view: CalendarView) -> list[tuple[str, date]]:
    """What an earlier plan had and the present one has no more: its identity, and the last day it had."""
    present = {_identity(day) for day in _days(view)}
    return [(identity, day) for identity, day in sorted(had.items()) if identity not in present]


def _cancelled(participant: Participant, identity: str, on: date, edition: Edition) -> icalendar.Event:
    event = _bare(participant, identity, on, edition)
    event.add("summary", f"{participant.number} · {identity}")
    event.add("status", "CANCELLED")
    event.add("transp", "TRANSPARENT")
    return event


def _days(view: CalendarView) -> list[InjectionDay | VisitDay]:
    return [*view.injections, *view.visits]


def _zone(zone: str, sheets: Sequence[Sheet]) -> icalendar.Timezone:
    days = [day.date for sheet in sheets for day in _days(sheet.view)]
    first, last = min(days), max(days)
    return icalendar.Timezone.from_tzid(
        zone, first_date=date(first.year, 1, 1), last_date=date(last.year + 1, 12, 31)
    )


def _event(
    participant: Participant, day: InjectionDay | VisitDay, edition: Edition, language: str, count: int
) -> icalendar.Event:
    event = _bare(participant, _identity(day), day.date, edition)
    event.add("summary", f"{participant.number} · {_named(day, language, count)}")
    event.add("description", _window(day, language))
    event.add("status", "CANCELLED" if falls_away(day.state) else "CONFIRMED")
    event.add("transp", "TRANSPARENT")
    event.add("class", "PRIVATE")
    return event


def _bare(participant: Participant, identity: str, on: date, edition: Edition) -> icalendar.Event:
    event = icalendar.Event()
    event.add("uid", f"{_mark(participant)}-{participant.number}-{identity}@velum".lower())
    event.add("dtstamp", edition.at.astimezone(UTC))
    event.add("sequence", edition.number)
    event.add("dtstart", on)
    event.add("dtend", on + DAY)
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


def _window(day: InjectionDay | VisitDay, language: str) -> str:
    if day.earliest == day.latest:
        return in_language(ON_THE_DAY, language)
    first, last = (in_both(end, "{day} {short_month}") for end in (day.earliest, day.latest))
    return in_language(WINDOW.having(first=first, last=last), language)


# --- A table -------------------------------------------------------------------------------------

CSV_COLUMNS = ("kind", "code", "course", "day_in_course", "trial_day", "date", "earliest", "latest", "state")


def calendar_csv(participant: Participant, view: CalendarView, *, language: str) -> bytes:
    """The calendar as a table in UTF-8, one row for each day in date order. Codes only, in any language."""
    sheet = io.StringIO()
    writer = csv.writer(sheet, lineterminator="\r\n")
    writer.writerow(("participant", *CSV_COLUMNS))
    for day in sorted(_days(view), key=lambda day: (day.date, day.code)):
        injection = day if isinstance(day, InjectionDay) else None
        kind = "injection" if injection else "visit"
        course = (injection.course_number, injection.day_in_course) if injection else ("", "")
        row = (kind, day.code, *course, day.trial_day, day.date, day.earliest, day.latest, day.state)
        writer.writerow((participant.number, *row))
    return sheet.getvalue().encode()


# --- One page of A4 ------------------------------------------------------------------------------


def calendar_pdf(participant: Participant, view: CalendarView, *, language: str) -> bytes:
    """The calendar on one page: courses as rows, visits below. Black on white, as large as it fits."""
    sheet = io.BytesIO()
    canvas = Canvas(sheet, pagesize=A4, invariant=1, pageCompression=0, lang=language[:2])
    title = f"{participant.number} · {in_language(CALENDAR, language)}"
    canvas.setTitle(title)
    canvas.setAuthor("Velum")
    width, height = A4[0] - 2 * MARGIN, A4[1] - 2 * MARGIN
    canvas.setFont("Helvetica-Bold", 22)
    canvas.drawString(MARGIN, MARGIN + height - 18, title)
    top = MARGIN + height - 40
    for table in _fitting(view, language, width, top - MARGIN - 3 * FOOT * 1.4 - 14):
        _, used = table.wrap(width, height)
        table.drawOn(canvas, MARGIN, top - used)
        top -= used + 14
    canvas.setFont("Helvetica", FOOT)
    for place, line in enumerate(reversed(_foot(participant, view, language))):
        canvas.drawString(MARGIN, MARGIN + place * FOOT * 1.4, printable(line))
    canvas.showPage()
    canvas.save()
    return sheet.getvalue()


def _foot(participant: Participant, view: CalendarView, language: str) -> list[str]:
    """What to do if a day does not suit, and how old the sheet is: by the facts, not by the clock."""
    since = day_at(participant.site, editions_of([participant])[participant.pk].at)
    notes = [in_language(ASK, language)] + ([in_language(PROVISIONAL, language)] if view.provisional else [])
    return [*notes, in_language(AS_OF.having(day=in_both(since, LONG)), language)]


def _fitting(view: CalendarView, language: str, width: float, room: float) -> Sequence[Table]:
    """Both tables, each in the largest type that its cells hold and that leaves both on the page."""
    tables: list[Table] = []
    for most in range(LARGEST, 3, -1):
        tables = [_in_its_cells(make, view, language, width, most) for make in (_courses, _visits)]
        if sum(table.wrap(width, room)[1] for table in tables) + 14 <= room:
            break
    return tables


def _in_its_cells(make: TableMaker, view: CalendarView, language: str, width: float, most: int) -> Table:
    """The table in the largest type, `most` points or less, in which no line crosses the edge of its cell."""
    sizes = (size for size in range(most, 3, -1) if _holds(make(view, language, width, size), size))
    return make(view, language, width, next(sizes, 4))


def _holds(table: Table, size: int) -> bool:
    return all(
        stringWidth(line, "Helvetica-Bold" if place == 0 else "Helvetica", size) <= cell_width - 8
        for row in table._cellvalues
        for place, (text, cell_width) in enumerate(zip(row, table._colWidths, strict=True))
        for line in text.split("\n")
    )


def _courses(view: CalendarView, language: str, width: float, size: int) -> Table:
    rows = [
        [
            f"{in_language(COURSE, language)} {number}\n{_years(days)}",
            *(_cell(day, language) for day in days),
        ]
        for number, days in view.courses
    ]
    most = max(map(len, rows))
    padded = [row + [""] * (most - len(row)) for row in rows]
    return _table(padded, [width / most] * most, size)


def _years(days: Sequence[InjectionDay]) -> str:
    return "–".join(str(year) for year in sorted({day.date.year for day in days}))


def _cell(day: InjectionDay, language: str) -> str:
    lines = written(day.date, "{weekday}\n{day}\n{month}", language).split("\n")
    state = _state(day, language)
    return "\n".join([*lines, state] if state else lines)


def _state(day: InjectionDay | VisitDay, language: str) -> str:
    words = STATES[day.state]
    return "" if words is None else in_language(words, language)


def _visits(view: CalendarView, language: str, width: float, size: int) -> Table:
    rows = [
        [
            f"{in_language(VISIT, language).capitalize()} {day.code}",
            written(day.date, FULL, language),
            _state(day, language) or _window(day, language),
        ]
        for day in view.visits
    ]
    return _table(rows, [width * 0.17, width * 0.41, width * 0.42], size)


def _table(rows: list[list[str]], widths: list[float], size: int) -> Table:
    style = [
        ("FONT", (0, 0), (-1, -1), "Helvetica", size),
        ("FONT", (0, 0), (0, -1), "Helvetica-Bold", size),
        ("LEADING", (0, 0), (-1, -1), size * 1.25),
        ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
        ("GRID", (0, 0), (-1, -1), 0.75, colors.black),
        ("LEFTPADDING", (0, 0), (-1, -1), 4),
        ("RIGHTPADDING", (0, 0), (-1, -1), 4),
        ("TOPPADDING", (0, 0), (-1, -1), size * 0.35),
        ("BOTTOMPADDING", (0, 0), (-1, -1), size * 0.35),
    ]
    return Table(rows, colWidths=widths, style=TableStyle(style))
