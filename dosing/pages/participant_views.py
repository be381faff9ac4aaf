"""The clinic door's pages of one participant: calendar and history, calendar on paper, booking day 1."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from dosing.core.day_state import DayState
from dosing.core.options import OptionKind
from dosing.models import UnscheduledVisit
from dosing.pages.calendar_presenters import columns, grid, visit_dots
from dosing.pages.forms import BookForm
from dosing.pages.next_step import next_step
from dosing.pages.offers import Known, offered
from dosing.pages.options_presenters import recounted_in_words
from dosing.reading.explaining import double_doses
from dosing.reading.history import story
from dosing.reading.queries import CalendarView, calendar_of, current_plan
from dosing.reading.situation import open_slips, recounted, situation_of
from dosing.reading.unscheduled import unscheduled_of
from dosing.services.booking import book_first_injection, propose_first_injection
from dosing.services.choosing import check_can_choose
from dosing.services.plans import waits_of
from randomization.models import Envelope
from randomization.queries import envelope_of
from trial.models import CurrentParticipant, Participant, Signature, Site, Status
from trial.pages.frame import ParticipantPage
from trial.people.signing.countersigning import waiting_about
from trial.permissions import Permission, may
from trial.queries import contact_of
from trial.refusals import can, in_page_language
from trial.screening.views import ParticipantAct
from trial.wording.clock import day_at
from trial.wording.words import STATE_OF, full_day, medium_day, moment, status_in_words

RECENT = 6
LINKS = (
    "options",
    "participant_feeds",
    "contact",
    "erase",
    "correct_consent",
    "hold",
    "withdraw",
    "correct_end",
    "hours",
    "unscheduled",
    "mistake",
    "no_mistake",
)
"""What the page offers beside the next step."""


class CalendarPage(ParticipantPage, TemplateView):
    """What the participant's page and the printed calendar share: header, grid, line of visits."""

    permission = Permission.VIEW_PARTICIPANTS
    links = False

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        """The header, and the calendar once there is one."""
        calendar = calendar_of(self.participant, at=self.at)
        shown = self.shown(calendar) if calendar else {}
        return super().get_context_data(calendar=calendar, header=self.header(calendar), **shown, **context)

    def shown(self, calendar: CalendarView) -> dict[str, Any]:
        """The calendar in the shapes of the components."""
        person = self.participant
        today = day_at(person.site, self.at)
        links = self.links and may(self.by.role, Permission.RECORD)
        return {
            "courses": grid(calendar, person.site, today=today, links=links),
            "columns": columns(calendar),
            "visits": visit_dots(calendar, person, today=today, links=links),
        }

    @cached_property
    def envelope(self) -> Envelope | None:
        """The participant's envelope, if it is drawn."""
        return envelope_of(self.participant)

    def header(self, calendar: CalendarView | None) -> dict[str, Any]:
        """Who this is, for `components/participant_header.html`."""
        person, envelope = self.participant, self.envelope
        status = Status(person.current_status)
        return {
            "randomization_number": envelope.number if envelope else "",
            "randomized": moment(envelope.drawn_at, person.site) if envelope and envelope.drawn_at else "",
            "day_one": medium_day(calendar.first_injection) if calendar else "",
            "day_one_provisional": bool(calendar and calendar.provisional),
            "state": STATE_OF[status],
            "state_label": status_in_words(status, person.current_scope),
        }


class ParticipantOverview(CalendarPage):
    """One participant: header, calendar, next step, story."""

    template_name = "dosing/participant.html"
    links = True

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        """Add the next step, the story, and what else this role may do."""
        context = super().get_context_data(**context)
        role, calendar, person = self.by.role, context["calendar"], self.participant
        who = Known(self.participant, calendar, self.at)
        told = story(self.participant, self.envelope)
        events = [event for event in told if not event.reminder]
        return context | {
            "double_doses": list(map(in_page_language, double_doses(calendar))) if calendar else [],
            "step": next_step(self.participant, calendar, role, at=self.at),
            "recent": events[:RECENT],
            "earlier": events[RECENT:],
            "reminders": [event for event in told if event.reminder],
            "unsigned": [
                unsigned_in_words(row, person.site)
                for row in waiting_about(person.trial, person.number, Signature)
            ],
            "contact": contact_of(self.participant),
            "slips": slip_sentences(self.participant, calendar, at=self.at)
            if may(role, Permission.BOOK)
            else [],
            "beside": [
                (row.number, beside_in_words(row), row.reason) for row in unscheduled_of(self.participant)
            ],
            "offered": {name: offered(name, who, role) for name in LINKS},
        }


