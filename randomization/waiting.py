"""Nobody is randomised whose first dose would have to wait for longer than the protocol lets it.

What counts back from day 1, such as a vaccination, keeps day 1 waiting; the protocol says how soon after
randomisation it has to lie. Where the two do not meet, an envelope would be drawn for a day 1 that cannot be.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db.models import Subquery
from django.db.models.expressions import Combinable
from django.utils.translation import gettext as _

from trial.core.protocol import Protocol
from trial.core.waits import waits
from trial.models import EligibilityCheck, Participant
from trial.queries import latest_check
from trial.wording.clock import day_at
from trial.wording.words import medium_day


def answers_at_draw(participant: Participant) -> dict[str, Combinable]:
    """The answers that let the participant in, for the query that finds the envelope."""
    checks = EligibilityCheck.objects.filter(participant=participant.pk).order_by("-id")
    return {"check_answers": Subquery(checks.values("answers")[:1])}


def too_early(
    participant: Participant, protocol: Protocol, answers: Mapping[str, object] | None, at: datetime
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
    return ""


def too_early_now(participant: Participant, *, at: datetime) -> str:
    """The same for a page, by the check that counts."""
    check = latest_check(participant)
    return too_early(participant, check.protocol_version.protocol, check.answers, at) if check else ""
