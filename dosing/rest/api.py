"""The endpoints of the calendar: book, read, record, hold, end, and what is due."""

from __future__ import annotations

from datetime import date, time
from functools import cached_property
from typing import Any

from django.http import HttpResponse
from django.utils import translation
from django.utils.translation import gettext as _
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from dosing.exporting.exports import calendar_csv, calendar_ics
from dosing.exporting.paper import calendar_pdf
from dosing.reading.explaining import ExplainedCalendar, with_explanations
from dosing.reading.queries import (
    CalendarView,
    InjectionDay,
    VisitDay,
    calendar_of,
    due_list,
    injection_day,
    visit_day,
)
from dosing.rest import shapes
from dosing.services.appointments import CalendarDay, set_hour
from dosing.services.booking import (
    CannotBook,
    FirstInjectionGiven,
    NotRandomized,
    book_first_injection,
    propose_first_injection,
)
from dosing.services.correcting_ends import NoEnd, correct_end
from dosing.services.day_guards import BeforeDay1
from dosing.services.dose_guards import SecondThatDay
from dosing.services.judging import (
    AlreadyRecorded,
    NotReleased,
    OnHold,
    OutOfWindow,
    SaidOfInjection,
    SaidOfVisit,
    TreatmentEnded,
)
from dosing.services.recording import NothingPlanned, record_injection, record_visit
from dosing.services.status import NotLost, NotOnHold, find_again, hold, release, withdraw
from trial.models import ParticipantStatus
from trial.people.signing import hand_of_token
from trial.permissions import Permission
from trial.queries import sites_for
from trial.refusals import NotConfirmed
from trial.rest.endpoint import Acting, Endpoint
from trial.screening.mistakes import NoMistake as NoMistakeMarked
from trial.screening.mistakes import mark_mistake, take_mistake_back
from trial.screening.services import TooLate, WrongStatus
from trial.wording.clock import day_at

RECORDING = (
    NothingPlanned,
    AlreadyRecorded,
    OutOfWindow,
    BeforeDay1,
    SecondThatDay,
    OnHold,
    TreatmentEnded,
    NotReleased,
)
HOURS = (AlreadyRecorded, TreatmentEnded)


def calendar_for(endpoint: Endpoint) -> CalendarView:
    """The calendar of the address's participant. Raises NothingPlanned before day 1 is booked."""
    view = calendar_of(endpoint.participant, at=endpoint.at)
    if view is None:
        raise NothingPlanned(
            _("%(number)s has no calendar yet. Book day 1.") % {"number": endpoint.participant.number}
        )
    return view


def explained_for(endpoint: Endpoint) -> ExplainedCalendar:
    """The calendar with the reason for each day. Raises NothingPlanned."""
    return with_explanations(endpoint.participant, calendar_for(endpoint))


class FirstInjection(Acting):
    """Day 1 of a participant."""

    reads, writes = Permission.VIEW_PARTICIPANTS, Permission.BOOK
    body_shape = shapes.BookingBody
    shape, answer_shape = shapes.StartsShape, shapes.CalendarShape
    refusals = (NotRandomized, CannotBook, FirstInjectionGiven, WrongStatus)
    read_refusals = (NotRandomized,)

    def get(self, request: Request, **where: Any) -> Response:
        """The days on which day 1 may lie, best first, each with how many events meet a closed day."""
        return self.shown({"proposals": propose_first_injection(participant=self.participant, at=self.at)})

    def act(self, **said: Any) -> ExplainedCalendar:
        """Book day 1, or move it while nothing is injected; the reply is the whole calendar."""
        book_first_injection(participant=self.participant, by=self.by, at=self.at, **said)
        return explained_for(self)


class Calendar(Endpoint):
    """A participant's calendar."""

    reads = Permission.VIEW_PARTICIPANTS
    shape = shapes.CalendarShape
    read_refusals = (NothingPlanned,)

    def get(self, request: Request, **where: Any) -> Response:
        """The injections and visits of a participant as they stand."""
        return self.shown(explained_for(self))


class CalendarFile(Endpoint):
    """The calendar to take along. Codes only: no name, drug or disease."""

    reads = Permission.VIEW_PARTICIPANTS
    read_refusals = (NothingPlanned,)
    media_type: str

    def send(self, content: bytes, name: str) -> HttpResponse:
        """The file, named by participant."""
        disposition = f'attachment; filename="{self.participant.number}-{name}"'
        return HttpResponse(
            content, content_type=self.media_type, headers={"Content-Disposition": disposition}
        )


