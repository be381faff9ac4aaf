"""Who has a second factor of this door: kept where the trigger that ends duties can look.

A clinic process may read neither that table nor the factors themselves. It may end duties, and where the last
person with a second factor would go, the end waits for this door (decision 37).
"""

from __future__ import annotations

from typing import Any

from allauth.mfa.models import Authenticator
from django.db.models.signals import post_delete, post_save

from trial.models import FactorAtPharmacy

OPENS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
"""Recovery codes come with one of these and go with the last."""


def listen() -> None:
    """Follow second factors as they are set up and removed."""
    post_save.connect(_set_up, sender=Authenticator, dispatch_uid="sealed.factors.set_up")
    post_delete.connect(_removed, sender=Authenticator, dispatch_uid="sealed.factors.removed")


def _set_up(instance: Authenticator, created: bool, raw: bool = False, **signal: Any) -> None:
    """Only when it is new: a factor is saved with each use, and an emergency writes no more than it must."""
    if created and not raw and instance.type in OPENS:
        FactorAtPharmacy.objects.get_or_create(user_id=instance.user_id)


def _removed(instance: Authenticator, **signal: Any) -> None:
    if not Authenticator.objects.filter(user=instance.user_id, type__in=OPENS).exists():
        FactorAtPharmacy.objects.filter(user=instance.user_id).delete()
