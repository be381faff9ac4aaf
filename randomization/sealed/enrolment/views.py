"""The page on which somebody sets up a second factor: password, enrolment code, and the app's six digits."""

from __future__ import annotations

from typing import Any

from allauth.core import context
from allauth.mfa.base.internal.flows import post_authentication
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.totp.views import ActivateTOTPView
from django import forms
from django.db import transaction
from django.http import HttpResponse
from django.utils.translation import gettext_lazy

from randomization.sealed.enrolment.codes import (
    EnrolmentCodeUseless,
    authenticator_app_of,
    find_code,
    use_code,
)
from randomization.sealed.models import EnrolmentCode
from trial.pages.form_page import show_refusal
from trial.people.accounts import used_second_factor
from trial.people.log_in.used_once import note_step
from trial.people.tries.log_in import turn_for
from trial.screening.forms import LETTER_BY_LETTER


class EnrolForm(ActivateTOTPForm):
    """The six digits, and the enrolment code: not asked of who came with a second factor and replaces it."""

    enrolment_code = forms.CharField(
        label=gettext_lazy("Enrolment code"),
        help_text=gettext_lazy("Sixteen characters, on the paper that you got with your account."),
        max_length=40,
        widget=forms.TextInput(attrs=LETTER_BY_LETTER),
        error_messages={
            "required": gettext_lazy("Type your enrolment code. If you have none, ask the administrator.")
        },
    )
    field_order = ["enrolment_code", "code"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if used_second_factor(context.request):
            del self.fields["enrolment_code"]

    def clean_enrolment_code(self) -> EnrolmentCode:
        """The code of this person. Tries are counted like those of a log-in, until one is right."""
        turn = turn_for("enrolment_code", context.request, user=self.user)
        try:
            found = find_code(
                user=self.user, typed=self.cleaned_data["enrolment_code"], at=context.request.at
            )
        except EnrolmentCodeUseless as reason:
            turn.wrong()
            raise forms.ValidationError(str(reason)) from reason
        turn.right()
        return found


class EnrolSecondFactor(ActivateTOTPView):
    """Set up an authenticator app: the library's page, which asks for the password again, and the code."""

    form_class = EnrolForm

    def form_valid(self, form: EnrolForm) -> HttpResponse:
        """Use the code up and set up the app, both or neither. Then this session has a second factor."""
        try:
            with transaction.atomic():
                if code := form.cleaned_data.get("enrolment_code"):
                    use_code(code=code, at=context.request.at)
                answer: HttpResponse = super().form_valid(form)
                app = authenticator_app_of(self.request.user)
                note_step(app, form.cleaned_data["code"], at=context.request.at)
        except EnrolmentCodeUseless as reason:
            show_refusal(form, reason)
            return self.form_invalid(form)
        post_authentication(self.request, app)
        return answer