class ICalendar(BaseRenderer):
    """Lets `Accept: text/calendar` in; the view itself makes the bytes."""

    media_type, format = "text/calendar", "ics"


class Pdf(BaseRenderer):
    """Lets `Accept: application/pdf` in."""

    media_type, format = "application/pdf", "pdf"


class Csv(BaseRenderer):
    """Lets `Accept: text/csv` in."""

    media_type, format = "text/csv", "csv"


class CalendarIcs(CalendarFile):
    """The calendar for a calendar program."""

    renderer_classes = (ICalendar,)
    media_type = ICalendar.media_type

    def get(self, request: Request, **where: Any) -> HttpResponse:
        """The calendar as iCalendar (RFC 5545), in the language of the request."""
        view = calendar_for(self)
        language = translation.get_language() or "en"
        return self.send(calendar_ics(self.participant, view, language=language), "calendar.ics")


class CalendarPdf(CalendarFile):
    """The calendar on paper."""

    renderer_classes = (Pdf,)
    media_type = Pdf.media_type

    def get(self, request: Request, **where: Any) -> HttpResponse:
        """The calendar on A4, in date order on as many pages as it needs, in the language of the request."""
        view = calendar_for(self)
        language = translation.get_language() or "en"
        return self.send(calendar_pdf(self.participant, view, language=language), "calendar.pdf")


class CalendarCsv(CalendarFile):
    """The calendar as a table."""

    renderer_classes = (Csv,)
    media_type = Csv.media_type

    def get(self, request: Request, **where: Any) -> HttpResponse:
        """The calendar as CSV with a header, one row for each day."""
        view = calendar_for(self)
        return self.send(calendar_csv(self.participant, view, language="en"), "calendar.csv")


class Injection(Acting):
    """One injection of a participant."""

    reads, writes = Permission.VIEW_PARTICIPANTS, Permission.RECORD
    body_shape = shapes.InjectionBody
    shape = answer_shape = shapes.InjectionShape
    refusals = RECORDING

    def get(self, request: Request, **where: Any) -> Response:
        """One injection by its number, from 1 over all courses."""
        return self.shown(injection_day(self.participant, self.kwargs["injection"], at=self.at))

    def act(self, **record: Any) -> InjectionDay:
        """Record that an injection was given, partly given or missed: when, where, by whom, why."""
        number = self.kwargs["injection"]
        said = SaidOfInjection(**record)
        record_injection(participant=self.participant, number=number, said=said, by=self.by, at=self.at)
        return injection_day(self.participant, number, at=self.at)


class Visit(Acting):
    """One visit of a participant."""

    reads, writes = Permission.VIEW_PARTICIPANTS, Permission.RECORD
    body_shape = shapes.VisitBody
    shape = answer_shape = shapes.VisitShape
    refusals = (*RECORDING, NotConfirmed)

    def get(self, request: Request, **where: Any) -> Response:
        """One visit by its code."""
        return self.shown(visit_day(self.participant, self.kwargs["code"], at=self.at))

    def act(self, **record: Any) -> VisitDay:
        """Record that a visit was done or missed, or move it to another day."""
        code = self.kwargs["code"]
        said = SaidOfVisit(**record)
        record_visit(participant=self.participant, code=code, said=said, by=self.by, at=self.at)
        return visit_day(self.participant, code, at=self.at)


class InjectionHour(Acting):
    """The hour of the appointment for one injection."""

    writes = Permission.RECORD
    body_shape = shapes.HourBody
    answer_shape = shapes.InjectionShape
    refusals = HOURS

    def act(self, *, hour: time | None) -> CalendarDay:
        """Set the hour, change it, or take it back with null. It moves with the day."""
        number = self.kwargs["injection"]
        return set_hour(participant=self.participant, number=number, hour=hour, by=self.by, at=self.at)


class VisitHour(Acting):
    """The hour of the appointment for one visit."""

    writes = Permission.RECORD
    body_shape = shapes.HourBody
    answer_shape = shapes.VisitShape
    refusals = HOURS

    def act(self, *, hour: time | None) -> CalendarDay:
        """Set the hour, change it, or take it back with null. It moves with the day."""
        code = self.kwargs["code"]
        return set_hour(participant=self.participant, code=code, hour=hour, by=self.by, at=self.at)


