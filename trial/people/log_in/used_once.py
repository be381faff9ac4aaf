"""A code of the second factor is good once (RFC 6238, section 5.2; recovery codes likewise).

The library notes a used code in the cache for one period of thirty seconds, and takes it for three. Here
the row of the app keeps the last step that was taken: a code of that step or of an earlier one is refused,
whoever types it, however soon, and whatever becomes of the cache.
"""

from __future__ import annotations

from datetime import datetime

from allauth.core import context
from allauth.core.internal.cryptokit import compare_user_code
from allauth.mfa import app_settings
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm, BaseAuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from allauth.mfa.utils import decrypt
from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction

from trial.people.tries.log_in import turn_for

LAST_STEP = "last_step"
"""Where the row of an authenticator app keeps the step of the newest code that was taken."""

TYPED = (Authenticator.Type.TOTP, Authenticator.Type.RECOVERY_CODES)
"""The second factors that are typed. A passkey is not: its challenge is new each time."""


def step_of(secret: str, code: str, *, at: datetime, after: int = -1) -> int | None:
    """The step of thirty seconds to which the code belongs, among those near `at` and later than `after`."""
    now = int(at.timestamp()) // app_settings.TOTP_PERIOD
    for step in range(now - app_settings.TOTP_TOLERANCE, now + app_settings.TOTP_TOLERANCE + 1):
        right = format_hotp_value(hotp_value(secret, step))
        if compare_user_code(actual=code, expected=right) and step > after:
            return step
    return None


@transaction.atomic
def take_code(*, user: AbstractBaseUser, code: str, at: datetime) -> Authenticator | None:
    """The second factor to which the code belongs, once: it is used up. None if it is not good.

    The person's rows are locked, so of two requests with one code one finds it used.
    """
    rows = Authenticator.objects.select_for_update().filter(user=user, type__in=TYPED)
    return next((row for row in rows.order_by("-type") if _takes(row, code, at)), None)


def app_of(user: AbstractBaseUser) -> Authenticator:
    """The app that makes this person's six digits; it is set up."""
    app: Authenticator = Authenticator.objects.get(user=user, type=Authenticator.Type.TOTP)
    return app


def note_step(app: Authenticator, code: str, *, at: datetime) -> None:
    """Use up the code with which an app was set up."""
    app.data[LAST_STEP] = step_of(decrypt(app.data["secret"]), code, at=at)
    app.save(update_fields=["data"])


def _takes(row: Authenticator, code: str, at: datetime) -> bool:
    if row.type == Authenticator.Type.RECOVERY_CODES:
        return RecoveryCodes(row).validate_code(code)
    step = step_of(decrypt(row.data["secret"]), code, at=at, after=row.data.get(LAST_STEP, -1))
    if step is None:
        return False
    row.data[LAST_STEP] = step
    row.save(update_fields=["data"])
    return True


class TakesCodeOnce(BaseAuthenticateForm):
    """The library's question for a code, with the answer used up as soon as it is found right."""

    def clean_code(self) -> str:
        """The code, taken. Tries are counted by account and network address."""
        turn = turn_for("second_factor", context.request, user=self.user)
        code: str = self.cleaned_data["code"]
        taken = take_code(user=self.user, code=code, at=context.request.at)
        if taken is None:
            turn.wrong()
            self._say_that_it_failed()
            raise get_adapter().validation_error("incorrect_code")
        taken.user, self.authenticator = self.user, taken
        turn.right()
        return code

    def _say_that_it_failed(self) -> None:
        main = Authenticator.objects.filter(user=self.user, type__in=TYPED).order_by("-type").first()
        if main:
            self._emit_authentication_failed(main)


class LogInWithCode(TakesCodeOnce, AuthenticateForm):
    """The second half of a log-in."""


class ConfirmWithCode(TakesCodeOnce, ReauthenticateForm):
    """The second factor again, from somebody who is logged in."""
