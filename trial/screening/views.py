"""The clinic door's pages from the first number to the eligibility check."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from trial.models import ChecklistDraft
from trial.pages.frame import Page, ParticipantPage
from trial.pages.idempotent_page import IdempotentPage
from trial.permissions import Permission, may
from trial.queries import NotFound, contact_of, find_participant, latest_check, participants_for, sites_for
from trial.screening.beforehand import notes_for, said_beforehand
from trial.screening.checklists import how_far, keep_checklist, kept_checklist
from trial.screening.consent_correction import correct_consent
from trial.screening.erasing import erase_contact
from trial.screening.forms import (
    ConsentCorrectionForm,
    ConsentForm,
    ContactForm,
    EligibilityForm,
    EraseForm,
    FindForm,
    MistakeForm,
    ScreenForm,
    as_typed,
)
from trial.screening.mistakes import mark_mistake, take_mistake_back
from trial.screening.participant_list import as_row, matching, next_days, state_filters
from trial.screening.services import (
    check_eligibility,
    is_closed,
    record_consent,
    record_contact,
    screen,
)
from trial.wording.words import moment

ROWS = 50
KEEP = "keep"
"""The name of the button that keeps a checklist half-done."""


class ParticipantList(Page, TemplateView):
    """The participants within reach: found by number, narrowed by state."""

    permission = Permission.VIEW_PARTICIPANTS
    template_name = "trial/participants.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """A whole, right number of either kind leads straight to its participant."""
        try:
            return redirect("participant", find_participant(self.by, request.GET.get("q", "")).number)
        except NotFound:
            return super().get(request, *args, **kwargs)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        """One page of the list, the filters with their counts, and what a search did not find."""
        form = FindForm(self.request.GET)
        good = form.cleaned_data if form.is_valid() else {}
        everyone = list(participants_for(self.by))
        found, hint = matching(everyone, good.get("q", ""))
        chosen = [row for row in found if good.get("state", "") in {"", row.current_status}]
        page = Paginator(chosen, ROWS).get_page(self.request.GET.get("page"))
        ahead = next_days([*page], at=self.at)
        return super().get_context_data(
            form=form,
            page=page,
            rows=[as_row(row, at=self.at, ahead=ahead.get(row.pk, "")) for row in page],
            notes=said_beforehand(sites_for(self.by), at=self.at),
            filters=state_filters(everyone, good.get("state", ""), good.get("q", "")),
            kept="&" + urlencode(good),
            hint=hint,
            nobody=not everyone,
            several_sites=self.by.site_id is None,
            may_screen=may(self.by.role, Permission.SCREEN),
            **context,
        )


class ScreenParticipant(IdempotentPage):
    """Give a person who is being screened a number."""

    permission = Permission.SCREEN
    form_class = ScreenForm
    template_name = "trial/screen.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        """Give the form the sites within reach."""
        return super().get_form_kwargs() | {"sites": sites_for(self.by)}

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        """What to know before somebody is examined: a closed site, a target reached, a list used up."""
        return super().get_context_data(notes=said_beforehand(sites_for(self.by), at=self.at), **context)

    def act(self, **answers: Any) -> str:
        """Screen, and go to the new participant."""
        participant = screen(by=self.by, at=self.at, **answers)
        self.success_url = reverse("participant", args=[participant.number])
        return _("The number is %(number)s. Write it on the consent form.") % {"number": participant.number}


class ParticipantAct(ParticipantPage, IdempotentPage):
    """An act on one participant; afterwards their page is shown."""

    def get_success_url(self) -> str:
        """Back to the participant."""
        return reverse("participant", args=[self.participant.number])


class MarkMistake(ParticipantAct):
    """Say that a number was given by mistake."""

    permission = Permission.SCREEN
    form_class = MistakeForm
    template_name = "trial/mistake.html"

    def act(self, **answers: Any) -> str:
        """Mark it."""
        mark_mistake(participant=self.participant, by=self.by, at=self.at, **answers)
        return _("%(number)s is marked as screened by mistake and no longer counted.") % {
            "number": self.participant.number
        }


class TakeMistakeBack(ParticipantAct):
    """Say that a number was rightly given."""

    permission = Permission.SCREEN
    form_class = MistakeForm
    template_name = "trial/no_mistake.html"

    def act(self, **answers: Any) -> str:
        """Take the mark back."""
        take_mistake_back(participant=self.participant, by=self.by, at=self.at, **answers)
        return _("The mark is taken back. %(number)s is counted again.") % {"number": self.participant.number}


class RecordConsent(ParticipantAct):
    """Record the day on which the consent form was signed."""

    permission = Permission.SCREEN
    form_class = ConsentForm
    template_name = "trial/consent.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        """What to know before somebody signs."""
        notes = notes_for(self.participant, at=self.at)
        return super().get_context_data(notes=notes, **context)

    def act(self, **answers: Any) -> str:
        """Record the consent."""
        record_consent(participant=self.participant, by=self.by, at=self.at, **answers)
        return _("The consent is recorded.")


class CorrectConsent(ParticipantAct):
    """Put the day of the consent right; the first entry stays."""

    permission = Permission.SCREEN
    form_class = ConsentCorrectionForm
    template_name = "trial/correct_consent.html"

    def get_initial(self) -> dict[str, Any]:
        """Start with the recorded day of the consent."""
        return {"signed_on": self.participant.signed_on}

    def act(self, **answers: Any) -> str:
        """Correct the consent."""
        done = correct_consent(participant=self.participant, by=self.by, at=self.at, **answers)
        if not done.deviations:
            return _("The day of the consent is corrected.")
        return ngettext(
            "The day of the consent is corrected. What was done does not agree with it: "
            "a deviation is drafted. Tell the investigator.",
            "The day of the consent is corrected. What was done does not agree with it: "
            "%(count)d deviations are drafted. Tell the investigator.",
            len(done.deviations),
        ) % {"count": len(done.deviations)}


class EraseContact(ParticipantAct):
    """Erase everything with which this participant could be reached."""

    permission = Permission.ERASE
    form_class = EraseForm
    template_name = "trial/erase.html"
    keeps_typing = False

    def act(self, **answers: Any) -> str:
        """Erase it."""
        erase_contact(participant=self.participant, by=self.by, at=self.at, **answers)
        return _("The address is erased, with every earlier one. Nothing is sent there any more.")


class CheckEligibility(ParticipantAct):
    """The criteria as a checklist; the answer says eligible, or which criteria fail."""

    permission = Permission.SCREEN
    form_class = EligibilityForm
    template_name = "trial/eligibility.html"

    @property
    def keeping(self) -> bool:
        """Whether the answers are to be kept for later instead of being judged."""
        return KEEP in self.request.POST

    @cached_property
    def draft(self) -> ChecklistDraft | None:
        """The checklist that somebody came only half-way with."""
        return kept_checklist(self.participant)

    def get_initial(self) -> dict[str, Any]:
        """Start with the answers saved for later."""
        protocol = self.participant.trial.protocol_version.protocol
        return as_typed(self.draft, protocol) if self.draft else {}

    def get_form_kwargs(self) -> dict[str, Any]:
        """The questions come from the protocol; at a closed site one more asks for the day."""
        protocol = self.participant.trial.protocol_version.protocol
        late = is_closed(self.participant.site, self.at)
        return super().get_form_kwargs() | {"protocol": protocol, "partial": self.keeping, "late": late}

    def form_valid(self, form: Any) -> HttpResponse:
        """Hand over answers and strata as the service wants them."""
        form.cleaned_data = form.so_far() if self.keeping else form.judged()
        return super().form_valid(form)

    def act(self, **answers: Any) -> str:
        """Judge and keep the answers; or keep them unjudged."""
        given: dict[str, Any] = {"participant": self.participant, "by": self.by, "at": self.at}
        if self.keeping:
            answered, asked = how_far(keep_checklist(**given, **answers))
            text = _("Saved for later: %(answered)d of %(asked)d criteria. Eligibility is not decided yet.")
            return text % {"answered": answered, "asked": asked}
        if check_eligibility(**given, **answers).eligible:
            return _("%(number)s is eligible.") % {"number": self.participant.number}
        return _("%(number)s is not eligible. The page says why.") % {"number": self.participant.number}

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        """What was answered before, for reading, and how far the list is."""
        return super().get_context_data(
            check=latest_check(self.participant),
            draft=self.draft,
            notes=notes_for(self.participant, at=self.at),
            kept_at=self.draft and moment(self.draft.kept_at, self.participant.site),
            **context,
        )


class RecordContact(ParticipantAct):
    """Where this participant's reminders go."""

    permission = Permission.MANAGE_CONTACT
    form_class = ContactForm
    template_name = "trial/contact.html"
    keeps_typing = False

    def get_initial(self) -> dict[str, Any]:
        """The address that counts now, or the language of this page."""
        now = contact_of(self.participant)
        if now is None:
            return {"language": (get_language() or "fr")[:2]}
        return {"email": now.email, "language": now.language, "consented_on": now.consented_on}

    def act(self, **answers: Any) -> str:
        """Record the address for reminders."""
        record_contact(participant=self.participant, by=self.by, at=self.at, **answers)
        return _("Reminders go to this address from now on.")
