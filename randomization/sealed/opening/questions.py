"""What was typed before a code is broken waits on the sealed side, ten minutes, for the person who typed it.

Nothing of it stays in a browser: number and reason lie in a table of the pharmacy door alone (its cache), so
that they outlive a session that ends. The password is never among them, nor is what an envelope holds. One
question waits for each person and each kind of asking; a newer one takes the place of an older.
"""

from __future__ import annotations

import uuid
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from django.core import signing
from django.core.cache import cache
from django.utils.translation import gettext as _

from trial.models import User
from trial.refusals import Refusal

LASTS = timedelta(minutes=10)
FORM_LASTS = timedelta(hours=1)
"""How long after a form was opened it may still be sent by somebody whose session has ended meanwhile."""
SALT = "code-break-question"


class Kind(StrEnum):
    """What is asked for: the arm on this screen, or a link for somebody else."""

    BREAK = "break"
    LINK = "link"


class QuestionGone(Refusal):
    """What was typed has waited longer than ten minutes, or something else was asked since."""

    code = "question_gone"
    status = 410


@dataclass(frozen=True)
class Question:
    """Whose code, and why, as it was typed. `key` stands in the address of the page that asks once more."""

    key: str
    kind: str
    number: str
    reason: str
    until: datetime
    other: dict[str, str] = field(default_factory=dict)
    spent: bool = False

    @property
    def uuid(self) -> uuid.UUID:
        """The key as the code break keeps it."""
        return uuid.UUID(self.key)

    def typed(self) -> dict[str, str]:
        """What the form is filled with again."""
        return {"number": self.number, "reason": self.reason, **self.other}


def keep_question(*, user: int, kind: Kind, number: str, reason: str, at: datetime, **other: str) -> Question:
    """Keep what was typed, in place of what that person typed before."""
    question = Question(str(uuid.uuid4()), kind, number, reason, at + LASTS, other)
    _put(user, question)
    return question


def kept_question(*, user: int, kind: Kind, at: datetime) -> Question | None:
    """What waits for this person, if anything does."""
    kept: dict[str, Any] | None = cache.get(_name(user, kind))
    question = Question(**kept) if kept else None
    return question if question and at < question.until else None


def find_question(key: uuid.UUID, *, user: int, kind: Kind, at: datetime) -> Question:
    """The question of that address, if it is this person's and still waits. Raises QuestionGone."""
    question = kept_question(user=user, kind=kind, at=at)
    if question is None or question.uuid != key:
        raise QuestionGone(
            _("What was typed waits for ten minutes, and only the newest does. Type the number again.")
        )
    return question


def spend(question: Question, *, user: int) -> None:
    """It has been answered: whoever comes back to the first page starts with an empty form."""
    _put(user, replace(question, spent=True))


def _put(user: int, question: Question) -> None:
    cache.set(_name(user, question.kind), asdict(question), timeout=int(LASTS.total_seconds()))


def _name(user: int, kind: str) -> str:
    return f"code-break-question:{kind}:{user}"


def form_of(user: User) -> str:
    """What a form carries, so that it is known whose it is even after the session: signed, no secret."""
    return signing.dumps(user.pk, salt=SALT)


def whose_form(token: str) -> int | None:
    """The person to whom that form was shown, within the hour; nobody where it is not one of ours."""
    try:
        found = signing.loads(token, salt=SALT, max_age=FORM_LASTS)
    except signing.BadSignature:
        return None
    return found if isinstance(found, int) else None
