"""What the acts of the calendar share."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from trial.audit import record
from trial.models import Delegation, Participant
from trial.refusals import InvalidInput


def require_reason(reason: str, field: str = "reason") -> str:
    """The reason without white space around it. Refuses an empty one."""
    if not reason.strip():
        sentence = _("Say why, in a few words.")
        raise InvalidInput(sentence, {field: sentence})
    return reason.strip()


def enter(
    action: str, participant: Participant, by: Delegation, at: datetime, body: Mapping[str, Any]
) -> None:
    """The audit entry of an act on a participant, in the chain of the participant's site."""
    record(
        action=action,
        subject=participant.number,
        by=by,
        at=at,
        trial=participant.trial,
        site=participant.site,
        body=body,
    )
