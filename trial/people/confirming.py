"""The secret asked for again: the one place through which every act that is signed passes.

It is the password. Whoever came by the hospital's log-in gave none here, and gives a second factor instead: a
code of the app, or a recovery code (ADR 0045).
"""

from __future__ import annotations

from typing import TypeVar

from allauth.account.adapter import get_adapter
from django import forms
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _

from trial.models import User
from trial.people.log_in.by_sign_on import came_by_sign_on
from trial.people.log_in.used_once import take_code
from trial.people.tries.counting import key_of
from trial.people.tries.log_in import turn_for
from trial.refusals import Refusal

SAME_ACT_SECONDS = 120
"""So long the same form, sent again with the same code, is the same act: a double tap, a lost connection."""

AForm = TypeVar("AForm", bound=forms.BaseForm)


class WrongPassword(Refusal):
    """The password that was asked for again is not this person's."""

    code = "wrong_password"
    status = 403


class WrongCode(WrongPassword):
    """The code of the second factor that was asked for again is not good, or was used."""

    code = "wrong_second_factor"


def confirm_password(request: HttpRequest, password: str) -> None:
    """Check the secret of the person at the screen once more (21 CFR 11.200(a)).

    Wrong ones are counted (`trial.people.tries`). Raises WrongPassword or TooManyTries.
    """
    try:
        right = bool(password) and _is_right(request, password)
    except ValidationError as limit:
        raise (limit.__cause__ or limit) from None
    if not right:
        raise wrong_secret(request)


def ask_for_secret(form: AForm, request: HttpRequest) -> AForm:
    """The form, with its question for the password turned into one for a code where somebody gives that."""
    question = form.fields.get("password")
    if question is None or not came_by_sign_on(request):
        return form
    question.label = _("Code of your second factor")
    question.error_messages["required"] = _("Type a code of your authenticator app, or a recovery code.")
    question.widget = forms.TextInput(
        attrs={"autocomplete": "one-time-code", "autocapitalize": "none", "spellcheck": "false"}
    )
    question.widget.is_required = question.required
    return form


def knows_secret(user: User, secret: str) -> bool:
    """Whether a secret is this person's, however often it was tried. For acts that no limit may hold up."""
    return bool(secret) and user.check_password(secret)


def gives_code(request: HttpRequest, code: str) -> bool:
    """Whether a code of the person's second factor is good. It is used up; tries are not counted here.

    The very same form with the very same code is the same act, and may come twice.
    """
    user = request.user
    again = "velum.confirmed." + key_of(str(user.pk), code, request.path, *_form(request))
    with transaction.atomic():
        taken = take_code(user=user, code=code, at=request.at)  # type: ignore[attr-defined, arg-type]
        if taken is not None:
            cache.set(again, True, SAME_ACT_SECONDS)
    return taken is not None or bool(cache.get(again))


def wrong_secret(request: HttpRequest) -> WrongPassword:
    """The refusal that says that the secret is not good, beside its question."""
    if not came_by_sign_on(request):
        return wrong_password()
    sentence = _("That code is not good, or was used already. Wait for the next one, and type that.")
    return WrongCode(sentence, {"password": sentence})


def wrong_password() -> WrongPassword:
    """The refusal that says that the password is another one, beside its question."""
    sentence = _("That is not your password. Type the password you logged in with.")
    return WrongPassword(sentence, {"password": sentence})


def _is_right(request: HttpRequest, secret: str) -> bool:
    if not came_by_sign_on(request):
        return bool(get_adapter(request).reauthenticate(request.user, secret))
    turn = turn_for("second_factor", request, user=request.user)  # type: ignore[arg-type]
    right = gives_code(request, secret.strip())
    (turn.right if right else turn.wrong)()
    return right


def _form(request: HttpRequest) -> list[str]:
    """What was sent, in an order of its own, without the token against forgery: each page has another."""
    sent = {name: values for name, values in request.POST.lists() if name != "csrfmiddlewaretoken"}
    return [f"{name}={value}" for name, values in sorted(sent.items()) for value in values]
