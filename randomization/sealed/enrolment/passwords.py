"""What counts as a password at the pharmacy door: a copy that is sealed when a second factor is set up here.

A process with the clinic's role can write an account's password, and could log in here with it. So a copy is
kept when the person proves by a code of this door who they are, and again when the password changes here:
in a request, so that it has the moment of that request. What is saved outside any request seals nothing.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from allauth.core import context
from allauth.mfa.models import Authenticator
from django.db.models.signals import post_save

from randomization.sealed.models import PharmacyPassword
from trial.models import User
from trial.models.prepared import Prepared

_newest_digest: Prepared[str] = Prepared(
    lambda user: (
        PharmacyPassword.objects.filter(user=user).order_by("-id").values_list("digest", flat=True)[:1]
    )
)


def password_at_this_door(user: User) -> str:
    """The digest that counts here: the sealed one, or the account's own where none is sealed."""
    return _newest_digest.first(user=user.pk) or user.password


def seal_password(user: User, digest: str, *, at: datetime) -> None:
    """From now on this digest counts at this door."""
    PharmacyPassword.objects.create(user=user, digest=digest, at=at)


def forget_password(user: User, *, at: datetime) -> None:
    """The account's own password counts again, until the next second factor is set up with a code."""
    PharmacyPassword.objects.create(user=user, digest="", at=at)


def listen() -> None:
    """Seal at the two moments at which somebody has shown at this door who they are."""
    post_save.connect(_factor_saved, sender=Authenticator, dispatch_uid="sealed.passwords.factor")
    post_save.connect(_password_saved, sender=User, dispatch_uid="sealed.passwords.changed")


def _factor_saved(instance: Authenticator, created: bool, raw: bool = False, **signal: Any) -> None:
    """The first factor seals the password with which the person came; a later one leaves it as it is."""
    if created and not raw and not _is_sealed(instance.user):
        seal_password(instance.user, instance.user.password, at=instance.created_at)


def _password_saved(
    instance: User, update_fields: frozenset[str] | None = None, raw: bool = False, **signal: Any
) -> None:
    """A password that is changed at this door counts here as well."""
    changed = not raw and "password" in (update_fields or ())
    if changed and context.request is not None and _is_sealed(instance):
        seal_password(instance, instance.password, at=context.request.at)


def _is_sealed(user: User) -> bool:
    return bool(_newest_digest.first(user=user.pk))
