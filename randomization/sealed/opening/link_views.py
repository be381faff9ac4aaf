"""Emergency unblinding when the person who asks must stay blinded: a link that works once.

The secret of a link stands after the sign # of its address, which no browser sends: it comes in the body of a
form, so that no log, no proxy and no referrer holds it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.generic.base import View

from randomization.sealed.models import OneTimeLink
from randomization.sealed.opening.doctors import addresses_for, end_address, enter_address, known_addresses
from randomization.sealed.opening.emergency_forms import DoctorForm, LinkForm, MailLinkForm, SecretForm
from randomization.sealed.opening.mailed_links import (
    Confirmed,
    called_back,
    known_address,
    mail_is_there,
    mail_link,
)
from randomization.sealed.opening.one_time_links import (
    cancel_link,
    find_link,
    make_link,
    open_links,
    use_link,
)
from randomization.sealed.opening.questions import Kind, QuestionGone, spend
from randomization.sealed.opening.views import AskWhose, ConfirmWhose
from trial.models import Delegation, Participant, User
from trial.pages.form_page import FormPage, go_on
from trial.pages.frame import Page, refused
from trial.pages.middleware import AtTheDoor
from trial.people.signing import Hand
from trial.people.signing.hands import hand_of_person
from trial.people.tries.addresses import address_of
from trial.people.tries.folding import count_failure
from trial.permissions import Permission
from trial.refusals import Refusal, in_page_language
from trial.wording.words import moment_there


class AskLink(AskWhose):
    """One participant, the doctor who is to see the answer, and why; and the links that can be cancelled."""

    form_class = LinkForm
    template_name = "sealed/make_link.html"
    kind, asks = Kind.LINK, "confirm_code_break_link"

    def get_form_class(self) -> type[LinkForm]:
        """With a mail server the link can be mailed."""
        return MailLinkForm if mail_is_there() else LinkForm

    def get_form_kwargs(self) -> dict[str, Any]:
        """The addresses that somebody else entered beforehand."""
        given: dict[str, Any] = super().get_form_kwargs()
        if mail_is_there():
            given["known"] = [(str(row.pk), f"{row.doctor}, {row.email}") for row in addresses_for(self.by)]
        return given

    def go_on(self, **answers: Any) -> HttpResponse:
        """Look at the address before the next page asks for the password."""
        where_to(answers, self.by)
        return super().go_on(**answers)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        """The links of this person that still work."""
        links = open_links(by=self.by, at=self.at)
        rows = [(link, moment_there(link.expires_at, link.participant.site)) for link in links]
        return super().get_context_data(links=rows, **context)


class MakeOneTimeLink(ConfirmWhose):
    """Who was found, and the password; then the link, shown once."""

    template_name = "sealed/confirm_link.html"
    kind = Kind.LINK

    def go_on(self, **answers: Any) -> HttpResponse:
        """The link stands in this reply and nowhere else; nothing has been opened. Once for each form."""
        question, participant = self.question, self.found.participant
        if question.spent:
            raise QuestionGone(
                _(
                    "This link was made already and is shown once. Cancel it and ask for another if it is "
                    "lost."
                )
            )
        self.confirmed(answers["password"])
        address = self.request.build_absolute_uri(reverse("code_break_link"))
        hand = hand_of_person(self.by, both_parts=False)
        asked = Asked(participant, self.by, self.at, question.reason, question.other["doctor"], hand)
        if to := where_to(question.other, self.by):
            link = mail_link(**vars(asked), to=to, address=address)
            spend(question, user=self.by.user_id)
            return render(self.request, "sealed/link_mailed.html", self.mailed(link, to))
        new = make_link(**vars(asked))
        spend(question, user=self.by.user_id)
        shown = {
            "participant": participant,
            "address": f"{address}#{new.secret}",
            "link": new.link,
            "doctor": new.link.doctor,
            "until": moment_there(new.link.expires_at, participant.site),
        }
        return render(self.request, "sealed/link_made.html", shown)

    @staticmethod
    def mailed(link: OneTimeLink, to: Confirmed) -> dict[str, Any]:
        """What the asker is told: to whom, until when; never the link."""
        until = moment_there(link.expires_at, link.participant.site)
        return {"link": link, "email": to.email, "until": until}


@dataclass
class Asked:
    """What a link is made from."""

    participant: Participant
    by: Delegation
    at: datetime
    reason: str
    doctor: str
    hand: Hand


def where_to(answers: Mapping[str, Any], by: Delegation) -> Confirmed | None:
    """The address to which a link is mailed; None where it is shown. Raises InvalidInput."""
    if answers.get("way") != "mail":
        return None
    if answers.get("known"):
        return known_address(answers["known"], by)
    return called_back(email=answers["email"], number=answers["called_number"], caller=answers["called_by"])


class DoctorAddresses(Page, FormPage):
    """Where treating doctors are reached, entered beforehand by the pharmacy."""

    permission = Permission.PREPARE
    form_class = DoctorForm
    template_name = "sealed/doctors.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        """The addresses that count now."""
        return super().get_context_data(addresses=known_addresses(self.by), **context)

    def act(self, **answers: Any) -> str:
        """Enter one."""
        row = enter_address(by=self.by, at=self.at, **answers)
        return _("Entered: %(doctor)s.") % {"doctor": row.doctor}

    def get_success_url(self) -> str:
        """The same page."""
        return reverse("doctor_addresses")


class EndDoctorAddress(Page, View):
    """An address is not used any more."""

    permission = Permission.PREPARE

    def post(self, request: AtTheDoor, address: UUID) -> HttpResponse:
        """End it."""
        row = end_address(address=address, by=self.by, at=self.at)
        return go_on(request, _("Ended: %(doctor)s.") % {"doctor": row.doctor}, reverse("doctor_addresses"))


class CancelOneTimeLink(Page, View):
    """A link that is not needed, or that somebody else may hold, stops working."""

    permission = Permission.BREAK_CODE

    def post(self, request: AtTheDoor, link: UUID) -> HttpResponse:
        """Cancel it."""
        row = cancel_link(link=link, by=self.by, at=self.at)
        done = _("The link for %(doctor)s is cancelled. It opens nothing any more.") % {"doctor": row.doctor}
        return go_on(request, done, reverse("make_code_break_link"))


@method_decorator(login_not_required, name="dispatch")
class UseOneTimeLink(View):
    """The treating doctor's page. Looking at it opens nothing: a mail scanner must not use the link up."""

    def get(self, request: AtTheDoor) -> HttpResponse:
        """Take the secret from behind the #, or let it be typed."""
        return render(request, "sealed/link_code.html", {"form": SecretForm()})

    def post(self, request: AtTheDoor) -> HttpResponse:
        """Say for whom the link is; asked once more, show the arm once."""
        form = SecretForm(request.POST)
        if not form.is_valid():
            return render(request, "sealed/link_code.html", {"form": form}, status=422)
        secret = form.cleaned_data["secret"].strip().rpartition("#")[2]
        try:
            return self._answer(request, secret)
        except Refusal as reason:
            self._count(request, secret)
            return refused(request, reason)

    @staticmethod
    def _answer(request: AtTheDoor, secret: str) -> HttpResponse:
        if request.POST.get("show") != "yes":
            link = find_link(secret, request.at)
            shown = {"participant": link.participant, "doctor": link.doctor, "secret": secret}
            return render(request, "sealed/link.html", shown)
        viewer = request.user if isinstance(request.user, User) else None
        link, arm = use_link(secret=secret, viewer=viewer, at=request.at)
        shown = {
            "participant": link.participant,
            "arm": in_page_language(arm.label),
            "when": moment_there(request.at, link.participant.site),
            "doctor": link.doctor,
        }
        return render(request, "sealed/link_opened.html", shown)

    @staticmethod
    def _count(request: AtTheDoor, secret: str) -> None:
        """Each refusal is counted; the trail is told of the 1st, the 10th, the 100th of an address."""
        count_failure("link", address=address_of(request), at=request.at)
