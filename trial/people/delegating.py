"""Gives and ends duties, and makes tokens.

Each public function is one transaction with one audit entry.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from trial.audit import record
from trial.models import ApiToken, AuditChain, ChainKind, Delegation, DutyEnd, Site, Trial, User
from trial.permissions import DOORS, GRANTS, Permission, Role
from trial.policies import NotPermitted, refuse_clash, require
from trial.refusals import InvalidInput, Refusal


class DelegationEnded(Refusal):
    """The duty has ended already."""

    code = "delegation_ended"


class LastAdministrator(Refusal):
    """Nobody would be left who gives and ends duties in the whole trial."""

    code = "last_administrator"


@transaction.atomic
def delegate(
    *,
    user: User,
    trial: Trial,
    role: Role,
    site: Site | None,
    by: Delegation | None,
    at: datetime,
    key: UUID | None = None,
) -> Delegation:
    """Give a person a duty in a trial. Raises RolesClash where the blind would suffer.

    `by` is empty only for the command line, where the installation's first duties are given. `key` is that
    of a duty which was accepted before it is given.
    """
    if site is not None and site.trial_id != trial.pk:
        sentence = _("Site %(site)s is not one of this trial.") % {"site": site.number}
        raise InvalidInput(sentence, {"site": sentence})
    if by is not None:
        require_delegating(by, trial.pk, site)
    User.objects.select_for_update().get(pk=user.pk)  # two duties at once must not pass each other
    refuse_clash(user=user, trial=trial, role=role)
    delegation, new = Delegation.objects.get_or_create(
        user=user,
        trial=trial,
        site=site,
        role=role,
        ended_at=None,
        defaults={"granted_at": at, "granted_by": by} | ({"id": key} if key else {}),
    )
    if new:
        body = {"role": role.value, "site": site.number if site else None}
        record(action="delegation.granted", subject=user.username, by=by, at=at, trial=trial, body=body)
    return delegation


@transaction.atomic
def end_delegation(*, delegation: Delegation, by: Delegation, at: datetime, reason: str) -> None:
    """End a person's duty at once: pages, tokens, calendar addresses, links, mails. It stays in the log.

    The last duty at a site by which a code can be broken, or the last one there of somebody with a second
    factor, ends at the clinic door, and at the pharmacy door when somebody confirms it there. Raises
    InvalidInput without a reason, DelegationEnded the second time, and LastAdministrator.
    """
    require_delegating(by, delegation.trial_id, delegation.site)
    reason = need_reason(reason)
    lock_duties(delegation.trial)
    delegation = Delegation.objects.select_related("user", "trial").get(pk=delegation.pk)
    if delegation.ended_at is not None or DutyEnd.objects.filter(delegation=delegation).exists():
        raise DelegationEnded(_("This duty has ended already. It stays in the log as it is."))
    _refuse_last_administrator(delegation)
    DutyEnd.objects.create(delegation=delegation, by=by, at=at, reason=reason)
    record(
        action="delegation.ended",
        subject=delegation.user.username,
        by=by,
        at=at,
        trial=delegation.trial,
        body={"reason": reason, "role": delegation.role},
    )


@transaction.atomic
def create_token(*, delegation: Delegation, name: str, expires_at: datetime, door: str, at: datetime) -> str:
    """Make a bearer token for a delegation and a door and return it: the only time that it can be seen."""
    if delegation.role not in DOORS[door]:
        raise NotPermitted(_("This role cannot use the %(door)s door.") % {"door": door})
    if expires_at <= at:
        raise InvalidInput(
            _("Choose an end date in the future for the token."), {"expires_at": _("in the past")}
        )
    row, token = ApiToken.objects.create(
        user=delegation.user, expiry=expires_at - at, delegation=delegation, name=name, door=door
    )
    row.expiry = expires_at  # the library counts from its own clock
    row.save(update_fields=["expiry"])
    body = {"door": door, "expires_at": expires_at.isoformat(), "name": name, "role": delegation.role}
    record(
        action="token.created",
        subject=delegation.user.username,
        by=None,
        at=at,
        trial=delegation.trial,
        body=body,
    )
    return token


def need_reason(reason: str) -> str:
    """The reason, without spaces around it. Raises InvalidInput where there is none."""
    if not reason.strip():
        sentence = _("Say why. The delegation log shows it.")
        raise InvalidInput(sentence, {"reason": sentence})
    return reason.strip()


def lock_duties(trial: Trial) -> None:
    """Let nobody else end a duty of this trial until the transaction ends: each could be the last but one."""
    which: dict[str, Any] = {"trial": trial, "site": None, "kind": ChainKind.ACTS}
    AuditChain.objects.get_or_create(**which)
    AuditChain.objects.select_for_update().get(**which)


def _refuse_last_administrator(delegation: Delegation) -> None:
    """A trial keeps somebody who gives and ends duties everywhere. Raises LastAdministrator."""
    roles = [role for role, granted in GRANTS.items() if Permission.DELEGATE in granted]
    if delegation.role not in roles or delegation.site_id is not None:
        return
    others = Delegation.objects.running().filter(trial=delegation.trial_id, role__in=roles, site=None)
    if not others.exclude(pk=delegation.pk).exclude(user=delegation.user_id).exists():
        raise LastAdministrator(
            _("%(name)s is the last administrator of this trial. Invite another one first, then end this.")
            % {"name": delegation.user.shown_name}
        )


def require_delegating(by: Delegation, trial: str, site: Site | None) -> None:
    """Whoever delegates at one site gives and ends duties of that site, and none of the whole trial."""
    require(by, Permission.DELEGATE, trial=trial, site=site)
    if site is None and by.site_id is not None:
        raise NotPermitted(
            _(
                "You can give duties at one site only. For a duty at "
                "all sites, ask an administrator of the whole trial."
            )
        )
