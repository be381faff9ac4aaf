"""With a new password the other ways in can end too: whoever knew the old one may have made some."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from trial.models import Delegation, User
from trial.people.duties.shutting import revoke_addresses, revoke_tokens

REASON = "The password was changed."


@transaction.atomic
def end_ways_in(*, user: User, at: datetime, tokens: bool, addresses: bool) -> int:
    """End one's own tokens and calendar addresses in every trial, as chosen. Returns how many there were."""
    ended = 0
    for duty in _one_in_each_trial(user):
        if tokens:
            ended += revoke_tokens(user=user, by=duty, at=at, reason=REASON)
        if addresses:
            ended += revoke_addresses(user=user, by=duty, at=at, reason=REASON)
    return ended


def _one_in_each_trial(user: User) -> list[Delegation]:
    duties = Delegation.objects.running().filter(user=user).select_related("user", "trial", "site")
    return list({duty.trial_id: duty for duty in duties}.values())