class Standing(Acting):
    """What changes where a participant stands."""

    answer_shape = shapes.StandingShape

    def standing(self, row: ParticipantStatus | None) -> dict[str, Any]:
        """The participant's status after the act."""
        person = self.participant
        status = row.status if row else person.current_status
        scope = row.scope if row else person.current_scope
        until, cause = (row.until, row.cause) if row else (None, "")
        said = {"participant": person.number, "status": status, "scope": scope}
        return said | {"until": until, "cause": cause}


class Hold(Standing):
    """A hold on a participant's treatment."""

    writes = Permission.HOLD
    body_shape = shapes.HoldBody
    refusals = (WrongStatus, NotConfirmed)

    def act(
        self,
        *,
        reason: str,
        confirmed: dict[str, object],
        until: date | None = None,
        deviation_reason: str = "",
    ) -> dict[str, Any]:
        """Put treatment on hold. Visits and their reminders go on; planned days stay as they are."""
        row = hold(
            participant=self.participant,
            reason=reason,
            until=until,
            deviation_reason=deviation_reason,
            confirmed=confirmed,
            by=self.by,
            at=self.at,
        )
        return self.standing(row)


class Release(Standing):
    """The end of a hold."""

    writes = Permission.HOLD
    body_shape = shapes.ReasonBody
    refusals = (NotOnHold,)

    def act(self, *, reason: str) -> dict[str, Any]:
        """Release a hold: the participant is where he or she was before."""
        row = release(participant=self.participant, reason=reason, by=self.by, at=self.at)
        return self.standing(row)


class Withdrawal(Standing):
    """A withdrawal."""

    writes = Permission.WITHDRAW
    body_shape = shapes.WithdrawalBody
    refusals = (WrongStatus, NotConfirmed)

    def act(self, **said: Any) -> dict[str, Any]:
        """Record a withdrawal in its scope, a death, or a loss to follow-up. What it ends stops at once."""
        hand = hand_of_token(self.request.auth)
        row = withdraw(participant=self.participant, by=self.by, at=self.at, hand=hand, **said)
        return self.standing(row)


class EndCorrection(Standing):
    """The correction of the latest withdrawal, death or loss."""

    writes = Permission.WITHDRAW
    body_shape = shapes.EndCorrectionBody
    refusals = (NoEnd, WrongStatus, NotConfirmed)

    def act(self, **said: Any) -> dict[str, Any]:
        """Say what is right. The first entry stays; days that lie ahead count again."""
        hand = hand_of_token(self.request.auth)
        row = correct_end(participant=self.participant, by=self.by, at=self.at, hand=hand, **said)
        return self.standing(row)


class Mistake(Standing):
    """A number that was given by mistake."""

    writes = Permission.SCREEN
    body_shape = shapes.ReasonBody
    refusals = (TooLate,)

    def act(self, *, reason: str) -> dict[str, Any]:
        """Mark it: it leaves every count, and nothing more is recorded under it."""
        row = mark_mistake(participant=self.participant, reason=reason, by=self.by, at=self.at)
        return self.standing(row)


class NoMistake(Standing):
    """A number that was rightly given."""

    writes = Permission.SCREEN
    body_shape = shapes.ReasonBody
    refusals = (NoMistakeMarked,)

    def act(self, *, reason: str) -> dict[str, Any]:
        """Take the mark of a mistake back: the participant is where he or she was before it."""
        row = take_mistake_back(participant=self.participant, reason=reason, by=self.by, at=self.at)
        return self.standing(row)


class FoundAgain(Standing):
    """The end of a loss to follow-up."""

    writes = Permission.WITHDRAW
    body_shape = shapes.ReasonBody
    refusals = (NotLost,)

    def act(self, *, reason: str) -> dict[str, Any]:
        """A participant who was lost is found: visits go on, treatment does not."""
        row = find_again(participant=self.participant, reason=reason, by=self.by, at=self.at)
        return self.standing(row)


class Due(Endpoint):
    """What is due."""

    reads = Permission.VIEW_PARTICIPANTS
    query_shape = shapes.DueQuery
    shape = shapes.DueShape

    def get(self, request: Request, **where: Any) -> Response:
        """What the token's site, or every site of the trial, has to do on a day; late first."""
        day = self.query.get("day") or day_at(self.sites[0], self.at)
        return self.shown(due_list(self.sites, on=day, at=self.at))

    @cached_property
    def sites(self) -> list[Any]:
        """The sites within the token's reach."""
        return sites_for(self.by)
