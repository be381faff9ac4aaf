"""The clinic door's pages that record what happened to an injection or a visit."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _

from dosing.models import RECORDABLE, InjectionOutcome, VisitOutcome
from dosing.pages.calendar_presenters import last_body_sites, name_of, next_body_site
from dosing.pages.forms import (
    GivenForm,
    NotGivenForm,
    PartialForm,
    VisitDoneForm,
    VisitMissedForm,
    VisitMovedForm,
)
from dosing.reading.queries import current_plan, injection_day, visit_day
from dosing.services.judging import SaidOfInjection, SaidOfVisit
from dosing.services.recording import (
    injection_outcomes_left,
    record_injection,
    record_visit,
    visit_outcomes_left,
)
from trial.pages.form_page import answer_refusal
from trial.permissions import Permission
from trial.refusals import InvalidInput, in_page_language
from trial.screening.views import ParticipantAct
from trial.wording.clock import day_at, local
from trial.wording.words import days_between


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
        """The form of the chosen outcome."""
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
        return injection_day(self.participant, self.kwargs["injection"], at=self.at)

    def get_initial(self) -> dict[str, Any]:
        """Now, here, by me, at the next place on the body: what is most often right.

        For a late entry the planned day, without a time: that must be remembered, not guessed.
        """
        person, day = self.participant, self.day
        moment = local(day.happened_at or self.at, person.site)
        last = last_body_sites([person.pk]).get(person.pk, "")
        late = day.state == "late"
        return {
            "day": day.date if late else moment.date(),
            "time": None if late else moment.time(),
            "body_site": day.body_site or next_body_site(last),
            "place": day.place or "hospital",
            "given_by": day.given_by or self.by.user.shown_name,
        }

    def choices(self) -> list[tuple[str, str]]:
        """The outcomes to choose from: given, partly given, not given."""
        left = injection_outcomes_left(self.participant, self.day.number, at=self.at)
        return [(value, str(label)) for value, label in RECORDABLE if value in left]

    def form_valid(self, form: Any) -> Any:
        """Record the outcome; show a refusal beside its question."""
        try:
            form.cleaned_data = form.record(self.participant.site.tzinfo)
        except InvalidInput as reason:
            return answer_refusal(self, form, reason)
        return super().form_valid(form)

    def act(self, **answers: Any) -> str:
        """Record the outcome and return the sentence that says so."""
        record_injection(
            participant=self.participant,
            number=self.day.number,
            said=SaidOfInjection(outcome=self.outcome, **answers),
            by=self.by,
            at=self.at,
        )
        words = {"what": name_of(self.day), "outcome": InjectionOutcome(self.outcome).label}
        return _("%(what)s is recorded: %(outcome)s.") % words


class RecordVisit(Recorder):
    """Record what happened to one visit."""

    template_name = "dosing/visit.html"
    forms = {
        VisitOutcome.DONE.value: VisitDoneForm,
        VisitOutcome.MOVED.value: VisitMovedForm,
        VisitOutcome.MISSED.value: VisitMissedForm,
    }

    @cached_property
    def day(self) -> Any:
        """The visit as it stands. Raises NotFound."""
        return visit_day(self.participant, self.kwargs["code"], at=self.at)

    def get_initial(self) -> dict[str, Any]:
        """Today, for a visit that is being recorded."""
        return {"day": day_at(self.participant.site, self.at)}

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        """The visit's own words and what is done at it, from the protocol of the plan."""
        plan = current_plan(self.participant)
        visits = plan.protocol_version.protocol.every_visit if plan else ()
        visit = next((row for row in visits if row.code == self.day.code), None)
        label = in_page_language(visit.label) if visit else self.day.code
        procedures = [in_page_language(row) for row in visit.procedures] if visit else []
        window = days_between(self.day.earliest, self.day.latest)
        return super().get_context_data(label=label, procedures=procedures, window=window, **context)

    def choices(self) -> list[tuple[str, str]]:
        """The outcomes to choose from: done, moved, missed."""
        left = visit_outcomes_left(self.participant, self.day.code, at=self.at)
        return [(value, str(VisitOutcome(value).label)) for value in self.forms if value in left]

    def form_valid(self, form: Any) -> Any:
        """Record the outcome; show a refusal beside its question."""
        form.cleaned_data = form.record()
        return super().form_valid(form)

    def act(self, **answers: Any) -> str:
        """Record the outcome and return the sentence that says so."""
        record_visit(
            participant=self.participant,
            code=self.day.code,
            said=SaidOfVisit(outcome=self.outcome, **answers),
            by=self.by,
            at=self.at,
        )
        words = {"what": name_of(self.day), "outcome": VisitOutcome(self.outcome).label}
        return _("%(what)s is recorded: %(outcome)s.") % words
