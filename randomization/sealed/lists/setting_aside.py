"""A draft that was brought or made with a slip is set aside: it stays, and its order does not count as used.

On the blinded side it is closed before it was sealed, as the data lock closes what was never used. Why is
told to the unblinded alone, since the reason may name arms.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from randomization.models import ListStep, RandomizationList, Step
from randomization.sealed.lists.earlier import earlier_lists
from randomization.sealed.lists.steps import WrongStep, steps_of
from randomization.sealed.models import SetAside
from randomization.sealed.vault.signing import deed_of_setting_aside, sign_sealed
from randomization.sealed.vault.trail import record_sealed
from randomization.services import take_step
from trial.models import Delegation, Trial
from trial.people.signing import Hand
from trial.permissions import Permission
from trial.policies import require
from trial.refusals import InvalidInput

BEFORE_SEALING = (Step.DRAFT, Step.CHECKED)


def set_aside(
    *, list_: RandomizationList, by: Delegation, at: datetime, reason: str, hand: Hand | None = None
) -> ListStep:
    """Set a draft aside for good, with the reason why, signed by the `hand` of whoever does it.

    Its envelopes and its place among the lists stay, and so does its name. The same file may then be
    brought again. There is no way back: a list that is right after all is brought again.
    Raises NotPermitted, WrongStep or InvalidInput; then nothing is written.
    """
    with transaction.atomic():
        trial = Trial.objects.select_for_update().get(pk=list_.trial_id)
        check_can_set_aside(list_, trial, by=by, taken=steps_of(list_))
        if not reason.strip():
            raise InvalidInput(_("Enter why the list is set aside."), {"reason": _("An answer is required.")})
        row = SetAside.objects.create(list=list_, by=by, at=at, reason=reason.strip())
        deed = deed_of_setting_aside(row, hand)
        said = {"list": str(list_.pk), "reason": row.reason} | deed.facts
        entry = record_sealed(
            action="list.set_aside", subject=list_.name, by=by, at=at, trial=trial, body=said
        )
        sign_sealed(deed, entry, by=by, at=at, site=None)
        return take_step(list_=list_, step=Step.CLOSED, by=by, at=at)


def check_can_set_aside(
    list_: RandomizationList, trial: Trial, *, by: Delegation, taken: Sequence[ListStep]
) -> None:
    """Raises NotPermitted or WrongStep, as the act would now; `taken` are the list's steps."""
    require(by, Permission.MANAGE_LISTS, trial=trial)
    latest = Step(taken[-1].step)
    if latest not in BEFORE_SEALING:
        said = {"list": list_.name, "step": latest.label}
        raise WrongStep(
            _("%(list)s is %(step)s; only a list that is not sealed yet can be set aside.") % said
        )
    if reserve := earlier_lists(trial).filter(reserve_of=list_).first():
        said = {"list": list_.name, "reserve": reserve.name}
        raise WrongStep(_("%(reserve)s is the reserve of %(list)s. Set it aside first.") % said)
