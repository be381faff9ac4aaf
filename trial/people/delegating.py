"""Gives and ends duties, and makes tokens.

Each public function is one transaction with one audit entry.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from trial.audit import record
from trial.models import ApiToken, Delegation, Site, Trial, User
from trial.permissions import DOORS, Permission, Role
from trial.policies import NotPermitted, refuse_clash, require
from trial.refusals import InvalidInput, Refusal


class DelegationEnded(Refusal):
    """The duty has ended already."""

    code = "delegation_ended"


@transaction.atomic
def delegate(
    *, user: User, trial: Trial, role: Role, site: Site | None, by: Delegation | None, at: datetime
) -> Delegation:
    """Give a person a duty in a trial. Raises RolesClash where the blind would suffer.

    `by` is empty only for the command line, where the installation's first duties are given.
    """
    if site is not None and site.trial_id != trial.pk:
        sentence = _("Site %(site)s is not one of this trial.") % {"site": site.number}
        raise InvalidInput(sentence, {"site": sentence})
    if by is not None:
        _require_delegating(by, trial.pk, site)
    User.objects.select_for_update().get(pk=user.pk)  # two duties at once must not pass each other
    refuse_clash(user=user, trial=trial, role=role)
    delegation, new = Delegation.objects.get_or_create(
        user=user,
        trial=trial,
        site=site,
        role=role,
        ended_at=None,
        defaults={"granted_at": at, "granted_by": by},
    )
    if new:
        body = {"role": role.value, "site": site.number if site else None}
        record(action="delegation.granted", subject=user.username, by=by, at=at, trial=trial, body=body)
    return delegation


@transaction.atomic
def end_delegation(*, delegation: Delegation, by: Delegation, at: datetime, reason: str) -> None:
    """End a person's duty at once. It stays in the log. Raises DelegationEnded the second time."""
    delegation = Delegation.objects.select_for_update(of=("self",)).get(pk=delegation.pk)
    _require_delegating(by, delegation.trial_id, delegation.site)
    if delegation.ended_at is not None:
        raise DelegationEnded(_("This duty has ended already. It stays in the log as it is."))
    delegation.ended_at = at
    delegation.save(update_fields=["ended_at"])
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


def _require_delegating(by: Delegation, trial: str, site: Site | None) -> None:
    """Whoever delegates at one site gives and ends duties of that site, and none of the whole trial."""
    require(by, Permission.DELEGATE, trial=trial, site=site)
    if site is None and by.site_id is not None:
        raise NotPermitted(
            _(
                "You can give duties at one site only. For a duty at "
                "all sites, ask an administrator of the whole trial."
            )
        )
