"""A person signs at the screen: both parts first, then the secret alone (21 CFR 11.200(a)(1))."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.translation import gettext as _

from trial.models import Delegation
from trial.people.confirming import confirm_password
from trial.people.signing.hands import Hand, hand_of_person
from trial.refusals import Refusal

SIGNED = "signed"
"""In the session: the account that has signed in it. It ends with the session."""


class WrongName(Refusal):
    """The user name that was given with the secret is not that of whoever is logged in."""

    code = "wrong_user_name"
    status = 403


def signed_before(request: HttpRequest) -> bool:
    """Whether this person has signed in this unbroken session."""
    return request.session.get(SIGNED) == str(request.user.pk)


def note_signed(request: HttpRequest) -> None:
    """From now on the secret alone is enough, until the session ends. To be called once an act is done."""
    request.session[SIGNED] = str(request.user.pk)


def hand_at_the_screen(request: HttpRequest, by: Delegation, *, secret: str, user_name: str) -> Hand:
    """The hand of the person at the screen, who has given the secret; the user name as well the first time.

    Raises WrongPassword, TooManyTries or WrongName.
    """
    confirm_password(request, secret)
    first = not signed_before(request)
    if first and user_name.strip().casefold() != by.user.username.casefold():
        sentence = _("That is not your user name. Type the one you logged in with.")
        raise WrongName(sentence, {"user_name": sentence})
    return hand_of_person(by, both_parts=first)
