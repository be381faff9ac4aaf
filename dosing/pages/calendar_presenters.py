"""Calendars in the words and shapes of the components: grid, line of visits, cards."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import assert_never
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from dosing.core.day_state import DayState
from dosing.models import BodySite, InjectionRecord
from dosing.reading.queries import CalendarView, DueInjection, InjectionDay, VisitDay
from trial.models import CurrentParticipant, Site
from trial.refusals import in_page_language
from trial.wording.words import day_month, days_between, late_by, short_day, time_of_day, weekday

Shown = InjectionDay | VisitDay

LOOKS = {"given": "done", "stopped": "withdrawn", "not_applicable": "withdrawn"}
"""How a state of the calendar looks, where the components have another word for it."""

AS_SQUARES = 7
"""The longest course that a row of Today draws as squares; of a longer one it says the day alone."""

STATE_WORDS: Mapping[str, Callable[[], str]] = {
    DayState.GIVEN: lambda: _("given"),
    DayState.PARTIAL: lambda: _("partly given"),
    DayState.MISSED: lambda: _("not given"),
    DayState.HOLD: lambda: pgettext("injection", "on hold"),
    DayState.STOPPED: lambda: _("stopped"),
    DayState.DUE: lambda: _("today"),
    DayState.LATE: lambda: _("late"),
    DayState.PLANNED: lambda: _("planned"),
    DayState.DONE: lambda: _("done"),
    DayState.NOT_APPLICABLE: lambda: _("not applicable"),
}


@dataclass(frozen=True)
class Cell:
    """One day of `components/course_grid.html`."""

    state: str
    date: str
    word: str
    state_label: str
    note: str
    url: str


@dataclass(frozen=True)
class CourseRow:
    """One course of the grid."""

    label: str
    days_label: str
    days: tuple[Cell, ...]


@dataclass(frozen=True)
class Dot:
    """One visit of `components/visit_line.html`."""

    state: str
    name: str
    date: str
    word: str
    url: str


@dataclass(frozen=True)
class Strip:
    """The squares of `components/course_strip.html`, and the sentence that says the same."""

    days: tuple[str, ...]
    label: str


@dataclass(frozen=True)
class Card:
    """One thing to do, for `components/card.html`."""

    number: str
    url: str
    what: str
    place: str
    state: str
    state_label: str
    action_label: str
    action_url: str
    action_kind: str = ""
    strip: Strip | None = None
    injection: bool = False
    hour: str = ""


def look(day: InjectionDay | VisitDay) -> str:
    """How a day looks: the states of `components/badge.html`."""
    ready = isinstance(day, InjectionDay) and day.ready and day.state == "due"
    return "ready" if ready else LOOKS.get(day.state, day.state)


def lateness(day: Shown, today: date) -> str:
    """`late by 2 days`; of a day whose end cut short the time that there was, that it is not recorded."""
    return late_by(day.last_day, today) if today > day.last_day else _("not recorded")


def participant_url(number: str) -> str:
    """The address of the participant's own page."""
    return reverse("participant", args=[number])


def act_url(day: InjectionDay | VisitDay) -> str:
    """The address of the page on which that injection or visit is recorded."""
    match day:
        case InjectionDay():
            return reverse("injection", args=[day.participant, day.number])
        case VisitDay():
            return reverse("visit", args=[day.participant, day.code])
        case _:
            assert_never(day)


def name_of(day: InjectionDay | VisitDay) -> str:
    """`Course 1, day 2`, or `Visit of day 8`: the trial day is what everybody calls a visit by."""
    match day:
        case VisitDay():
            return _("Visit of day %(day)d") % {"day": day.trial_day}
        case InjectionDay():
            words = {"course": day.course_number, "day": day.day_in_course}
            return _("Course %(course)d, day %(day)d") % words
        case _:
            assert_never(day)


# --- The grid and the line -----------------------------------------------------------------------


def grid(calendar: CalendarView, site: Site, *, today: date, links: bool) -> list[CourseRow]:
    """The rows of the course grid; with links only for whoever may record."""
    return [
        CourseRow(
            label=_("Course %(number)d") % {"number": number},
            days_label=_("days %(first)d–%(last)d")
            % {"first": days[0].trial_day, "last": days[-1].trial_day},
            days=tuple(_cell(day, site, today, link=links) for day in days),
        )
        for number, days in calendar.courses
    ]


def columns(calendar: CalendarView) -> list[str]:
    """The words over the columns: as many as the longest course has injections."""
    longest = max((len(days) for _number, days in calendar.courses), default=0)
    return [_("%(n)d of %(all)d") % {"n": n, "all": longest} for n in range(1, longest + 1)]


def _cell(day: InjectionDay, site: Site, today: date, *, link: bool) -> Cell:
    return Cell(
        state=look(day),
        date=day_month(day.date),
        word=_("%(weekday)s, day %(day)d") % {"weekday": weekday(day.date), "day": day.trial_day},
        state_label=_cell_state(day, site, today),
        note=str(BodySite(day.body_site).label) if day.body_site else _hour_ahead(day),
        url=act_url(day) if link and day.state not in {"planned", "stopped"} else "",
    )


def _hour_ahead(day: InjectionDay | VisitDay) -> str:
    """The hour of the appointment, of a day that is still to come."""
    return "" if day.recorded or day.state == "stopped" else hour_of(day)


