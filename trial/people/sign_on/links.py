"""Whose account at the hospital is whose here: linked by the person, in a session with a second factor.

The provider makes no account, and a mail address alone links none. Each door keeps links of its own; those of
the pharmacy are sealed rows, so that nothing that the clinic writes lets anybody in there.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.apps import apps
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from trial.models import ChainKind, Delegation, SignOnLinkBase, User
from trial.people.delegating import need_reason, require_delegating
from trial.people.sign_on.asking import SomebodyThere
from trial.people.sign_on.provider import Provider
from trial.people.sign_on.refusals import SignOnRefused, Why
from trial.people.tries.noting import note_event
from trial.refusals import Refusal

ASKED_AT_LOG_IN = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
"""The second factors that the log-in asks for. Recovery codes are another way to give one of them."""


class LinkedElsewhere(Refusal):
    """The account at the hospital is linked to somebody else's account here."""

    code = "sign_on_linked_elsewhere"


class NotLinked(Refusal):
    """The person's account is linked to none at the hospital."""

    code = "sign_on_not_linked"


def link_of(user: User, provider: Provider) -> SignOnLinkBase | None:
    """The link that is good for this person now, or None."""
    newest: SignOnLinkBase | None = _links().filter(user=user.pk).order_by("-id").first()
    if newest is None or newest.ended or newest.issuer != provider.issuer:
        return None
    return newest if _newest_about(newest.issuer, newest.subject) == newest else None


def person_of(there: SomebodyThere, provider: Provider) -> User | None:
    """Whose account is linked to that one at the hospital; None if nobody's is."""
    newest = _newest_about(provider.issuer, there.subject)
    return newest.user if newest and link_of(newest.user, provider) == newest else None


def check_may_come_in(user: User, there: SomebodyThere) -> None:
    """Whether somebody who is linked comes in by that. Raises SignOnRefused."""
    if not user.is_active:
        raise SignOnRefused(Why.ACCOUNT_SHUT)
    if not user.email or user.email.casefold() != there.mail.casefold():
        raise SignOnRefused(Why.OTHER_MAIL)
    if not is_mfa_enabled(user, ASKED_AT_LOG_IN):
        raise SignOnRefused(Why.NO_SECOND_FACTOR)


@transaction.atomic
def link(*, user: User, there: SomebodyThere, provider: Provider, request: HttpRequest) -> None:
    """Link a person's account to theirs at the hospital. Again: no change.

    Raises SignOnRefused where the two have not one mail address, and LinkedElsewhere.
    """
    check_may_come_in(user, there)
    if (other := person_of(there, provider)) and other != user:
        raise LinkedElsewhere(
            _("That account at the hospital is linked to somebody else's here. Ask whoever runs Velum.")
        )
    if (now := link_of(user, provider)) and now.subject == there.subject:
        return
    _write(user, provider.issuer, there.subject, request, ended=False)


@transaction.atomic
def end_link(*, user: User, provider: Provider, request: HttpRequest) -> None:
    """From now on the account at the hospital lets nobody in here. Again: no change."""
    if (now := link_of(user, provider)) is not None:
        _write(user, now.issuer, now.subject, request, ended=True)


@transaction.atomic
def end_link_of(*, user: User, by: Delegation, at: datetime, reason: str) -> None:
    """The same by an administrator, for somebody whose account at the hospital is another's now, or gone.

    Whichever provider it was of. Raises NotPermitted, InvalidInput without a reason, and NotLinked.
    """
    reason = need_reason(reason)
    for duty in Delegation.objects.running().filter(user=user, trial=by.trial_id).select_related("site"):
        require_delegating(by, duty.trial_id, duty.site)
    now: SignOnLinkBase | None = _links().filter(user=user.pk).order_by("-id").first()
    if now is None or now.ended:
        raise NotLinked(
            _("The account of %(name)s is not linked at this door. Each door has links of its own.")
            % {"name": user.username}
        )
    _links().create(user=user, issuer=now.issuer, subject=now.subject, at=at, ended=True)
    record = import_string(settings.VELUM_DOOR_TRAIL)
    body = {"issuer": now.issuer, "subject": now.subject, "reason": reason}
    where = {"trial": by.trial, "site": by.site, "kind": ChainKind.DOOR}
    record(action="sign_on.unlinked", subject=user.username, by=by, at=at, body=body, **where)


def _write(user: User, issuer: str, subject: str, request: HttpRequest, *, ended: bool) -> None:
    at = request.at  # type: ignore[attr-defined]  # set by the outermost middleware
    _links().create(user=user, issuer=issuer, subject=subject, at=at, ended=ended)
    body = {"issuer": issuer, "subject": subject}
    note_event("sign_on.unlinked" if ended else "sign_on.linked", user=user, request=request, body=body)


def _newest_about(issuer: str, subject: str) -> SignOnLinkBase | None:
    found: SignOnLinkBase | None = (
        _links().filter(issuer=issuer, subject=subject).select_related("user").order_by("-id").first()
    )
    return found


def _links() -> Any:
    return apps.get_model(settings.VELUM_SIGN_ON_LINKS)._default_manager
