"""The clinic door's pages of the calendar. Each turns a form into one service call."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.core.paginator import Paginator
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from dosing.agenda import agenda
from dosing.forms import (
    BookForm,
    GivenForm,
    HoldForm,
    NotGivenForm,
    PartialForm,
    ReleaseForm,
    VisitDoneForm,
    VisitMissedForm,
    VisitMovedForm,
    WithdrawForm,
)
from dosing.models import InjectionOutcome, VisitOutcome
from dosing.next_step import next_step
from dosing.outbox import keeps_a_folder, letters, reminders_for
from dosing.queries import calendar_of, current_plan, injection_day, visit_day
from dosing.services import (
    book_first_injection,
    hold,
    propose_first_injection,
    record_injection,
    record_visit,
    release,
    withdraw,
)
from dosing.showing import columns, grid, last_body_sites, name_of, next_body_site, visit_dots
from dosing.telling import story
from randomization.queries import envelope_of
from trial.clock import day_at, local
from trial.models import Status
from trial.pages import Page, ParticipantPage
from trial.participant_views import ParticipantAct
from trial.permissions import Permission, may
from trial.queries import contact_of
from trial.wording import STATE_OF, full_day, medium_day, moment, say

ROWS = 50
LETTERS = 20
ENDED = {Status.WITHDRAWN, Status.COMPLETED, Status.SCREEN_FAILED}


class Today(Page, TemplateView):
    """Who, what, where, by when: late first."""

    permission = Permission.RECORD
    template_name = "dosing/today.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        """The agenda of this moment."""
        return super().get_context_data(agenda=agenda(self.by, at=timezone.now()), **context)


class CalendarPage(ParticipantPage, TemplateView):
    """What the participant's page and the printed calendar share: header, grid, line of visits."""

    permission = Permission.VIEW_PARTICIPANTS
    links = False

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        """The calendar in the shapes of the components."""
        person, at = self.participant, timezone.now()
        calendar, today = calendar_of(person, at=at), day_at(person.site, at)
        links = self.links and may(self.by.role, Permission.RECORD)
        shown = {
            "courses": grid(calendar, person.site, today=today, links=links),
            "columns": columns(calendar),
            "visits": visit_dots(calendar, person, today=today, links=links),
        }
        return super().get_context_data(
            calendar=calendar, today=today, header=self.header(calendar), **(shown if calendar else {}), **context
        )

    def header(self, calendar: Any) -> dict[str, Any]:
        """Who this is, for `components/participant_header.html`."""
        person, envelope = self.participant, envelope_of(self.participant)
        status = Status(person.current_status)  # type: ignore[attr-defined]
        return {
            "randomization_number": envelope.number if envelope else "",
            "randomized": moment(envelope.drawn_at, person.site) if envelope and envelope.drawn_at else "",
            "day_one": medium_day(calendar.first_injection) if calendar else "",
            "day_one_provisional": bool(calendar and calendar.provisional),
            "state": STATE_OF[status],
            "state_label": str(status.label),
        }


class ParticipantView(CalendarPage):
    """One participant: header, calendar, next step, story."""

    template_name = "dosing/participant.html"
    links = True

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        """Add the next step, the story, and what else this role may do."""
        context = super().get_context_data(**context)
        role, status = self.by.role, self.participant.current_status  # type: ignore[attr-defined]
        return context | {
            "step": next_step(self.participant, context["calendar"], role),
            "events": story(self.participant),
            "contact": contact_of(self.participant),
            "may_contact": may(role, Permission.MANAGE_CONTACT) and status not in ENDED,
            "may_hold": may(role, Permission.HOLD) and status in {Status.RANDOMIZED, Status.ON_TREATMENT},
            "may_withdraw": may(role, Permission.WITHDRAW) and status not in ENDED,
        }


class CalendarSheet(CalendarPage):
    """One page of paper for the participant and the ward."""

    template_name = "dosing/calendar.html"


class Book(ParticipantAct):
    """Choose the day of the first injection among the days that the protocol allows."""

    permission = Permission.BOOK
    form_class = BookForm
    template_name = "dosing/book.html"

    @cached_property
    def proposals(self) -> Any:
        """The possible days, best first. Raises NotRandomized."""
        return propose_first_injection(participant=self.participant, at=timezone.now())

    def get_form_kwargs(self) -> dict[str, Any]:
        """The days to choose from, and whether one was chosen before."""
        moved = current_plan(self.participant) is not None
        return super().get_form_kwargs() | {"proposals": self.proposals, "moved": moved}

    def act(self, **answers: Any) -> str:
        """Book the day; the calendar follows from it."""
        plan = book_first_injection(participant=self.participant, by=self.by, at=timezone.now(), **answers)
        return _("Day 1 is booked for %(day)s.") % {"day": full_day(plan.first_injection)}


class Recorder(ParticipantAct):
    """A record of one injection or visit: `?outcome=` says which questions are asked."""

    permission = Permission.RECORD
    forms: dict[str, Any] = {}

    @property
    def outcome(self) -> str:
        """What is being said; the first of the outcomes unless another is asked for."""
        wanted = self.request.GET.get("outcome", "")
        return wanted if wanted in self.forms else next(iter(self.forms))

    def get_form_class(self) -> Any:
        """The questions of that outcome."""
        return self.forms[self.outcome]

    def get_form_kwargs(self) -> dict[str, Any]:
        """Whether something is recorded already."""
        return super().get_form_kwargs() | {"correction": self.day.recorded}

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        """The day, its name, and the other things that can be said of it."""
        return super().get_context_data(
            day=self.day, name=name_of(self.day), outcome=self.outcome, choices=self.choices(), **context
        )

    day: Any

    def choices(self) -> list[tuple[str, str]]:
        """The outcomes, each with its words."""
        raise NotImplementedError


