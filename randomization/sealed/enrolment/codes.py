"""Enrolment codes: whoever sets up a second factor shows something that only this door can make.

The clinic's process may write passwords, since people change theirs there. With a password alone it could
log in here as somebody who has no second factor yet, and set up its own. So a one-time code comes with each
account that this door lets in. Making, refusing and using one are entries of the sealed trail.
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from hmac import compare_digest
from typing import Any

from allauth.mfa.models import Authenticator
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from randomization.sealed.models import EnrolmentCode, EnrolmentCodeUse
from randomization.sealed.vault.digests import digest_of
from randomization.sealed.vault.trail import record_sealed
from trial.models import Trial, User
from trial.permissions import DOORS
from trial.policies import NotPermitted, delegations_of
from trial.refusals import Refusal

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no letter that looks like a digit."""
MISREAD = str.maketrans("OIL", "011")
LENGTH = 16
"""Eighty random bits: short enough to be typed at night, too many to be guessed from the digest."""
LIFETIME = timedelta(days=14)
"""Long enough for a letter to another hospital and a week of leave; a forgotten paper is of no use later."""


class EnrolmentCodeUseless(Refusal):
    """No second factor is set up with that: there is no such code, it was used, or its time is over."""

    code = "enrolment_code_useless"
    status = 422


class SecondFactorInUse(Refusal):
    """The person has a second factor already, so no code is made."""

    code = "second_factor_in_use"


@transaction.atomic
def make_code(*, user: User, at: datetime) -> str:
    """A new code for a person, in groups of four characters: the only time that it can be seen.

    From now on an earlier one opens nothing. Raises NotPermitted or SecondFactorInUse.
    """
    if not _trials_of(user):
        raise NotPermitted(
            _("%(name)s has no duty behind the pharmacy door. Give one first.") % {"name": user.username}
        )
    if _factors_of(user).exists():
        raise SecondFactorInUse(
            _("%(name)s has a second factor. If it is lost, remove it first.") % {"name": user.username}
        )
    code = "".join(secrets.choice(ALPHABET) for _place in range(LENGTH))
    made = EnrolmentCode.objects.create(user=user, at=at, digest=digest_of(code), expires_at=at + LIFETIME)
    _note("enrolment_code.made", user, at, {"expires_at": made.expires_at.isoformat()})
    return "-".join(code[place : place + 4] for place in range(0, LENGTH, 4))


def code_if_needed(*, user: User, at: datetime) -> str:
    """A new code for somebody whom this door lets in and who has no second factor; empty for others."""
    try:
        return make_code(user=user, at=at)
    except (NotPermitted, SecondFactorInUse):
        return ""


@transaction.atomic
def remove_second_factor(*, user: User, at: datetime) -> None:
    """Forget the lost second factor of a person, recovery codes included. Again: no change."""
    removed, _kinds = _factors_of(user).delete()
    if removed:
        _note("second_factor.removed", user, at)


def find_code(*, user: User, typed: str, at: datetime) -> EnrolmentCode:
    """The code that was typed, if it is this person's newest and still good. Nothing is used up.

    A refusal is an entry of the sealed trail. Raises EnrolmentCodeUseless.
    """
    newest = EnrolmentCode.objects.filter(user=user).last()
    if newest is None or not compare_digest(newest.digest, digest_of(_as_made(typed))):
        raise _refused(user, at, _("That is not the enrolment code that was made for you last."))
    if EnrolmentCodeUse.objects.filter(code=newest).exists():
        raise _refused(user, at, _("This enrolment code has been used."))
    if newest.expires_at <= at:
        raise _refused(user, at, _("The time of this enrolment code is over."))
    return newest


def use_code(*, code: EnrolmentCode, at: datetime) -> None:
    """Use the code up, inside the transaction that sets up the second factor.

    Raises EnrolmentCodeUseless if it was used at this very moment.
    """
    try:
        with transaction.atomic():
            EnrolmentCodeUse.objects.create(code=code, at=at)
    except IntegrityError as fault:
        raise EnrolmentCodeUseless(_("This enrolment code has been used.")) from fault
    _note("second_factor.enrolled", code.user, at)


def authenticator_app_of(user: User) -> Authenticator:
    """The app that makes this person's six digits; it is set up."""
    app: Authenticator = _factors_of(user).get(type=Authenticator.Type.TOTP)
    return app


def _as_made(typed: str) -> str:
    """What was typed, however it was grouped, in capitals, with look-alikes read as digits."""
    return "".join(sign for sign in typed.upper().translate(MISREAD) if sign in ALPHABET)


def _refused(user: User, at: datetime, what: str) -> EnrolmentCodeUseless:
    with transaction.atomic():
        _note("enrolment_code.refused", user, at)
    return EnrolmentCodeUseless(what + " " + _("Ask the administrator for a new one."))


def _factors_of(user: User) -> Any:
    return Authenticator.objects.filter(user=user)


def _trials_of(user: User) -> list[Trial]:
    """The trials in which the person has a duty behind this door, in the order in which all lock them."""
    duties = delegations_of(user, roles=DOORS["pharmacy"])
    return sorted({duty.trial for duty in duties}, key=lambda trial: str(trial.pk))


def _note(action: str, user: User, at: datetime, body: dict[str, str] | None = None) -> None:
    for trial in _trials_of(user):
        record_sealed(action=action, subject=user.username, by=None, at=at, trial=trial, body=body)
