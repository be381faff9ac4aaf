"""The pages of single sign-on: to the hospital's log-in and back, and the link of one's own account to it."""

from __future__ import annotations

from typing import Any, cast

from allauth.account.internal.flows.login import record_authentication
from allauth.account.utils import get_next_redirect_url, perform_login
from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.decorators import method_decorator
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import FormView, View

from trial.models import User
from trial.people.accounts import used_second_factor
from trial.people.confirming import ask_for_secret, confirm_password
from trial.people.log_in.by_sign_on import METHOD
from trial.people.sign_on.asking import SomebodyThere, address_of_question, answer_of
from trial.people.sign_on.links import check_may_come_in, end_link, link, link_of, person_of
from trial.people.sign_on.provider import Provider, provider_of_door
from trial.people.sign_on.refusals import AnotherIsAsking, SignOnRefused, Why
from trial.people.sign_on.ticket import Ticket, give_ticket, take_ticket, use_up
from trial.people.tries.addresses import address_of
from trial.people.tries.folding import count_failure
from trial.refusals import Refusal, note_refusal

TRIES = 15
"""So often a page asks by itself again while others are being asked about."""


class ProviderPage(View):
    """A page that is there only where a provider is set."""

    @cached_property
    def provider(self) -> Provider:
        """The provider. Raises Http404 where there is none."""
        found = provider_of_door()
        if found is None:
            raise Http404
        return found

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Answer, or say why not; a provider's wrong answer is entered."""
        self.whose: User | None = request.user if isinstance(request.user, User) else None
        _found = self.provider
        try:
            return super().dispatch(request, *args, **kwargs)
        except SignOnRefused as reason:
            self.enter(reason)
            return self.refused(reason)
        except AnotherIsAsking as reason:
            return self.refused(reason) if self.tried >= TRIES else self.wait(self.tried + 1, seconds=1)
        except Refusal as reason:
            return self.refused(reason)

    def enter(self, reason: SignOnRefused) -> None:
        """An entry for each kind of refusal; of many the 1st, 10th, 100th within an hour."""
        at = self.request.at  # type: ignore[attr-defined]  # set by the outermost middleware
        address = address_of(self.request)
        count_failure("sign_on", user=self.whose, address=address, at=at, action=reason.action)

    def refused(self, reason: Refusal) -> HttpResponse:
        """What is so, and the way in that needs no provider."""
        note_refusal(self.request, reason)
        answer = render(
            self.request, "account/sign_on_refused.html", {"reason": reason}, status=reason.status
        )
        use_up(answer)
        return answer

    @property
    def tried(self) -> int:
        """How often this page has asked by itself."""
        said = self.request.GET.get("here", "")
        return int(said) if said.isascii() and said.isdigit() and len(said) < 3 else 0

    def wait(self, tried: int, seconds: int = 0) -> HttpResponse:
        """A page that asks for this address again by itself. No process waits."""
        asked = self.request.GET.copy()
        asked["here"] = str(tried)
        address = f"{self.request.path}?{asked.urlencode()}"
        shown = {"address": address, "seconds": seconds, "name": self.provider.name}
        return render(self.request, "account/sign_on_back.html", shown)


@method_decorator(login_not_required, name="dispatch")
class Begin(ProviderPage):
    """To the hospital's log-in. Nothing is kept here of whoever presses the button."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Send the browser there, with a ticket for the way back."""
        if request.user.is_authenticated:
            return redirect("home")
        then = get_next_redirect_url(request) or ""
        at = request.at  # type: ignore[attr-defined]  # set by the outermost middleware
        address, ticket = address_of_question(request, self.provider, at=at, then=then)
        answer = redirect(address)
        give_ticket(answer, ticket)
        return answer


