"""The endpoints after a slip: the lawful options, choosing one, and the closed days of sites."""

from __future__ import annotations

from datetime import date
from typing import Any, assert_never

from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response

from dosing.core.options import OptionKind
from dosing.reading.closed_days import closed_days
from dosing.reading.explaining import ExplainedCalendar
from dosing.rest import reschedule_shapes as shapes
from dosing.rest.api import explained_for
from dosing.rest.shapes import CalendarShape
from dosing.services.choosing import (
    CannotMove,
    NoSlip,
    follow_actual,
    keep_days,
    move_course,
    present_options,
)
from dosing.services.closing import DayClosed, DayOpen, close_day, open_day
from dosing.services.recording import NothingPlanned
from trial.models import Site
from trial.permissions import Permission
from trial.queries import sites_for
from trial.refusals import InvalidInput, NotConfirmed
from trial.rest.endpoint import Acting
from trial.screening.services import WrongStatus


class Options(Acting):
    """What the protocol allows after a slip."""

    reads, writes = Permission.VIEW_PARTICIPANTS, Permission.BOOK
    shape = shapes.OptionsShape
    body_shape = shapes.ChoiceBody
    answer_shape = CalendarShape
    read_refusals = (NothingPlanned,)
    refusals = (NothingPlanned, CannotMove, NoSlip, WrongStatus)

    def get(self, request: Request, **where: Any) -> Response:
        """Every lawful option with each day and window that it changes. Stopping is a withdrawal."""
        found = present_options(participant=self.participant, at=self.at)
        return self.shown({"participant": self.participant.number, "options": found})

    def act(self, *, option: str, course: int, reason: str, start: Any = None) -> ExplainedCalendar:
        """Keep the days, move a whole course, or count the rest from the actual course; with a reason."""
        given: dict[str, Any] = {
            "participant": self.participant,
            "course": course,
            "reason": reason,
            "by": self.by,
        }
        match kind := OptionKind(option):
            case OptionKind.MOVE:  # the shape has seen to it that a move has a start
                move_course(start=start, at=self.at, **given)
            case OptionKind.FOLLOW:
                follow_actual(at=self.at, **given)
            case OptionKind.KEEP:
                keep_days(at=self.at, **given)
            case OptionKind.STOP:
                raise ValueError("Stopping is a withdrawal.")
            case _:
                assert_never(kind)
        return explained_for(self)


class ClosedDays(Acting):
    """The days on which a site is closed, beside public holidays."""

    reads, writes = Permission.VIEW_PARTICIPANTS, Permission.CLOSE_DAYS
    shape = answer_shape = shapes.ClosedDaysShape
    body_shape = shapes.ClosedDayBody
    refusals = (DayClosed, DayOpen, NotConfirmed)

    def get(self, request: Request, **where: Any) -> Response:
        """The closed days of the sites within the token's reach."""
        return self.shown(self._days())

    def act(
        self,
        *,
        site: str,
        day: date,
        confirmed: dict[str, object],
        name: str = "",
        closed: bool = True,
    ) -> dict[str, Any]:
        """Enter a closed day, or with `closed` false take it back. No planned day moves."""
        where = self._site(site)
        if closed:
            close_day(site=where, day=day, name=name, by=self.by, at=self.at, confirmed=confirmed)
        else:
            open_day(site=where, day=day, by=self.by, at=self.at)
        return self._days()

    def _days(self) -> dict[str, Any]:
        rows = [
            {"site": site.number, "day": day, "name": name.en}
            for site in sites_for(self.by)
            for day, name in closed_days(site).items()
        ]
        return {"days": rows}

    def _site(self, number: str) -> Site:
        found = next((site for site in sites_for(self.by) if site.number == number), None)
        if found is None:
            sentence = _("There is no site %(number)s within this token's reach.") % {"number": number}
            raise InvalidInput(sentence, {"site": sentence})
        return found
