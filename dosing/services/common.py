"""What the acts of the calendar share."""

from __future__ import annotations

from django.utils.translation import gettext as _

from trial.refusals import InvalidInput


def require_reason(reason: str, field: str = "reason") -> str:
    """The reason without white space around it. Refuses an empty one."""
    if not reason.strip():
        sentence = _("Enter the reason, in a few words.")
        raise InvalidInput(sentence, {field: sentence})
    return reason.strip()
