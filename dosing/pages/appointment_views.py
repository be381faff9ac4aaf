"""The clinic door's page on which the hour of a day is set."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _

from dosing.pages.calendar_presenters import hour_of, name_of
from dosing.pages.forms import HourForm
from dosing.reading.queries import InjectionDay, VisitDay, calendar_of
from dosing.services.appointments import check_can_set_hours, days_for_hours, set_hour
from trial.permissions import Permission
from trial.screening.views import ParticipantAct
from trial.wording.words import full_day

INJECTION, VISIT = "injection", "visit"


class SetHour(ParticipantAct):
    """Say at what hour somebody is expected on a day, or take that back."""

    permission = Permission.RECORD
    form_class = HourForm
    template_name = "dosing/hours.html"

    @cached_property
    def days(self) -> dict[str, InjectionDay | VisitDay]:
        """The days that can have an hour, by their value in the form. Raises NothingAhead."""
        calendar = calendar_of(self.participant, at=self.at)
        check_can_set_hours(self.participant, calendar)
        return {value_of(day): day for day in days_for_hours(calendar)}

    def get_form_kwargs(self) -> dict[str, Any]:
        """The days, each with its hour."""
        return super().get_form_kwargs() | {"days": [(key, label(day)) for key, day in self.days.items()]}

    def act(self, **answers: Any) -> str:
        """Set the hour and return the sentence that says so."""
        kind, _colon, code = str(answers.pop("day")).partition(":")
        which: dict[str, Any] = {"number": int(code)} if kind == INJECTION else {"code": code}
        row = set_hour(participant=self.participant, by=self.by, at=self.at, **which, **answers)
        if row.hour is None:
            return _("%(what)s has no hour any more.") % {"what": name_of(row)}
        return _("%(what)s: appointment at %(hour)s") % {"what": name_of(row), "hour": hour_of(row)}


def value_of(day: InjectionDay | VisitDay) -> str:
    """`injection:3` or `visit:V2`."""
    return f"{INJECTION}:{day.number}" if isinstance(day, InjectionDay) else f"{VISIT}:{day.code}"


def label(day: InjectionDay | VisitDay) -> str:
    """The day in words, with the hour that stands."""
    return " · ".join(filter(None, [full_day(day.date), name_of(day), hour_of(day)]))
