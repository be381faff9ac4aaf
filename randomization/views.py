"""Pages of the blinded half: drawing an envelope, its receipt, and the trial with its list."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from randomization.code_breaks import warning_before_drawing
from randomization.correction_views import beside
from randomization.corrections import check_can_correct_stratum, check_can_flag
from randomization.eligibility.confirming import check_can_confirm, confirm_eligibility, number_of_check
from randomization.forms import ConfirmAndSign, ConfirmEligibilityForm
from randomization.limits import few_envelopes_left, target_notices
from randomization.queries import envelope_of, flagged_in_error, published_list, receipt_of
from randomization.services import (
    AlreadyRandomized,
    check_can_randomize,
    check_may_be_drawn,
    draw_envelope,
)
from randomization.trial_record import assumed, objectives, published, record_facts
from randomization.waiting import period_notes
from trial.core.protocol import Protocol
from trial.core.sentences import Sentence
from trial.models import Site, Status, Trial
from trial.pages.frame import Page, ParticipantPage
from trial.pages.signing import SignedOncePage, SigningPage
from trial.permissions import Permission, may
from trial.protocol.files import LocatedFault
from trial.queries import latest_check, participants_for
from trial.refusals import can, in_page_language, why_not
from trial.wording.words import medium_day, moment


class RandomizeParticipant(ParticipantPage, SigningPage):
    """Confirm, sign, and draw the participant's envelope."""

    permission = Permission.RANDOMIZE
    form_class = ConfirmAndSign
    template_name = "randomization/randomize.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """A participant who has an envelope is shown the receipt; there is nothing to draw."""
        if envelope_of(self.participant):
            return redirect(self.get_success_url())
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        """Why nothing is drawn now, and whether this person may enter a draw on paper instead."""
        may_enter = may(self.by.role, Permission.CORRECT) and can(check_may_be_drawn, self.participant)
        refused = why_not(check_can_randomize, self.participant, at=self.at)
        warned = warning_before_drawing(self.by.user, self.participant)
        asked = period_notes(self.participant, at=self.at)
        told = {"refused": refused, "warned": warned, "asked": asked, "may_enter_paper": may_enter}
        return super().get_context_data(**told, **context)

    def act(self, **answers: Any) -> str:
        """Draw. A second click finds the envelope of the first."""
        try:
            envelope = draw_envelope(participant=self.participant, by=self.by, at=self.at, **answers)
        except AlreadyRandomized as reason:
            return str(reason)
        return _("Envelope drawn: %(number)s.") % {"number": envelope.number}

    def get_success_url(self) -> str:
        """The receipt."""
        return reverse("receipt", args=[self.participant.number])


class ConfirmEligibility(ParticipantPage, SignedOncePage):
    """An investigator confirms the eligibility check that counts, and signs."""

    permission = Permission.CONFIRM_ELIGIBILITY
    form_class = ConfirmEligibilityForm
    template_name = "randomization/confirm_eligibility.html"

    def get_initial(self) -> dict[str, Any]:
        """The check that is looked at."""
        return {"check": number_of_check(self.participant)}

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        """When the check was made and by whom, or why there is nothing to confirm."""
        check, refused = latest_check(self.participant), why_not(check_can_confirm, self.participant)
        checked = check and moment(check.checked_at, self.participant.site)
        told = {"refused": refused, "check": check, "checked": checked}
        return super().get_context_data(**told, **context)

    def act(self, **answers: Any) -> str:
        """Confirm it."""
        confirm_eligibility(participant=self.participant, by=self.by, at=self.at, **answers)
        return _("The eligibility of %(number)s is confirmed.") % {"number": self.participant.number}

    def get_success_url(self) -> str:
        """Back to the participant."""
        return reverse("participant", args=[self.participant.number])


class DrawReceipt(ParticipantPage, TemplateView):
    """The randomisation number, to be read aloud and printed."""

    permission = Permission.VIEW_PARTICIPANTS
    template_name = "randomization/receipt.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        """The receipt, the same whenever it is asked for."""
        receipt = receipt_of(self.participant)
        if receipt is None:
            raise Http404
        drawn = moment(receipt.drawn_at, self.participant.site)
        flagged = flagged_in_error(self.participant)
        may_correct = may(self.by.role, Permission.CORRECT)
        return super().get_context_data(
            receipt=receipt,
            spelled=" ".join(receipt.number.replace("-", "")),
            drawn=drawn,
            beside=beside(self.participant, receipt, flagged),
            may_correct_stratum=may_correct and can(check_can_correct_stratum, self.participant),
            may_flag=may_correct and can(check_can_flag, self.participant, flagged),
            **context,
        )


class TrialOverview(Page, TemplateView):
    """What the trial is, where it stands, and the root of its list. Blinded by construction."""

    permission = Permission.VIEW_PARTICIPANTS
    template_name = "randomization/trial.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        """Identity, recruitment, sites, the list's public half, and the assumptions of the protocol."""
        trial = self.by.trial
        version = trial.protocol_version
        protocol = version.protocol
        states = Counter(participants_for(self.by).values_list("current_status", flat=True))  # type: ignore[misc]
        return super().get_context_data(
            title=in_page_language(protocol.title),
            facts=identity(trial, protocol),
            states=[(state.label, states[state.value]) for state in Status if states[state.value]],
            screened=sum(states.values()) - states[Status.MISTAKE.value],
            target=protocol.target,
            notices=target_notices(self.by),
            sites=[(site, *_days(site)) for site in trial.sites.all()],
            list=published_list(trial),
            few_left=may(self.by.role, Permission.WATCH_SUPPLY) and few_envelopes_left(trial),
            record=record_facts(protocol),
            objectives=objectives(protocol.record),
            published=published(protocol.record),
            assumptions=assumed(protocol.assumptions),
            to_amend=to_amend(version.faults),
            **context,
        )


def to_amend(faults: Sequence[LocatedFault]) -> list[str]:
    """What an amendment has to mend, in the language of the page; of the arms only the lines."""
    hidden = Sentence("line %(line)s: of what the arms are given; the pharmacy and check_protocol read it.")
    return [
        in_page_language(hidden.having(line=row.line) if row.field.startswith("arms") else row.text)
        for row in faults
    ]


def _days(site: Site) -> tuple[str, str]:
    """When a site opened, and when it closed to recruitment; empty where it did not."""
    opened, closed = (medium_day(day) if day else "" for day in (site.opened_on, site.closed_on))
    return opened, closed


def identity(trial: Trial, protocol: Protocol) -> list[tuple[str, str]]:
    """The trial's names and numbers. No arm is named: what is compared is no secret, but has no use here."""
    version = trial.protocol_version
    numbers = protocol.identifiers
    facts = [
        (_("Registry number"), numbers.nct),
        ("EudraCT", numbers.eudract),
        (_("Sponsor"), " · ".join(filter(None, [protocol.sponsor, numbers.sponsor]))),
        (_("Phase"), protocol.phase),
        (_("Used for"), str(trial.get_environment_display())),
        (_("Protocol version"), version.version),
        (_("Protocol digest (SHA-256)"), version.digest),
    ]
    return [(name, value) for name, value in facts if value]
