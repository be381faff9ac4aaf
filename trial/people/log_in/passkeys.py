"""Passkeys beside the authenticator app: set up by whoever came with a second factor, good at one door."""

from __future__ import annotations

from typing import Any, cast

from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.internal.flows import post_authentication
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.views import ActivateTOTPView, DeactivateTOTPView
from allauth.mfa.webauthn.forms import AddWebAuthnForm, AuthenticateWebAuthnForm, ReauthenticateWebAuthnForm
from allauth.mfa.webauthn.views import AddWebAuthnView, RemoveWebAuthnView
from django.db import transaction
from django.forms import Form
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect

from trial.models import User
from trial.people.accounts import used_second_factor
from trial.people.log_in.used_once import app_of, note_step
from trial.people.second_factor import WRONG_SIGNATURE
from trial.people.tries.noting import note_event

UNREADABLE = (KeyError, ValueError, TypeError, AttributeError, IndexError, WRONG_SIGNATURE)
"""What the library lets pass of an answer that no browser would give, or of one that another key signed."""


class Readable(Form):
    """A form that takes a passkey's answer: one that cannot be read is a wrong one."""

    def _clean_fields(self) -> None:
        try:
            super()._clean_fields()  # type: ignore[misc]
        except UNREADABLE:
            self.add_error(None, get_adapter().validation_error("incorrect_code"))

    def _clean_form(self) -> None:
        try:
            super()._clean_form()  # type: ignore[misc]
        except UNREADABLE:
            self.add_error(None, get_adapter().validation_error("incorrect_code"))


class AddPasskeyForm(Readable, AddWebAuthnForm):
    """A new passkey."""


class LogInWithPasskey(Readable, AuthenticateWebAuthnForm):
    """The second half of a log-in, by passkey."""


class ConfirmWithPasskey(Readable, ReauthenticateWebAuthnForm):
    """The passkey again, from somebody who is logged in."""


class AddPasskey(AddWebAuthnView):
    """Set up a passkey. Whoever has no second factor here sets up the app first, where more is asked."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Open the page to a session with a second factor, and to no other."""
        if not used_second_factor(request):
            return redirect("mfa_activate_totp")
        answer: HttpResponseBase = super().dispatch(request, *args, **kwargs)
        return answer

    def form_valid(self, form: Form) -> HttpResponseBase:
        """Keep the passkey, with its entry."""
        with transaction.atomic():
            answer: HttpResponseBase = super().form_valid(form)
            _note("second_factor.enrolled", self.request, Authenticator.Type.WEBAUTHN)
        return answer


class RemovePasskey(RemoveWebAuthnView):
    """Take a passkey away."""

    def form_valid(self, form: Form) -> HttpResponseBase:
        """Remove it, with its entry."""
        with transaction.atomic():
            answer: HttpResponseBase = super().form_valid(form)
            _note("second_factor.removed", self.request, Authenticator.Type.WEBAUTHN)
        return answer


class RemoveApp(DeactivateTOTPView):
    """Stop using an authenticator app."""

    def form_valid(self, form: Form) -> HttpResponseBase:
        """Remove it, with its entry."""
        with transaction.atomic():
            answer: HttpResponseBase = super().form_valid(form)
            _note("second_factor.removed", self.request, Authenticator.Type.TOTP)
        return answer


def _note(action: str, request: HttpRequest, kind: str) -> None:
    note_event(action, user=cast("User", request.user), request=request, body={"kind": str(kind)})


class EnrolAtClinic(ActivateTOTPView):
    """Set up an authenticator app at the clinic door: the library's page, after the password."""

    def form_valid(self, form: Any) -> HttpResponseBase:
        """Set up the app; its first code is used up, and this session has a second factor."""
        with transaction.atomic():
            answer: HttpResponseBase = super().form_valid(form)
            app = app_of(self.request.user)
            note_step(app, form.cleaned_data["code"], at=self.request.at)
            _note("second_factor.enrolled", self.request, app.type)
        post_authentication(self.request, app)
        return answer
