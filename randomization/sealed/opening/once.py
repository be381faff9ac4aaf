"""One form breaks a code once, however often it is sent: a reload, a double tap, a lost answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError

from randomization.sealed.models import CodeBreak
from randomization.sealed.opening.revealing import Purpose, code_break, reveal
from trial.core.protocol import Arm
from trial.models import Delegation, Participant
from trial.people.signing import Hand


@dataclass(frozen=True, repr=False)
class OpenedCode:
    """The arm, when the code was broken, and whether this is not the first time that it is shown."""

    arm: Arm
    broken_at: datetime
    again: bool


def code_break_once(
    *,
    participant: Participant,
    by: Delegation,
    at: datetime,
    reason: str,
    question: UUID,
    hand: Hand | None = None,
) -> OpenedCode:
    """Break the code for this question, or open the envelope again where it did that already.

    The second time is an entry of the sealed trail and no second code break. Raises what `code_break` raises.
    """
    earlier = _earlier(question)
    if earlier is None:
        try:
            arm = code_break(
                participant=participant, by=by, at=at, reason=reason, question=question, hand=hand
            )
            return OpenedCode(arm, at, again=False)
        except IntegrityError:  # the same form, a moment ago
            if (earlier := _earlier(question)) is None:
                raise
    again = Purpose.CODE_BREAK_AGAIN
    arm = reveal(participant=participant, by=by, purpose=again, at=at, reason=reason)
    return OpenedCode(arm, earlier.at, again=True)


def _earlier(question: UUID) -> CodeBreak | None:
    return CodeBreak.objects.filter(question=question).first()
