"""The password again, for a code break: wrong ones are noted as an alarm, and nobody is ever locked out."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from randomization.sealed.vault.trail import record_sealed
from trial.models import Delegation, User
from trial.people.accounts import WrongPassword


def confirm_without_lockout(*, user: User, password: str, by: Delegation, at: datetime) -> None:
    """Check the password of the person at the screen, as often as it takes. Raises WrongPassword.

    A rate limit here would keep a doctor from an answer that a life may hang on (ICH E6(R3) 3.15.2 d);
    the person has already passed a log-in with two factors, where limits do apply. A wrong password
    is an entry of the sealed trail, so that guessing shows.
    """
    if user.check_password(password):
        return
    with transaction.atomic():
        record_sealed(action="code_break.wrong_password", subject=user.username, by=by, at=at, trial=by.trial)
    sentence = _("That is not your password. Type the password you logged in with.")
    raise WrongPassword(sentence, {"password": sentence})