def _cell_state(day: InjectionDay, site: Site, today: date) -> str:
    if day.state == "planned":
        return ""
    if day.state == "late":
        return lateness(day, today)
    if day.state == "due":
        return _("today, ready") if day.ready else _("today")
    if day.happened_at and day.happened_on:
        return _happened(day, day.happened_at, day.happened_on, site)
    return STATE_WORDS[day.state]()


def _happened(day: InjectionDay, moment: datetime, on: date, site: Site) -> str:
    """When it was given: the time, with the day where it was another one than planned."""
    words = [] if day.state == "given" else [STATE_WORDS[day.state]()]
    words += [] if on == day.date else [day_month(on)]
    return ", ".join([*words, time_of_day(moment, site)] if day.state == "given" else words)


def visit_dots(
    calendar: CalendarView, participant: CurrentParticipant, *, today: date, links: bool
) -> list[Dot]:
    """Screening, then every visit, on one line of time."""
    visits = (_dot(day, today, link=links) for day in calendar.visits)
    return [_screening(participant), *visits]


def _screening(participant: CurrentParticipant) -> Dot:
    label = in_page_language(participant.trial.protocol_version.protocol.screening.label)
    day: date | None = participant.signed_on
    return Dot("done", label, day_month(day) if day else "", "", "")


def _dot(day: VisitDay, today: date, *, link: bool) -> Dot:
    return Dot(
        state=look(day),
        name=_("Day %(day)d") % {"day": day.trial_day},
        date=", ".join(filter(None, [day_month(day.date), _hour_ahead(day)])),
        word=_visit_word(day, today),
        url=act_url(day) if link and day.state not in {"planned", "stopped"} else "",
    )


def _visit_word(day: VisitDay, today: date) -> str:
    if day.state == "late":
        return lateness(day, today)
    if day.done_on and day.done_on != day.date:
        return _("done on %(day)s") % {"day": day_month(day.done_on)}
    if day.state in {"done", "missed", "not_applicable", "stopped"}:
        return STATE_WORDS[day.state]()
    if day.moved or day.earliest == day.latest:
        return _("moved") if day.moved else _("today") if day.state == "due" else ""
    return days_between(day.earliest, day.latest)


# --- Cards ---------------------------------------------------------------------------------------


def last_body_sites(participants: Iterable[UUID]) -> dict[UUID, str]:
    """Where each of them was injected last: the next place is another one."""
    rows = InjectionRecord.objects.filter(participant__in=list(participants)).exclude(body_site="")
    in_order = rows.order_by("happened_at", "number", "sequence").values_list("participant", "body_site")
    return dict(in_order)


def next_body_site(last: str) -> str:
    """The place after `last` in turn; the first one where nothing was injected yet."""
    order = BodySite.values
    return order[(order.index(last) + 1) % len(order)] if last else order[0]


def injection_card(item: DueInjection, *, today: date, last_sites: Mapping[UUID, str]) -> Card:
    """An injection to be recorded, with the squares of its course."""
    day, late = item.day, item.day.state == "late"
    last = last_sites.get(day.participant_id, "")
    before = _("last: %(place)s") % {"place": BodySite(last).label} if last else ""
    return Card(
        number=day.participant,
        url=participant_url(day.participant),
        what=name_of(day),
        place=_with_hour(day, _("planned for %(day)s") % {"day": short_day(day.date)} if late else before),
        state=look(day),
        state_label=_injection_state(day, today),
        strip=_strip(item.course) if len(item.course) <= AS_SQUARES else None,
        action_label=_("Record what happened") if late else _("Injection given"),
        action_url=act_url(day),
        action_kind="" if late or day.ready else "second",
        injection=True,
        hour=hour_of(day),
    )


def visit_card(day: VisitDay, *, today: date) -> Card:
    """A visit to be recorded."""
    late = day.state == "late"
    return Card(
        number=day.participant,
        url=participant_url(day.participant),
        what=name_of(day),
        place=_with_hour(day, _("window %(days)s") % {"days": days_between(day.earliest, day.latest)}),
        state=look(day),
        state_label=_visit_state(day, today),
        action_label=_("Record what happened") if late else _("Open the visit"),
        action_url=act_url(day),
        action_kind="" if late else "second",
        hour=hour_of(day),
    )


def hour_of(day: InjectionDay | VisitDay) -> str:
    """`14:30`, the hour of the appointment by the site's clock; empty where none is set."""
    return f"{day.hour:%H:%M}" if day.hour else ""


def _with_hour(day: InjectionDay | VisitDay, words: str) -> str:
    """The words about a day that is to come, after the hour of the appointment."""
    return " · ".join(filter(None, [hour_of(day), words]))


def _strip(states: tuple[str, ...]) -> Strip:
    words = [
        _("day %(day)d %(state)s") % {"day": number, "state": STATE_WORDS[state]()}
        for number, state in enumerate(states, 1)
    ]
    return Strip(tuple(LOOKS.get(state, state) for state in states), ", ".join(words))


def _injection_state(day: InjectionDay, today: date) -> str:
    if day.state == "late":
        return lateness(day, today)
    return _("ready") if day.ready else _("not ready yet")


def _visit_state(day: VisitDay, today: date) -> str:
    if day.state == "late":
        return lateness(day, today)
    left = (day.latest - today).days
    return (
        ngettext("%(days)d day left", "%(days)d days left", left) % {"days": left} if left > 0 else _("today")
    )
