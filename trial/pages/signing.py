"""A page whose act is signed: it asks for the secret, the first time in a session for both parts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from trial.pages.form_page import FormPage
from trial.pages.frame import Page
from trial.pages.idempotent_page import IdempotentPage
from trial.people.signing.at_the_screen import hand_at_the_screen, note_signed, signed_before


class SigningForm(forms.Form):
    """The secret again: an electronic signature (21 CFR 11.200)."""

    password = forms.CharField(
        label=_("Your password"),
        help_text=_("It signs this with your name and the time."),
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        strip=False,
        max_length=1000,
    )

    def ask_for_name(self) -> None:
        """Ask for the user name as well, before the secret."""
        self.fields["user_name"] = forms.CharField(
            label=_("Your user name"),
            help_text=_("Asked for with the first signature after you logged in."),
            max_length=150,
            widget=forms.TextInput(
                attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}
            ),
        )
        names = [name for name in self.fields if name not in {"user_name", "password"}]
        self.order_fields([*names, "user_name", "password"])


def signature(answers: Mapping[str, Any]) -> dict[str, Any]:
    """What signs, among the answers of a form."""
    return {name: answers[name] for name in ("user_name", "password") if name in answers}


class SigningPage(Page, FormPage):
    """An act that a person signs: `act` gets the person's `hand`, and neither secret nor user name."""

    def get_form(self, form_class: Any = None) -> Any:
        """The form, with the user name where this is the first signature of the session."""
        form = super().get_form(form_class)
        if not signed_before(self.request):
            form.ask_for_name()
        return form

    def signs(self, answers: Mapping[str, Any]) -> bool:
        """Whether these answers are an act that is signed."""
        return True

    def do(self, answers: Mapping[str, Any]) -> tuple[str, str]:
        """Check the secret, then act. Only an act that was done counts as the session's first signature."""
        given = dict(answers)
        if not self.signs(answers):
            return super().do({name: given[name] for name in given.keys() - signature(given).keys()})
        secret, name = given.pop("password"), given.pop("user_name", "")
        hand = hand_at_the_screen(self.request, self.by, secret=secret, user_name=name)
        done = super().do(given | {"hand": hand})
        note_signed(self.request)
        return done


class SignedOncePage(SigningPage, IdempotentPage):
    """A signed act that is recorded once, however often its form is sent."""
