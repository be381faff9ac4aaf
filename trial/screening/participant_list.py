"""The list of participants as a page shows it: finding by number, filters, next steps."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from trial.core.numbers import BadNumber, WrongCheckDigit, parse_number
from trial.hooks import KnowsNextDays, ask_apps
from trial.models import CurrentParticipant, Status
from trial.screening.services import is_closed
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
    Status.MISTAKE: "",
}


@dataclass(frozen=True)
class Row:
    """One participant in the list."""

    number: str
    randomization_number: str
    state: str
    state_label: str
    site: str
    screened: str
    next_step: str
    code_broken: bool = False


@dataclass(frozen=True)
class Filter:
    """One state to narrow the list to, with how many are in it."""

    label: str
    count: int
    query: str
    current: bool


def next_days(people: Sequence[CurrentParticipant], *, at: datetime) -> dict[UUID, str]:
    """What comes next for those of them who have a calendar, and when."""
    told = [app.next_days(people, at=at) for app in ask_apps(KnowsNextDays)]
    return {key: said for days in told for key, said in days.items()}


def as_row(participant: CurrentParticipant, *, at: datetime, ahead: str = "") -> Row:
    """A participant as a line of the list; `ahead` says the next day, where there is a calendar.

    Where a site is closed, nobody is to go on with screening.
    """
    status = Status(participant.current_status)
    stays = status in {Status.SCREENING, Status.ELIGIBLE} and is_closed(participant.site, at)
    return Row(
        number=participant.number,
        randomization_number=participant.randomization_number or "",
        state=STATE_OF[status],
        state_label=status_in_words(status, participant.current_scope),
        site=participant.site.city,
        screened=medium_day(participant.screened_at.astimezone(participant.site.tzinfo).date()),
        next_step=_("the site is closed") if stays else _step(status, ahead),
        code_broken=participant.code_broken,
    )


def _step(status: Status, ahead: str) -> str:
    """The next day; of somebody on hold, what is to be decided stands before it."""
    step = str(NEXT_STEP[status])
    return f"{step} · {ahead}" if ahead and status == Status.ON_HOLD else ahead or step


def matching(everyone: list[CurrentParticipant], typed: str) -> tuple[list[CurrentParticipant], str]:
    """Who may be meant by what was typed, and a hint where it was no right number.

    A whole number with one wrong or two swapped digits finds the numbers that it can have been.
    """
    wanted = _bare(typed)
    if not wanted:
        return everyone, ""
    part = [row for row in everyone if any(wanted in number for number in _numbers(row))]
    if part:
        return part, ""
    near = [row for row in everyone if any(one_slip(wanted, number) for number in _numbers(row))]
    return near, _not_found(typed, bool(near))


def _numbers(row: CurrentParticipant) -> list[str]:
    """Both numbers of a person, without dashes."""
    return [_bare(number) for number in (row.number, row.randomization_number) if number]


def _bare(typed: str) -> str:
    return "".join(sign for sign in typed.upper() if sign.isalnum())


def _not_found(typed: str, near: bool) -> str:
    try:
        parse_number(typed)
    except WrongCheckDigit:
        first = _("“%(typed)s” has a digit that is wrong: the last one does not fit the others.")
    except BadNumber:
        first = _("No number here contains “%(typed)s”.")
    else:
        first = _("Nobody here has the number %(typed)s.")
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