@method_decorator(login_not_required, name="dispatch")
class Back(ProviderPage):
    """Back from the hospital's log-in.

    A browser that comes from another site brings no cookie of ours. So the first answer is a page that asks
    for itself again, from here.
    """

    def get(self, request: HttpRequest) -> HttpResponse:
        """Let in whoever is linked, as far as the second factor; or link whoever asked for it."""
        if not self.tried:
            return self.wait(1)
        ticket = take_ticket(request)
        if ticket is None:
            raise SignOnRefused(Why.WRONG_STATE)
        if not ticket.links and request.user.is_authenticated:
            return redirect("home")
        at = request.at  # type: ignore[attr-defined]  # set by the outermost middleware
        there = answer_of(request, self.provider, ticket, at=at)
        answer = self._link(there, ticket) if ticket.links else self._log_in(there, ticket)
        use_up(answer)
        return answer

    def _log_in(self, there: SomebodyThere, ticket: Ticket) -> HttpResponse:
        """The first half of a log-in, in place of the password. The second factor follows."""
        self.whose = person_of(there, self.provider)
        if self.whose is None:
            raise SignOnRefused(Why.NOT_LINKED)
        check_may_come_in(self.whose, there)
        record_authentication(self.request, self.whose, method=METHOD, issuer=self.provider.issuer)
        answer: HttpResponse = perform_login(self.request, self.whose, redirect_url=ticket.then or None)
        return answer

    def _link(self, there: SomebodyThere, ticket: Ticket) -> HttpResponse:
        """Link the account of whoever asked for it, in the session in which they did."""
        if self.whose is None or str(self.whose.pk) != ticket.links or not used_second_factor(self.request):
            raise SignOnRefused(Why.WRONG_STATE)
        link(user=self.whose, there=there, provider=self.provider, request=self.request)
        messages.success(
            self.request, _("Your account is linked. From now on you can log in at the hospital.")
        )
        return redirect("sign_on_link")


class SecretForm(forms.Form):
    """The secret again."""

    password = forms.CharField(
        label=gettext_lazy("Your password"),
        strip=False,
        max_length=1000,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class LinkPage(ProviderPage, FormView):
    """Link one's own account to the one at the hospital, or end that: with the secret and a second factor."""

    form_class = SecretForm
    template_name = "account/sign_on_link.html"

    def get_form(self, form_class: Any = None) -> Any:
        """The secret that this session asks for."""
        return ask_for_secret(super().get_form(form_class), self.request)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        """Whether it is linked, and whether it can be."""
        linked = link_of(cast("User", self.request.user), self.provider)
        ready = used_second_factor(self.request)
        return super().get_context_data(linked=linked, ready=ready, provider=self.provider, **context)

    def form_valid(self, form: Any) -> HttpResponse:
        """Sign, then end the link or go to the hospital's log-in."""
        if not used_second_factor(self.request):
            raise SignOnRefused(Why.NO_SECOND_FACTOR)
        try:
            confirm_password(self.request, form.cleaned_data["password"])
        except Refusal as reason:
            note_refusal(self.request, reason)
            form.add_error("password", str(reason))
            return self.render_to_response(self.get_context_data(form=form), status=reason.status)
        return self._end() if "end" in self.request.POST else self._go()

    def form_invalid(self, form: Any) -> HttpResponse:
        """Ask again."""
        return self.render_to_response(self.get_context_data(form=form), status=422)

    def _end(self) -> HttpResponse:
        end_link(user=cast("User", self.request.user), provider=self.provider, request=self.request)
        messages.success(self.request, _("The link has ended. You log in with your Velum password."))
        return redirect("sign_on_link")

    def _go(self) -> HttpResponse:
        """A page with the way there: a form of ours may lead to no other site (Content-Security-Policy)."""
        at = self.request.at  # type: ignore[attr-defined]  # set by the outermost middleware
        me = str(self.request.user.pk)
        address, ticket = address_of_question(self.request, self.provider, at=at, links=me)
        answer = render(
            self.request, "account/sign_on_go.html", {"address": address, "provider": self.provider}
        )
        give_ticket(answer, ticket)
        return answer