def beside_in_words(row: UnscheduledVisit) -> str:
    """The day of a visit beside the plan, with its hour where it is known."""
    return f"{medium_day(row.day)}, {row.hour:%H:%M}" if row.hour else medium_day(row.day)


def unsigned_in_words(row: Signature, site: Site) -> str:
    """That a system did something about the participant which a person has still to countersign."""
    said = {"act": row.get_act_display(), "system": row.system, "when": moment(row.at, site)}
    return _("Still to be countersigned: %(act)s by the system “%(system)s”, %(when)s.") % said


def slip_sentences(
    participant: CurrentParticipant, calendar: CalendarView | None, *, at: datetime
) -> list[tuple[str, str]]:
    """Title and sentence for each course that began on another day and about which nobody has chosen yet.

    Where every injection was given on its planned day and nobody has chosen anything, there is none.
    """
    if calendar is None or not (
        first_missed(calendar) or strayed(calendar, participant) or participant.course_choices.exists()
    ):
        return []
    plan = current_plan(participant)
    if plan is None or not can(check_can_choose, participant, OptionKind.KEEP):
        return []
    situation = situation_of(participant, plan, at=at)
    text = _("Course %(course)d was planned for %(planned)s and began on %(began)s. No other day has moved.")
    missed = _(
        "Day 1 is still %(planned)s, but the injection of that day was not given. Day 1 is the day of the "
        "first injection: it can be counted from %(began)s."
    )
    other, first = (_("A course began on another day"), text), (_("The first injection was missed"), missed)
    found = [(row, *(first if row.first else other)) for row in open_slips(participant, situation)]
    return [
        (
            title,
            sentence % {"course": row.course, "planned": full_day(row.planned), "began": full_day(row.began)},
        )
        for row, title, sentence in found
    ]


def first_missed(calendar: CalendarView) -> bool:
    """Whether the planned first injection is recorded as missed."""
    return calendar.injections[0].state == DayState.MISSED


def strayed(calendar: CalendarView, participant: Participant) -> bool:
    """Whether an injection was given on another day than the planned one."""
    given = [day for day in calendar.injections if day.happened_at]
    return any(day_at(participant.site, day.happened_at) != day.date for day in given if day.happened_at)


class CalendarSheet(CalendarPage):
    """One page of paper for the participant and the ward."""

    template_name = "dosing/calendar.html"


class BookFirstInjection(ParticipantAct):
    """Choose the day of the first injection among the days that the protocol allows."""

    permission = Permission.BOOK
    form_class = BookForm
    template_name = "dosing/book.html"

    @cached_property
    def proposals(self) -> Any:
        """The possible days, best first. Raises NotRandomized."""
        return propose_first_injection(participant=self.participant, at=self.at)

    def get_form_kwargs(self) -> dict[str, Any]:
        """The days to choose from, and whether one was chosen before."""
        moved = current_plan(self.participant) is not None
        return super().get_form_kwargs() | {"proposals": self.proposals, "moved": moved}

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        """With what day 1 waits for, and what a new plan moves besides."""
        plan = current_plan(self.participant)
        told = _("Criterion %(criterion)s: day 1 lies on %(day)s or later.")
        return super().get_context_data(
            waiting=[
                told % {"criterion": wait.criterion, "day": medium_day(wait.over + timedelta(days=1))}
                for wait in waits_of(self.participant)
            ],
            recounted=recounted_in_words(recounted(self.participant, plan)) if plan else "",
            **context,
        )

    def act(self, **answers: Any) -> str:
        """Book the day; the calendar follows from it."""
        plan = book_first_injection(participant=self.participant, by=self.by, at=self.at, **answers)
        return _("Day 1 is booked for %(day)s.") % {"day": full_day(plan.first_injection)}
