"""A page with a form that leads to one service: done, or refused beside the question at fault."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.generic import FormView

from trial.pages.asking import AskingForm
from trial.people.confirming import ask_for_secret
from trial.refusals import NotConfirmed, Refusal, in_page_language, note_refusal

PAGE_OF_ITS_OWN = frozenset({403, 404})
SENT_BY_SCRIPT, NEXT = "Velum-Sent", "Velum-Next"


class FormPage(FormView):
    """Turns a good form into one call of `act`; shows a refusal on the form, with what was typed."""

    form_class: type[BaseForm]

    def get_form(self, form_class: Any = None) -> Any:
        """The form; its question for the secret fits how the person came in."""
        return ask_for_secret(super().get_form(form_class), self.request)

    def act(self, **answers: Any) -> str:
        """Do it, and return the sentence that says so. Raises a Refusal."""
        raise NotImplementedError

    def do(self, answers: Mapping[str, Any]) -> tuple[str, str]:
        """Act; returns the sentence that says it is done, and the address to go on to."""
        return self.act(**answers), str(self.get_success_url())

    def form_valid(self, form: BaseForm) -> HttpResponse:
        """Act and go on; or show why not."""
        try:
            sentence, address = self.do(form.cleaned_data)
        except Refusal as reason:
            if reason.status in PAGE_OF_ITS_OWN and not reason.errors:
                raise
            return answer_refusal(self, form, reason)
        return go_on(self.request, sentence, address)

    def form_invalid(self, form: BaseForm) -> HttpResponse:
        """Show the questions again, with what is wrong."""
        return self.render_to_response(self.get_context_data(form=form), status=422)


def go_on(request: HttpRequest, sentence: str, address: str) -> HttpResponse:
    """Lead to the next page, which says the sentence.

    A form sent by `velum/keep.js` gets the address in a header: the script, which must know that the
    form arrived before it forgets what was typed, goes there itself.
    """
    messages.success(request, sentence)
    if SENT_BY_SCRIPT in request.headers:
        return HttpResponse(headers={NEXT: address})
    return redirect(address)


def answer_refusal(page: FormView, form: BaseForm, reason: Refusal) -> HttpResponse:
    """The page again, with what was typed and why not.

    Whoever watches the door learns which refusal it was: a wrong password is counted and entered once.
    """
    show_refusal(form, reason)
    note_refusal(page.request, reason)
    return page.render_to_response(page.get_context_data(form=form), status=reason.status)


def show_refusal(form: BaseForm, reason: Refusal) -> None:
    """Put a refusal's sentences on the form: each beside its question, or at the top.

    What can be confirmed gets a box for it. A form may say in `beside` which of its questions asks for what a
    service knows by another name.
    """
    beside = getattr(form, "beside", {})
    if isinstance(reason, NotConfirmed) and isinstance(form, AskingForm):
        for doubt in reason.doubts:
            form.ask_back(doubt)
    for name, sentence in reason.errors.items():
        question = beside.get(name, name)
        form.add_error(question if question in form.fields else None, in_page_language(sentence))
    if not reason.errors:
        form.add_error(None, str(reason))
