"""Accounts shut, sessions ended, tokens and calendar addresses revoked: at once, and for good.

Each public function is one transaction. Nothing that was done with the account is touched by it.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from trial.audit import record
from trial.hooks import KeepsAddresses, ask_apps
from trial.models import AccountShut, ApiToken, Delegation, SessionsEnded, TokenRevoked, User
from trial.people.delegating import end_delegation, need_reason, require_delegating
from trial.policies import NotPermitted
from trial.refusals import Refusal


class AccountIsShut(Refusal):
    """The account has been shut already."""

    code = "account_is_shut"


class TokenIsRevoked(Refusal):
    """The token has been revoked already."""

    code = "token_is_revoked"


@transaction.atomic
def shut_account(*, user: User, by: Delegation, at: datetime, reason: str) -> None:
    """Shut an account and end its duties: nobody logs in with it any more, at either door.

    Raises NotPermitted where a duty lies outside the reach of `by`, AccountIsShut the second time,
    InvalidInput without a reason, and LastAdministrator.
    """
    reason, user = need_reason(reason), User.objects.select_for_update().get(pk=user.pk)
    duties = Delegation.objects.running().filter(user=user).select_related("user", "trial", "site")
    _require_reach(by, user, list(duties))
    if AccountShut.objects.filter(user=user).exists() or not user.is_active:
        raise AccountIsShut(_("The account of %(name)s is shut already.") % {"name": user.shown_name})
    for duty in duties:
        end_delegation(delegation=duty, by=by, at=at, reason=reason)
    AccountShut.objects.create(user=user, by=by, at=at, reason=reason)
    _enter("account.shut", user, by, at, {"reason": reason})


@transaction.atomic
def end_sessions(*, user: User, by: Delegation, at: datetime, reason: str) -> None:
    """End every session of a person: their next page is the log-in. Raises NotPermitted or InvalidInput."""
    reason = need_reason(reason)
    _require_knows(by, user)
    SessionsEnded.objects.create(user=user, by=by, at=at, reason=reason)
    _enter("sessions.ended", user, by, at, {"reason": reason})


@transaction.atomic
def revoke_token(*, token: ApiToken, by: Delegation, at: datetime, reason: str) -> None:
    """Revoke one bearer token. Raises NotPermitted, InvalidInput, or TokenIsRevoked the second time."""
    duty, reason = token.delegation, need_reason(reason)
    if by.user_id != duty.user_id:
        require_delegating(by, duty.trial_id, duty.site)
    if token.revoked_at is not None or TokenRevoked.objects.filter(token=token).exists():
        raise TokenIsRevoked(_("The token %(name)s is revoked already.") % {"name": token.name})
    TokenRevoked.objects.create(token=token, by=by, at=at, reason=reason)
    _enter("token.revoked", duty.user, by, at, {"name": token.name, "reason": reason})


@transaction.atomic
def revoke_tokens(*, user: User, by: Delegation, at: datetime, reason: str) -> int:
    """Revoke every token of a person in the trial of `by`. Returns how many there were."""
    tokens = ApiToken.objects.filter(delegation__user=user, delegation__trial=by.trial_id, revoked_at=None)
    rows = list(tokens.order_by("created"))
    for token in rows:
        revoke_token(token=token, by=by, at=at, reason=reason)
    return len(rows)


@transaction.atomic
def revoke_addresses(*, user: User, by: Delegation, at: datetime, reason: str) -> int:
    """Revoke every calendar address that a person made in the trial of `by`. Returns how many there were."""
    reason = need_reason(reason)
    if by.user_id != user.pk:
        _require_knows(by, user)
    keepers = list(ask_apps(KeepsAddresses))
    ended = sum(app.revoke_addresses(user=user, by=by, at=at) for app in keepers)
    if ended:
        _enter("addresses.revoked", user, by, at, {"count": ended, "reason": reason})
    return ended


def _require_reach(by: Delegation, user: User, duties: list[Delegation]) -> None:
    """Every duty of the account lies within the administrator's reach. Raises NotPermitted."""
    _require_knows(by, user)
    for duty in duties:
        require_delegating(by, duty.trial_id, duty.site)


def _require_knows(by: Delegation, user: User) -> None:
    """The administrator gives duties where the person has, or had, one. Raises NotPermitted."""
    known = Delegation.objects.filter(user=user, trial=by.trial_id).select_related("site")
    for duty in known:
        try:
            require_delegating(by, duty.trial_id, duty.site)
        except NotPermitted:
            continue
        return
    require_delegating(by, by.trial_id, None if by.site_id is None else by.site)
    raise NotPermitted(
        _("%(name)s has no duty where you give duties. Ask an administrator of that site or trial.")
        % {"name": user.shown_name}
    )


def _enter(action: str, user: User, by: Delegation, at: datetime, body: dict[str, object]) -> None:
    record(action=action, subject=user.username, by=by, at=at, trial=by.trial, body=body)
