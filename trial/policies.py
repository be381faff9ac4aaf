"""Permission checks: every service asks one first.

Permissions are asked of the delegation in hand and of the site that the object belongs to. That
nobody is ever both blinded and unblinded in one trial is decided here as well.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.utils.translation import gettext as _

from trial.models import DataLock, Delegation, Site, Trial, User
from trial.permissions import UNBLINDED_ROLES, Permission, Role, may
from trial.refusals import Refusal


class NotPermitted(Refusal):
    """The person's role, or the site of the role, does not reach this."""

    code = "not_permitted"
    status = 403


class DataLocked(NotPermitted):
    """The data of the trial are locked; nothing more is recorded."""


class RolesClash(Refusal):
    """A blinded and an unblinded role may not meet in one person and one trial."""

    code = "roles_clash"


def require(
    by: Delegation,
    permission: Permission,
    *,
    trial: Trial | str,
    site: Site | None = None,
) -> None:
    """Refuse unless `by` carries the permission, in that trial and (if given) at that site.

    Raises NotPermitted, or DataLocked for what would add to the data of a locked trial.
    """
    trial_key = trial if isinstance(trial, str) else trial.pk
    reaches = by.trial_id == trial_key and (site is None or by.covers(site.pk))
    if by.ended_at or not reaches or not may(by.role, permission):
        raise NotPermitted(
            _("The role “%(role)s” may not do this here. Ask the trial manager for the right delegation.")
            % {"role": by.get_role_display()}
        )
    if permission in RECORDING:
        refuse_locked(trial_key)


RECORDING = frozenset(
    {
        Permission.SCREEN,
        Permission.BOOK,
        Permission.RECORD,
        Permission.HOLD,
        Permission.WITHDRAW,
        Permission.CORRECT,
        Permission.REVIEW_DEVIATIONS,
        Permission.AMEND,
    }
)
"""What adds to the data of a trial. Drawing is not among them: the lock closes every list."""


def refuse_locked(trial_key: str) -> None:
    """Refuse once the data of the trial are locked. Raises DataLocked."""
    if DataLock.objects.filter(trial=trial_key).exists():
        raise DataLocked(_("The data of this trial are locked. Nothing more is recorded here."))


def refuse_clash(*, user: User, trial: Trial, role: Role) -> None:
    """Refuse a role that would break the blind, now or by what the person has known before.

    Whoever has ever held an unblinded role in a trial never gets a blinded one there; whoever
    holds a blinded role now does not get an unblinded one. ICH E6(R3) 4.1: blinding shapes access.
    """
    past = Delegation.objects.filter(user=user, trial=trial)
    if role in UNBLINDED_ROLES:
        if past.filter(ended_at=None).exclude(role__in=UNBLINDED_ROLES).exists():
            raise RolesClash(
                _("%(name)s holds a blinded role in this trial. End it first; it can never be given back.")
                % {"name": user.shown_name}
            )
    elif past.filter(role__in=UNBLINDED_ROLES).exists():
        raise RolesClash(
            _("%(name)s has held an unblinded role in this trial. Give this role to someone else.")
            % {"name": user.shown_name}
        )


def delegations_of(user: User, *, roles: Iterable[Role]) -> list[Delegation]:
    """A person's running delegations among those roles, oldest first."""
    return list(
        Delegation.objects.filter(user=user, ended_at=None, role__in=list(roles)).select_related(
            "user", "trial", "site"
        )
    )


def ended(delegation: Delegation, at: datetime) -> bool:
    """Whether a delegation had ended by that moment."""
    return delegation.ended_at is not None and delegation.ended_at <= at
