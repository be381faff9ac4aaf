"""Pages of one list: its acceptance report, its next step, and the import of a file."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse, reverse_lazy
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from randomization.core.brought.table_file import MOST_BYTES, MOST_COLUMNS
from randomization.models import RandomizationList
from randomization.queries import find_list
from randomization.sealed.lists.acceptance import acceptance_report
from randomization.sealed.lists.acceptance_presenters import report_tables, verdict_lines
from randomization.sealed.lists.forms import ImportForm, SetAsideForm, Signature, StepForm
from randomization.sealed.lists.importing import ListRefused, expected_of, import_list
from randomization.sealed.lists.list_presenters import lists_shown, state_of, steps_told, why_aside
from randomization.sealed.lists.next_acts import NextAct, next_act
from randomization.sealed.lists.setting_aside import check_can_set_aside, set_aside
from randomization.sealed.lists.steps import WrongStep, steps_of
from trial.core.sentences import Words
from trial.pages.form_page import FormPage, answer_refusal
from trial.pages.frame import Page
from trial.pages.signing import SigningPage, signature
from trial.people.confirming import confirm_password
from trial.permissions import Permission
from trial.refusals import NotConfirmed, Refusal, in_page_language, why_not


class ListOverview(Page, TemplateView):
    """The lists of the trial: how far they are, what was signed, how many envelopes are drawn."""

    permission = Permission.MANAGE_LISTS
    template_name = "sealed/lists.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        """Nothing of what an envelope holds is read here."""
        return super().get_context_data(lists=lists_shown(self.by.trial, self.by), **context)


class OneList(Page, FormPage):
    """A page about one list, named by its number among the trial's; signed with the password."""

    permission = Permission.MANAGE_LISTS
    form_class = Signature
    success_url = reverse_lazy("lists")

    @cached_property
    def list(self) -> RandomizationList:
        """The list. Raises NotFound."""
        return find_list(self.by.trial, self.kwargs["sequence"])

    @property
    def next(self) -> NextAct | None:
        """What this person may do next with the list, or why not."""
        return next_act(self.list, self.by.trial, by=self.by, taken=steps_of(self.list))

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        """The list, and what comes next."""
        return super().get_context_data(list=self.list, next=self.next, **context)


class ListReport(OneList):
    """The acceptance report. It names arms, so it is the reply to a signed request and has no address."""

    template_name = "sealed/list_report.html"

    def form_valid(self, form: Any) -> HttpResponse:
        """Show the report, or why not."""
        try:
            return self.shown(**form.cleaned_data)
        except Refusal as reason:
            return answer_refusal(self, form, reason)

    def shown(self, *, password: str) -> HttpResponse:
        """The tables of the report."""
        confirm_password(self.request, password)
        report = acceptance_report(list_=self.list, by=self.by, at=self.at)
        context = {
            "list": self.list,
            "origin": in_page_language(report.origin),
            "verdict": verdict_lines(report),
            "tables": report_tables(report),
        }
        return render(self.request, "sealed/list_reported.html", context | {"next": self.next})


class TakeListStep(SigningPage, OneList):
    """Take the list's next step: accept, seal or activate it."""

    form_class = StepForm
    template_name = "sealed/list_step.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        """The list and what comes next; where nothing does, what happened to it."""
        shown = super().get_context_data(**context)
        if shown["next"] is None:
            taken, reason = steps_of(self.list), why_aside(self.list)
            shown |= {
                "state": state_of(taken, reason),
                "reason": reason,
                "steps": steps_told(taken, reason),
            }
        return shown

    def act(self, **answers: Any) -> str:
        """Take the step that is signed."""
        if (following := self.next) is None:
            raise WrongStep(_("Nothing more is to be done with this list here."))
        taken = following.act.take(list_=self.list, by=self.by, at=self.at, **answers)
        said = {"name": self.list.name, "step": taken.get_step_display()}
        return _("“%(name)s” is %(step)s now.") % said


class SetListAside(SigningPage, OneList):
    """Set a draft aside, with a reason and a signature."""

    form_class = SetAsideForm
    template_name = "sealed/set_list_aside.html"

    @property
    def why_not(self) -> str:
        """Why the list cannot be set aside now; empty where it can."""
        taken = steps_of(self.list)
        return why_not(check_can_set_aside, self.list, self.by.trial, by=self.by, taken=taken)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        """The list, and why not."""
        return super().get_context_data(why_not=self.why_not, **context)

    def act(self, **answers: Any) -> str:
        """Set aside what is signed."""
        set_aside(list_=self.list, by=self.by, at=self.at, **answers)
        return _("“%(name)s” is set aside. Its file can be brought again.") % {"name": self.list.name}


class ImportList(SigningPage):
    """Bring a statistician's list, and sign that it is brought."""

    permission = Permission.MANAGE_LISTS
    form_class = ImportForm
    template_name = "sealed/import_list.html"

    notes: tuple[Words, ...] = ()
    form: ImportForm

    def get_form_kwargs(self) -> dict[str, Any]:
        """Arms and strata come from the protocol, columns that were asked about from the page before."""
        asked = self.request.POST.getlist("heading")[:MOST_COLUMNS]
        return super().get_form_kwargs() | {"trial": self.by.trial, "headings": asked}

    def hear(self, notes: tuple[Words, ...]) -> None:
        """Take what was passed over in the file."""
        self.notes = notes

    def form_valid(self, form: Any) -> HttpResponse:
        """Hand over what the service wants; the file is in memory, and read once.

        What was passed over in the file is in its own words, which may name arms: it is shown in the reply,
        and kept in no session.
        """
        self.form = form
        answers = form.cleaned_data
        expected = {"environment": answers["environment"]} | form.words()
        form.cleaned_data = (
            {name: answers[name] for name in ("file", "name", "reason")}
            | signature(answers)
            | {"expected": expected, "confirmed": form.confirmed_sizes(answers["confirmed"])}
        )
        answer = super().form_valid(form)
        if not self.notes:
            return answer
        notes = [in_page_language(note) for note in self.notes]
        return render(self.request, "sealed/list_imported.html", {"notes": notes})

    def act(self, **answers: Any) -> str:
        """Import the list that is signed; ask on the same page what its columns are, where nobody knows."""
        try:
            return self._imported(answers)
        except NotConfirmed as asked:
            raise NotConfirmed(self.form.at_fields(asked.doubts)) from asked
        except ListRefused as reason:
            self.form.ask(reason.asked)
            raise

    def _imported(self, answers: dict[str, Any]) -> str:
        made = import_list(
            trial=self.by.trial,
            data=answers["file"].read(MOST_BYTES + 1),
            expected=expected_of(self.by.trial, **answers["expected"]),
            name=answers["name"],
            reason=answers["reason"],
            by=self.by,
            at=self.at,
            tell=self.hear,
            confirmed=answers["confirmed"],
            hand=answers["hand"],
        )
        return _("“%(name)s” is imported as a draft. Read its acceptance report.") % {"name": made.name}

    def get_success_url(self) -> str:
        """The report of the lists."""
        return reverse("lists")
