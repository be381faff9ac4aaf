"""The list of participants as a page shows it: finding by number, filters, next steps."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from urllib.parse import urlencode

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from trial.core.numbers import BadNumber, WrongCheckDigit, parse_number
from trial.models import CurrentParticipant, Status
from trial.wording.words import STATE_OF, medium_day, status_in_words

NEXT_STEP: dict[Status, str | Promise] = {
    Status.SCREENING: gettext_lazy("finish screening"),
    Status.ELIGIBLE: gettext_lazy("randomise"),
    Status.RANDOMIZED: gettext_lazy("book or begin day 1"),
    Status.ON_TREATMENT: gettext_lazy("injections and visits"),
    Status.ON_HOLD: gettext_lazy("release or withdraw"),
    Status.FOLLOW_UP: gettext_lazy("visits"),
    Status.SCREEN_FAILED: "",
    Status.COMPLETED: "",
    Status.WITHDRAWN: "",
}


@dataclass(frozen=True)
class Row:
    """One participant in the list."""

    number: str
    state: str
    state_label: str
    site: str
    screened: str
    next_step: str


@dataclass(frozen=True)
class Filter:
    """One state to narrow the list to, with how many are in it."""

    label: str
    count: int
    query: str
    current: bool


def as_row(participant: CurrentParticipant) -> Row:
    """A participant as a line of the list."""
    status = Status(participant.current_status)
    return Row(
        number=participant.number,
        state=STATE_OF[status],
        state_label=status_in_words(status, participant.current_scope),
        site=participant.site.city,
        screened=medium_day(participant.screened_at.astimezone(participant.site.tzinfo).date()),
        next_step=str(NEXT_STEP[status]),
    )


def matching(everyone: list[CurrentParticipant], typed: str) -> tuple[list[CurrentParticipant], str]:
    """Who may be meant by what was typed, and a hint where it was no right number.

    A whole number with one wrong or two swapped digits finds the numbers that it can have been.
    """
    wanted = "".join(sign for sign in typed.upper() if sign.isalnum())
    if not wanted:
        return everyone, ""
    part = [row for row in everyone if wanted in row.number.replace("-", "")]
    if part:
        return part, ""
    near = [row for row in everyone if one_slip(wanted, row.number.replace("-", ""))]
    return near, _not_found(typed, bool(near))


def _not_found(typed: str, near: bool) -> str:
    try:
        parse_number(typed)
    except WrongCheckDigit:
        first = _("“%(typed)s” has a digit that is wrong: the last one does not fit the others.")
    except BadNumber:
        first = _("No number here contains “%(typed)s”.")
    else:
        first = _("There is no participant %(typed)s here.")
    then = _("Did you mean one of these?") if near else _("Compare it with the participant's card.")
    return f"{first % {'typed': typed.strip()}} {then}"


def one_slip(typed: str, number: str) -> bool:
    """Whether one wrong sign, one swap of neighbours, or one sign too few or too many lies between them."""
    if len(typed) == len(number):
        wrong = [place for place, pair in enumerate(zip(typed, number, strict=True)) if pair[0] != pair[1]]
        swapped = len(wrong) == 2 and wrong[1] == wrong[0] + 1
        return len(wrong) == 1 or (
            swapped and typed[wrong[0]] == number[wrong[1]] and typed[wrong[1]] == number[wrong[0]]
        )
    longer, shorter = sorted((typed, number), key=len, reverse=True)
    return any(longer[:place] + longer[place + 1 :] == shorter for place in range(len(longer)))


def state_filters(everyone: list[CurrentParticipant], chosen: str, typed: str) -> list[Filter]:
    """Everybody, then each state that occurs, in the order of the way through the trial."""
    counts = Counter(row.current_status for row in everyone)
    states = [("", _("everybody"), len(everyone))]
    states += [
        (state.value, str(state.label), counts[state.value]) for state in Status if counts[state.value]
    ]
    return [
        Filter(label, count, urlencode({"state": value, "q": typed}), value == chosen)
        for value, label, count in states
    ]