class RecordInjection(Recorder):
    """Say what happened to one injection."""

    template_name = "dosing/injection.html"
    forms = {
        InjectionOutcome.GIVEN.value: GivenForm,
        InjectionOutcome.PARTIAL.value: PartialForm,
        InjectionOutcome.MISSED.value: NotGivenForm,
    }

    @cached_property
    def day(self) -> Any:
        """The injection as it stands. Raises NotFound."""
        return injection_day(self.participant, self.kwargs["injection"], at=timezone.now())

    def get_initial(self) -> dict[str, Any]:
        """Now, here, by me, at the next place on the body: what is most often right."""
        person, now = self.participant, local(self.day.happened_at or timezone.now(), self.participant.site)
        last = last_body_sites([person.pk]).get(person.pk, "")
        return {
            "day": now.date(),
            "time": now.time(),
            "body_site": self.day.body_site or next_body_site(last),
            "place": self.day.place or "hospital",
            "given_by": self.day.given_by or self.by.user.shown_name,
        }

    def choices(self) -> list[tuple[str, str]]:
        """Given, partly given, not given."""
        return [(value, str(label)) for value, label in InjectionOutcome.choices]

    def form_valid(self, form: Any) -> Any:
        """Hand over what the service takes."""
        form.cleaned_data = form.record(self.participant.site.tzinfo)
        return super().form_valid(form)

    def act(self, **answers: Any) -> str:
        """Record it."""
        record_injection(
            participant=self.participant,
            number=self.day.number,
            outcome=self.outcome,
            by=self.by,
            at=timezone.now(),
            **answers,
        )
        words = {"what": name_of(self.day), "outcome": InjectionOutcome(self.outcome).label}
        return _("%(what)s is recorded: %(outcome)s.") % words


class RecordVisit(Recorder):
    """Say what happened to one visit."""

    template_name = "dosing/visit.html"
    forms = {
        VisitOutcome.DONE.value: VisitDoneForm,
        VisitOutcome.MOVED.value: VisitMovedForm,
        VisitOutcome.MISSED.value: VisitMissedForm,
    }

    @cached_property
    def day(self) -> Any:
        """The visit as it stands. Raises NotFound."""
        return visit_day(self.participant, self.kwargs["code"], at=timezone.now())

    def get_initial(self) -> dict[str, Any]:
        """Today, for a visit that is being recorded."""
        return {"day": day_at(self.participant.site, timezone.now())}

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        """The visit's own words and what is done at it, from the protocol of the plan."""
        plan = current_plan(self.participant)
        visits = plan.protocol_version.protocol.visits if plan else ()
        visit = next((row for row in visits if row.code == self.day.code), None)
        label = say(visit.label) if visit else self.day.code
        procedures = [say(row) for row in visit.procedures] if visit else []
        return super().get_context_data(label=label, procedures=procedures, **context)

    def choices(self) -> list[tuple[str, str]]:
        """Done, moved, missed."""
        return [(value, str(VisitOutcome(value).label)) for value in self.forms]

    def form_valid(self, form: Any) -> Any:
        """Hand over what the service takes."""
        form.cleaned_data = form.record()
        return super().form_valid(form)

    def act(self, **answers: Any) -> str:
        """Record it."""
        record_visit(
            participant=self.participant,
            code=self.day.code,
            outcome=self.outcome,
            by=self.by,
            at=timezone.now(),
            **answers,
        )
        words = {"what": name_of(self.day), "outcome": VisitOutcome(self.outcome).label}
        return _("Visit %(what)s is recorded: %(outcome)s.") % words


class Hold(ParticipantAct):
    """Put treatment on hold."""

    permission = Permission.HOLD
    form_class = HoldForm
    template_name = "dosing/hold.html"

    def act(self, **answers: Any) -> str:
        """Hold."""
        hold(participant=self.participant, by=self.by, at=timezone.now(), **answers)
        return _("Treatment is on hold. No reminder is sent.")


class Release(ParticipantAct):
    """End a hold."""

    permission = Permission.HOLD
    form_class = ReleaseForm
    template_name = "dosing/release.html"

    def act(self, **answers: Any) -> str:
        """Release."""
        release(participant=self.participant, by=self.by, at=timezone.now(), **answers)
        return _("The hold is released.")


class Withdraw(ParticipantAct):
    """Record a withdrawal."""

    permission = Permission.WITHDRAW
    form_class = WithdrawForm
    template_name = "dosing/withdraw.html"

    def act(self, **answers: Any) -> str:
        """Withdraw."""
        withdraw(participant=self.participant, by=self.by, at=timezone.now(), **answers)
        return _("The withdrawal is recorded. What it ends has stopped.")


class Outbox(Page, TemplateView):
    """The reminders within reach, and without a mail server the messages themselves."""

    permission = Permission.VIEW_OUTBOX
    template_name = "dosing/outbox.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        """One page of reminders, and the newest messages of the folder."""
        page = Paginator(reminders_for(self.by), ROWS).get_page(self.request.GET.get("page"))
        rows = [(row, moment(row.sent_at or row.due_at, row.participant.site)) for row in page]
        return super().get_context_data(
            page=page, rows=rows, folder=keeps_a_folder(), letters=letters(self.by, most=LETTERS), **context
        )
