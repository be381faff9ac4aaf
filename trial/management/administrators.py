"""Who acts where a command asks for an administrator of the trial."""

from __future__ import annotations

from django.core.management.base import CommandError
from django.utils import timezone

from trial.management.terminal import duties_of
from trial.models import Delegation, Trial
from trial.people.tries.noting import note_refused_command
from trial.permissions import GRANTS, Permission
from trial.refusals import Refusal


def administrator_of(trial: Trial, username: str) -> Delegation:
    """The running duty by which this person delegates and opens sites. Raises CommandError."""
    roles = [role for role, granted in GRANTS.items() if Permission.DELEGATE in granted]
    duties = duties_of(username).filter(trial=trial, role__in=roles)
    if by := duties.select_related("user", "trial", "site").first():
        return by
    raise CommandError(f"{username} does not delegate in this trial. Name an administrator with --by.")


def refused(fault: Refusal, *, command: str, by: Delegation | None, subject: str) -> CommandError:
    """What a command says of a refusal, which is entered as well, if whoever acts is known by now."""
    if by is not None:
        note_refused_command(command, by=by, subject=subject, at=timezone.now(), code=fault.code)
    beside = (f"{name}: {said}" for name, said in fault.errors.items() if said != str(fault))
    return CommandError(" ".join([str(fault), *beside]))
