"""How a sentence becomes words, and the common shape of every refusal.

A refusal is a fact of the situation, not a fault of the program: its sentence says what is so and
what to do next, and it changes nothing. Each concrete refusal lives beside the function that
raises it; pages show the sentence, the API turns `code` and `status` into problem details.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import date, datetime, time, tzinfo
from types import MappingProxyType
from typing import ParamSpec

from django.utils.translation import get_language, gettext, ngettext, override

from trial.core.doubts import Doubt, far_off, unconfirmed
from trial.core.french import french_spaces
from trial.core.protocol import Text
from trial.core.sentences import Language, Sentence, Words, said
from trial.core.typed_days import NoSuchTime, on_the_wall

P = ParamSpec("P")


def in_page_language(words: object) -> str:
    """Words for whoever reads them now; what is no sentence and in no two languages stays as it is."""
    tag = get_language() or "en"
    text = said(words, Language(tag, gettext, ngettext))
    return french_spaces(text) if tag.startswith("fr") and not isinstance(words, str) else text


def in_language(words: object, tag: str) -> str:
    """Words for somebody who reads `en` or `fr`, whoever asks."""
    with override(tag):
        return in_page_language(words)


def in_both_languages(words: object) -> Text:
    """Words that are kept in both languages, since nobody knows who will read them."""
    return Text(in_language(words, "en"), in_language(words, "fr"))


class Refusal(Exception):
    """Velum declines to do something, and says why.

    `code` comes from the closed list in `docs/errors.md`; `status` is the HTTP status of the API's
    answer; `errors` names the fields that are at fault, if any.
    """

    code = "refused"
    status = 409

    def __init__(self, message: object, errors: Mapping[str, object] | None = None) -> None:
        self.sentence: Words = message if isinstance(message, Sentence) else str(message)
        super().__init__(self.sentence)
        self.errors = dict(errors or {})

    def __str__(self) -> str:
        return self.sentence if isinstance(self.sentence, str) else in_page_language(self.sentence)


NOTHING: Mapping[str, object] = MappingProxyType({})
"""No confirmation: whatever is unlikely is refused with its question."""


def note_refusal(request: object, reason: Refusal) -> None:
    """Let whoever looks at the answer of a request know which refusal it was."""
    request.refusal = reason.code  # type: ignore[attr-defined]  # a request takes what it is given


class NotConfirmed(Refusal):
    """Something unlikely was given, and nobody has said that it is right. `doubts` holds the questions.

    Nothing is changed. Whoever keeps a value sends the same again and confirms that very value.
    """

    code = "not_confirmed"
    status = 422

    def __init__(self, doubts: Iterable[Doubt]) -> None:
        self.doubts = tuple(doubts)
        super().__init__(
            gettext("This is unlikely. Correct it, or confirm the very value that is right."),
            {doubt.field: doubt.asks for doubt in self.doubts},
        )


class InvalidInput(Refusal):
    """What was sent cannot be read as what was asked for."""

    code = "invalid"
    status = 422


def moment_at(day: date, clock: time, zone: tzinfo) -> datetime:
    """The moment of a day and a time that were typed for a place. Raises InvalidInput beside the time."""
    try:
        return on_the_wall(day, clock, zone)
    except NoSuchTime as reason:
        raise InvalidInput(reason.sentence, {"time": reason.sentence}) from reason


def refuse_unconfirmed(
    doubts: Iterable[Doubt], confirmed: Mapping[str, object], *, fields: Collection[str]
) -> dict[str, str]:
    """What was confirmed, by field, as the audit entry keeps it.

    `fields` are those that can be confirmed at all. Raises NotConfirmed for each doubt that is left, and
    InvalidInput for a confirmation of something else.
    """
    if strange := {
        name: gettext("There is nothing to confirm here; take it out.")
        for name in confirmed
        if name not in fields
    }:
        raise InvalidInput(gettext("There is nothing to confirm here; take it out."), strange)
    found = tuple(doubts)
    if left := unconfirmed(found, confirmed):
        raise NotConfirmed(left)
    return {doubt.field: doubt.value for doubt in found}


def kept_far_day(
    field: str, day: date, first: date, last: date, confirmed: Mapping[str, object] | None
) -> dict[str, object]:
    """What the entry says of a day outside those from `first` to `last`; nothing of one inside.

    `confirmed` is None where nobody can be asked: a world that is made, say. Raises NotConfirmed otherwise.
    """
    if confirmed is None:
        return {}
    kept = refuse_unconfirmed(far_off(field, day, first, last), confirmed, fields={field})
    return {"confirmed": kept} if kept else {}


def why_not(check: Callable[P, object], *args: P.args, **values: P.kwargs) -> str:
    """The sentence with which a `check_can_…` refuses an act now; empty where it lets it pass."""
    try:
        check(*args, **values)
    except Refusal as reason:
        return str(reason)
    return ""


def can(check: Callable[P, object], *args: P.args, **values: P.kwargs) -> bool:
    """Whether a `check_can_…` lets an act pass: a page asks the same check as the act itself."""
    return not why_not(check, *args, **values)
