"""What an injection may never be, unasked: a second one on one day, or one before the draw."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from django.utils.translation import gettext as _

from dosing.models import InjectionOutcome, PlannedInjection
from dosing.reading.latest_records import latest_records
from trial.models import Participant
from trial.refusals import InvalidInput, Refusal
from trial.wording.clock import day_at


class SecondThatDay(Refusal):
    """Another injection of the same drug is recorded on that day; a reason lets the truth in."""

    code = "second_injection_that_day"
    status = 422


def other_that_day(planned: PlannedInjection, participant: Participant, moment: datetime) -> int | None:
    """The number of another injection of the same drug on that calendar day of the site; the first found."""
    zone = participant.site.tzinfo
    midnight = datetime.combine(day_at(participant.site, moment), time(), zone)
    same_drug = PlannedInjection.objects.filter(plan=planned.plan_id, drug=planned.drug).values("number")
    other = (
        latest_records()
        .filter(participant=participant, number__in=same_drug)
        .filter(happened_at__gte=midnight, happened_at__lt=midnight + timedelta(days=1))
        .exclude(number=planned.number)
        .exclude(outcome=InjectionOutcome.MISSED)
        .first()
    )
    return other.number if other else None


def refuse_second_that_day(other: int | None, deviation_reason: str) -> None:
    """Ask before a second injection of a drug is recorded on one calendar day of the site.

    A late injection and the day's own are otherwise given within the hour, and each looks right
    alone. Raises SecondThatDay unless `deviation_reason` says why.
    """
    if other is not None and not deviation_reason.strip():
        sentence = _(
            "Injection %(other)s is recorded for that day. Ask the "
            "investigator before giving a second one. If two were given, enter the reason."
        ) % {"other": other}
        raise SecondThatDay(sentence, {"deviation_reason": sentence})


def refuse_before_the_draw(moment: datetime, drawn_at: datetime | None, number: str) -> None:
    """Refuse an injection from before the envelope was drawn: nobody could have prepared it."""
    if drawn_at and moment < drawn_at:
        sentence = _("%(number)s was not randomised yet at that moment. Check the day and the time.") % {
            "number": number
        }
        raise InvalidInput(sentence, {"happened_at": sentence})
