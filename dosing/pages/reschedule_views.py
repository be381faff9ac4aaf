"""The clinic door's pages after a slip: why each day is what it is, the lawful options, closed days."""

from __future__ import annotations

from datetime import date
from functools import cached_property
from typing import Any, assert_never

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from dosing.core.options import OptionKind
from dosing.pages.options_presenters import (
    change_columns,
    choices,
    explained_columns,
    explained_rows,
    recounted_in_words,
)
from dosing.pages.reschedule_forms import ClosedDayForm, OptionForm
from dosing.reading.closed_days import closed_days
from dosing.reading.queries import current_plan
from dosing.reading.situation import explained, open_slips, recounted, situation_of
from dosing.services.choosing import check_can_choose, follow_actual, keep_days, move_course
from dosing.services.choosing import present_options as options_of
from dosing.services.closing import close_day, open_day
from dosing.services.recording import NothingPlanned
from trial.pages.frame import ParticipantPage
from trial.pages.idempotent_page import IdempotentPage
from trial.permissions import Permission
from trial.queries import sites_for
from trial.refusals import can
from trial.screening.views import ParticipantAct
from trial.wording.words import full_day


class DayExplanations(ParticipantPage, TemplateView):
    """Every planned day of a participant, each with the reason for it."""

    permission = Permission.VIEW_PARTICIPANTS
    template_name = "dosing/days.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        """The table, once there is a calendar."""
        plan = current_plan(self.participant)
        rows = explained_rows(explained(self.participant, plan)) if plan else []
        return super().get_context_data(columns=explained_columns(), rows=rows, plan=plan, **context)


class ChooseOption(ParticipantAct):
    """What the protocol allows after a slip: every option with the days that it changes."""

    permission = Permission.BOOK
    form_class = OptionForm
    template_name = "dosing/options.html"

    @cached_property
    def choices(self) -> Any:
        """The options as they stand. Raises NothingPlanned."""
        plan, at = current_plan(self.participant), self.at
        found = options_of(participant=self.participant, at=at)
        if plan is None:
            raise NothingPlanned(_("%(number)s has no calendar yet.") % {"number": self.participant.number})
        keeps = can(check_can_choose, self.participant, OptionKind.KEEP)
        slipped = open_slips(self.participant, situation_of(self.participant, plan, at=at)) if keeps else ()
        return choices(found, [slip.course for slip in slipped])

    def get_form_kwargs(self) -> dict[str, Any]:
        """Give the form the options of the protocol."""
        return super().get_form_kwargs() | {"choices": self.choices}

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        """The words over the tables of changed days, and what any of them moves besides."""
        plan = current_plan(self.participant)
        moved = recounted_in_words(recounted(self.participant, plan)) if plan else ""
        return super().get_context_data(columns=change_columns(), recounted=moved, **context)

    def form_valid(self, form: Any) -> HttpResponse:
        """Stopping has a page of its own, where the reason and the scope are asked."""
        if form.cleaned_data["option"] == OptionKind.STOP:
            return redirect("withdraw", self.participant.number)
        return super().form_valid(form)

    def act(self, **answers: Any) -> str:
        """Apply the chosen option."""
        word, _colon, rest = answers["option"].partition(":")
        kind = OptionKind(word)
        course, _colon, start = rest.partition(":")
        given: dict[str, Any] = {
            "participant": self.participant,
            "course": int(course),
            "reason": answers["reason"],
            "by": self.by,
        }
        match kind:
            case OptionKind.MOVE:
                move_course(start=date.fromisoformat(start), at=self.at, **given)
                return _("The course is moved. Every changed day is in the calendar.")
            case OptionKind.FOLLOW:
                follow_actual(at=self.at, **given)
                return _("Later days are counted from the course as it really began.")
            case OptionKind.KEEP:
                keep_days(at=self.at, **given)
                return _("The days are kept.")
            case OptionKind.STOP:
                raise ValueError("Stopping has a page of its own.")
            case _:
                assert_never(kind)


class ClosedDayList(IdempotentPage):
    """The days on which a site is closed, beside the public holidays of its region."""

    permission = Permission.CLOSE_DAYS
    form_class = ClosedDayForm
    template_name = "dosing/closed_days.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        """Give the form the sites within reach."""
        return super().get_form_kwargs() | {"sites": sites_for(self.by)}

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        """The closed days of each site."""
        sites = [
            (site, [(day.isoformat(), full_day(day), name.en) for day, name in closed_days(site).items()])
            for site in sites_for(self.by)
        ]
        return super().get_context_data(sites=sites, **context)

    def act(self, **answers: Any) -> str:
        """Close a day, or open it again."""
        where: dict[str, Any] = {"site": answers["site"], "day": answers["day"], "by": self.by}
        day = {"day": full_day(answers["day"])}
        if answers["open_again"]:
            open_day(at=self.at, **where)
            return _("%(day)s is a working day again.") % day
        close_day(name=answers["name"], confirmed=answers["confirmed"], at=self.at, **where)
        return _("%(day)s is entered as closed.") % day

    def get_success_url(self) -> str:
        """Stay on this page."""
        return reverse("closed_days")
