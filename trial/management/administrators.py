"""Who acts where a command asks for an administrator of the trial."""

from __future__ import annotations

from django.core.management.base import CommandError
from django.db.models import QuerySet

from trial.models import Delegation
from trial.permissions import GRANTS, Permission


def administrator_of(running: QuerySet[Delegation], username: str) -> Delegation:
    """The running duty by which this person delegates and opens sites. Raises CommandError."""
    roles = [role for role, granted in GRANTS.items() if Permission.DELEGATE in granted]
    duties = running.filter(user__username=username, role__in=roles).select_related("user", "trial", "site")
    if by := duties.first():
        return by
    raise CommandError(f"{username} does not delegate in this trial. Name an administrator with --by.")
