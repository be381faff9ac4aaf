"""The password again, for a code break: wrong ones are noted as an alarm, and nobody is ever locked out."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.http import HttpRequest

from randomization.sealed.vault.trail import record_sealed
from trial.models import Delegation, User
from trial.people.confirming import (
    WrongPassword,
    gives_code,
    knows_secret,
    wrong_password,
    wrong_secret,
)
from trial.people.log_in.by_sign_on import came_by_sign_on
from trial.people.tries.folding import count_towards_alarm


def confirm_without_lockout(*, user: User, password: str, by: Delegation, at: datetime) -> None:
    """Check the password of the person at the screen, as often as it takes. Raises WrongPassword.

    A rate limit here would keep a doctor from an answer that a life may hang on (ICH E6(R3) 3.15.2 d);
    the person has already passed a log-in with two factors, where limits do apply. A wrong password
    is an entry of the sealed trail, so that guessing shows, and from a bound on an alarm.
    """
    if not knows_secret(user, password):
        raise _noted(wrong_password(), by, at)


def confirm_at_the_screen(request: HttpRequest, secret: str, *, by: Delegation, at: datetime) -> None:
    """Check the secret of the person at the screen, as often as it takes. Raises WrongPassword.

    Whoever came by the hospital's log-in gives a code of the second factor. The password is taken as well:
    whoever has it at hand in an emergency need not look for the telephone.
    """
    if not came_by_sign_on(request):
        confirm_without_lockout(user=by.user, password=secret, by=by, at=at)
    elif not gives_code(request, secret.strip()) and not knows_secret(by.user, secret):
        raise _noted(wrong_secret(request), by, at)


def _noted(reason: WrongPassword, by: Delegation, at: datetime) -> WrongPassword:
    """The refusal, once it is entered and counted."""
    who = by.user.username
    with transaction.atomic():
        record_sealed(action="code_break.wrong_password", subject=who, by=by, at=at, trial=by.trial)
    count_towards_alarm("confirm", who, at=at)
    return reason
