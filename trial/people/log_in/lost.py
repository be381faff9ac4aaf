"""A second factor of the clinic door that is lost: an administrator has it forgotten, with an entry."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from trial.audit import record
from trial.models import ClinicFactor, Delegation, User
from trial.people.delegating import require_delegating
from trial.refusals import Refusal


class NoSecondFactor(Refusal):
    """The person has set up no second factor at the clinic door."""

    code = "no_second_factor"


@transaction.atomic
def forget_clinic_factor(*, user: User, by: Delegation, at: datetime, reason: str) -> None:
    """Forget a person's app, recovery codes and passkeys of the clinic door.

    The administrator gives duties where the person has one. Raises NotPermitted or NoSecondFactor.
    """
    for duty in Delegation.objects.running().filter(user=user, trial=by.trial_id).select_related("site"):
        require_delegating(by, duty.trial_id, duty.site)
    removed, _kinds = ClinicFactor.objects.filter(user=user).delete()
    if not removed:
        raise NoSecondFactor(
            _("%(name)s has no second factor at the clinic door. The pharmacy door forgets its own.")
            % {"name": user.username}
        )
    body = {"door": "clinic", "reason": reason}
    record(action="second_factor.removed", subject=user.username, by=by, at=at, trial=by.trial, body=body)
