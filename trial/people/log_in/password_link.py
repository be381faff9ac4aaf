"""A one-time link by which a person sets the password that nobody else types: the first, or a forgotten one.

The link is signed with the clinic door's own secret, for one account as its password is now, for some days.
So it is of no use once it was used, or once the person has logged in or changed the password otherwise, and
nothing is kept of it. It is good at the clinic door; what the pharmacy door keeps of a password stays so.
"""

from __future__ import annotations

import re
from base64 import urlsafe_b64encode
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _

from trial.models import AccountShut, ChainKind, User
from trial.people.tries.addresses import UNKNOWN
from trial.people.tries.folding import count_failure
from trial.people.tries.noting import enter, places_of
from trial.refusals import InvalidInput, Refusal

LIFETIME = timedelta(days=3)
LINK = re.compile(r"pw-([0-9]{1,18})-([0-9]{1,12})-([A-Za-z0-9_-]{43})")
"""Account, moment of its end in seconds, signature. Longer than the secret of any invitation."""


class PasswordLinkUseless(Refusal):
    """The link was used, or its time is over, or the account is shut, or it is none."""

    code = "password_link_useless"
    status = 410


def is_password_link(text: str) -> bool:
    """Whether this has the form of such a link's secret."""
    return LINK.fullmatch(text) is not None


@transaction.atomic
def make_password_link(*, user: User, at: datetime) -> tuple[str, datetime]:
    """The secret of a new link, which nobody can ask for again, and until when it is good. It is entered.

    Raises PasswordLinkUseless for an account that is shut, or a system's.
    """
    if user.is_system or _is_shut(user):
        raise PasswordLinkUseless(
            _("The account %(name)s is shut, or a system's: it has no password.") % {"name": user.username}
        )
    until = (at + LIFETIME).replace(microsecond=0)
    body = {"until": until.isoformat()}
    where = {"places": places_of(user), "kind": ChainKind.DOOR}
    enter("password.link_made", subject=user.username, by=None, at=at, body=body, **where)  # type: ignore[arg-type]
    end = int(until.timestamp())
    return f"pw-{user.pk}-{end}-{_signatures(user, end)[0]}", until


def person_of_link(secret: str, *, address: str, at: datetime) -> User:
    """Whose password the link sets. Raises PasswordLinkUseless; of many the 1st, 10th, 100th is entered."""
    user, good = _read(secret, at)
    if user is not None and good:
        return user
    said: dict[str, str] = {"address": address, "action": "password.link_refused"}
    count_failure("password_link", user=user, at=at, **said)  # type: ignore[arg-type]
    raise _useless()


@transaction.atomic
def set_by_link(*, secret: str, password: str, at: datetime, address: str = UNKNOWN) -> User:
    """Set the password that the person typed. Every session of theirs ends. Raises InvalidInput as well."""
    found, _good = _read(secret, at)
    if found is None:
        raise _useless()
    _locked = User.objects.select_for_update().get(pk=found.pk)
    user, good = _read(secret, at)  # another one may have used it while this one waited
    if user is None or not good:
        raise _useless()
    try:
        validate_password(password, user)
    except ValidationError as faults:
        raise InvalidInput(" ".join(faults.messages), {"password": " ".join(faults.messages)}) from faults
    user.set_password(password)
    user.save(update_fields=["password"])
    where = {"places": places_of(user), "kind": ChainKind.DOOR}
    body = {"address": address, "by": "link"}
    enter("password.changed", subject=user.username, by=None, at=at, body=body, **where)  # type: ignore[arg-type]
    return user


def _read(secret: str, at: datetime) -> tuple[User | None, bool]:
    """Whose link it is, and whether it is good now."""
    parts = LINK.fullmatch(secret)
    user = User.objects.filter(pk=int(parts[1])).first() if parts else None
    if parts is None or user is None:
        return None, False
    end = int(parts[2])
    signed = any(constant_time_compare(one, parts[3]) for one in _signatures(user, end))
    in_time = at.astimezone(UTC).timestamp() < end
    return user, signed and in_time and not user.is_system and not _is_shut(user)


def _signatures(user: User, end: int) -> list[str]:
    """The signature with the door's secret, then those with earlier ones that still count."""
    value = f"{user.pk}.{end}.{user.password}.{user.last_login}"
    return [_signature(value, secret) for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]


def _signature(value: str, secret: str) -> str:
    made = salted_hmac("trial.people.log_in.password_link", value, secret=secret, algorithm="sha256")
    return urlsafe_b64encode(made.digest()).decode().rstrip("=")


def _is_shut(user: User) -> bool:
    return not user.is_active or AccountShut.objects.filter(user=user).exists()


def _useless() -> PasswordLinkUseless:
    return PasswordLinkUseless(
        _("This link does not work: it was used, or its time is over. Ask whoever runs Velum for a new one.")
    )
