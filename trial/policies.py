"""Permission checks: every service asks one first.

Permissions are asked of the delegation in hand and of the site that the object belongs to. That
nobody is ever both blinded and unblinded in one trial is decided here as well.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Exists, QuerySet
from django.utils.translation import gettext as _

from trial.models import DataLock, Delegation, SessionsEnded, Site, Trial, User
from trial.models.prepared import Prepared
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
    goes_on: bool = False,
) -> None:
    """Refuse unless `by` carries the permission, in that trial and (if given) at that site.

    `goes_on` is for an act that takes something away or ends it, and adds no fact about a participant: it
    goes on after the data lock. Raises NotPermitted, or DataLocked for what would add to locked data.
    """
    trial_key = trial if isinstance(trial, str) else trial.pk
    reaches = by.trial_id == trial_key and (site is None or by.covers(site.pk))
    if by.ended_at or not reaches or not may(by.role, permission):
        raise NotPermitted(
            _("The role “%(role)s” may not do this here. Ask the trial manager for the right delegation.")
            % {"role": by.get_role_display()}
        )
    if permission in RECORDING and not goes_on:
        refuse_locked(trial_key)


RECORDING = frozenset(
    {
        Permission.CONFIRM_ELIGIBILITY,
        Permission.SCREEN,
        Permission.BOOK,
        Permission.CLOSE_DAYS,
        Permission.MANAGE_CONTACT,
        Permission.RECORD,
        Permission.HOLD,
        Permission.WITHDRAW,
        Permission.CORRECT,
        Permission.REVIEW_DEVIATIONS,
        Permission.AMEND,
    }
)
"""What adds to the data of a trial. Drawing is not among them: the lock closes every list."""


_locks: Prepared[int] = Prepared(
    lambda trial: DataLock.objects.filter(trial=trial).values_list("pk", flat=True)[:1]
)


def refuse_locked(trial_key: str) -> None:
    """Refuse once the data of the trial are locked. Raises DataLocked."""
    if _locks(trial=trial_key):
        raise DataLocked(_("The data of this trial are locked. Nothing more is recorded here."))


def refuse_clash(*, user: User, trial: Trial, role: Role) -> None:
    """Refuse a role that would break the blind, now or by what the person has known before.

    Whoever has ever held an unblinded role in a trial never gets a blinded one there; whoever
    holds a blinded role now does not get an unblinded one. ICH E6(R3) 4.1: blinding shapes access.
    """
    past = Delegation.objects.filter(user=user, trial=trial)
    if role in UNBLINDED_ROLES:
        if past.running().exclude(role__in=UNBLINDED_ROLES).exists():
            raise RolesClash(
                _("%(name)s holds a blinded role in this trial. End it first; it can never be given back.")
                % {"name": user.shown_name}
            )
    elif past.filter(role__in=UNBLINDED_ROLES).exists():
        raise RolesClash(
            _("%(name)s has held an unblinded role in this trial. Give this role to someone else.")
            % {"name": user.shown_name}
        )


def delegations_of(
    user: User, *, roles: Iterable[Role], since: datetime | None = None, at: datetime | None = None
) -> list[Delegation]:
    """A person's running delegations among those roles, oldest first.

    With `since`, the moment of a log-in, each says as `sessions_over` whether that session was ended.
    """
    among = sorted(roles)
    if since is None or at is None:
        return _duties(user=user, roles=among)
    return _duties_in_session(user=user, roles=among, since=since, at=at)


def _running(user: Any, roles: Any) -> QuerySet[Delegation]:
    mine = Delegation.objects.running().filter(user=user, role__in=roles)
    return mine.select_related("user", "trial", "site")


def _running_in_session(user: Any, roles: Any, since: Any, at: Any) -> QuerySet[Delegation]:
    ended = SessionsEnded.objects.ending(user_id=user, since=since, at=at)
    return _running(user, roles).annotate(sessions_over=Exists(ended))


_duties: Prepared[Delegation] = Prepared(_running)
_duties_in_session: Prepared[Delegation] = Prepared(_running_in_session)


def sessions_were_ended(user: User, *, since: datetime, at: datetime) -> bool:
    """Whether a session of that person, which began at `since`, was ended by somebody."""
    return SessionsEnded.objects.ending(user_id=user.pk, since=since, at=at).exists()


def ended(delegation: Delegation, at: datetime) -> bool:
    """Whether a delegation had ended by that moment."""
    return delegation.ended_at is not None and delegation.ended_at <= at
