"""Nobody is randomised unawares for whom no day 1 could be booked.

What counts back from day 1, such as a vaccination, keeps day 1 waiting; the protocol says how soon after
randomisation it has to lie, and how long before it the consent may be signed. Where waiting helps, the draw
is refused until then. Where it does not, since the screening period is over, a person says whether to draw
all the same: an envelope cannot be put back.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Subquery
from django.db.models.expressions import Combinable
from django.utils.translation import gettext as _

from trial.core.dates import in_words
from trial.core.doubts import Doubt
from trial.core.protocol import Protocol
from trial.core.sentences import Sentence
from trial.core.waits import FirstDays, first_days, waits
from trial.models import CurrentParticipant, EligibilityCheck
from trial.queries import latest_check
from trial.refusals import in_page_language
from trial.wording.clock import day_at
from trial.wording.words import medium_day

FIELD = "first_injection"
"""What is confirmed: the day of the consent with which no day 1 lies in the screening period."""


def answers_at_draw(participant: Any) -> dict[str, Combinable]:
    """The answers that let that participant in, by their key, for the query that finds the envelope."""
    checks = EligibilityCheck.objects.filter(participant=participant).order_by("-id")
    return {"check_answers": Subquery(checks.values("answers")[:1])}


def too_early(
    participant: CurrentParticipant, protocol: Protocol, answers: Mapping[str, object] | None, at: datetime
) -> str:
    """Why day 1 could not lie in time after a draw at that moment, in words; empty where it could."""
    reach = timedelta(days=protocol.limits.max_days_to_first_injection)
    for wait in waits(protocol.criteria, answers or {}):
        first = wait.over + timedelta(days=1)
        if first > day_at(participant.site, at) + reach:
            return _(
                "By criterion %(criterion)s day 1 of %(number)s lies on %(day)s or later, too long after a "
                "draw today. Randomise on %(from)s or later."
            ) % {
                "criterion": wait.criterion,
                "number": participant.number,
                "day": medium_day(first),
                "from": medium_day(first - reach),
            }
    days = _first_days(participant, protocol, answers, at)
    if days is None or days.earliest <= days.by_limit:
        return ""
    return _(
        "By the screening period day 1 of %(number)s lies on %(day)s or later, too long after a draw today. "
        "Randomise on %(from)s or later."
    ) % {
        "number": participant.number,
        "day": medium_day(days.earliest),
        "from": medium_day(days.earliest - reach),
    }


def _first_days(
    participant: CurrentParticipant, protocol: Protocol, answers: Mapping[str, object] | None, at: datetime
) -> FirstDays | None:
    """The days on which day 1 can lie after a draw at that moment; None before the consent."""
    signed_on, today = participant.signed_on, day_at(participant.site, at)
    if signed_on is None:
        return None
    return first_days(protocol, answers or {}, drawn_on=today, consent_on=signed_on)


def too_early_now(participant: CurrentParticipant, *, at: datetime) -> str:
    """The same for a page, by the check that counts."""
    check = latest_check(participant)
    return too_early(participant, check.protocol_version.protocol, check.answers, at) if check else ""


def no_first_day(
    participant: CurrentParticipant, protocol: Protocol, answers: Mapping[str, object] | None, at: datetime
) -> tuple[Doubt, ...]:
    """The question whether to draw where the screening period leaves no day 1; none where it leaves one."""
    days, signed_on = _first_days(participant, protocol, answers, at), participant.signed_on
    today = day_at(participant.site, at)
    if days is None or signed_on is None or not days.over:
        return ()
    asks = Sentence(
        "%(why)s Is %(number)s to be randomised all the same?",
        why=_none_left(signed_on, days, today),
        number=participant.number,
    )
    keeps = Sentence("Yes, randomise. Day 1 is then booked with a reason, and a deviation is drafted.")
    return (Doubt(FIELD, signed_on.isoformat(), asks, keeps),)


def _none_left(signed_on: date, days: FirstDays, today: date) -> Sentence:
    """Why no day 1 is left: a wait that outlasts the screening period, or a consent that is too old."""
    if days.wait is None or today > days.by_period:
        return _too_old(signed_on, days)
    return Sentence(
        "By criterion %(criterion)s day 1 lies on %(day)s or later, and by the screening period on %(by)s at "
        "the latest: no day is left. Ask the investigator.",
        criterion=days.wait.criterion,
        day=in_words(days.earliest),
        by=in_words(days.by_period),
    )


def _too_old(signed_on: date, days: FirstDays) -> Sentence:
    return Sentence(
        "The consent of %(day)s is too old: by the screening period day 1 could lie on %(by)s at the "
        "latest, so not after a draw today. Check the day of the consent and ask the investigator.",
        day=in_words(signed_on),
        by=in_words(days.by_period),
    )


def period_notes(participant: CurrentParticipant, *, at: datetime) -> list[str]:
    """That the screening period leaves no day 1, in words; nothing where it leaves one."""
    check, protocol = latest_check(participant), participant.trial.protocol_version.protocol
    answers = check.answers if check else None
    days, signed_on = _first_days(participant, protocol, answers, at), participant.signed_on
    if days is None or signed_on is None or not days.over:
        return []
    return [in_page_language(_none_left(signed_on, days, day_at(participant.site, at)))]
