"""What an injection may never be, unasked: a second one on one day, or one before the draw."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from dosing.models import InjectionOutcome, InjectionRecord, PlannedInjection
from randomization.queries import envelope_of
from trial.clock import day_at
from trial.models import Participant
from trial.refusals import InvalidInput, Refusal


class SecondThatDay(Refusal):
    """Another injection of the same drug is recorded on that day; a reason lets the truth in."""

    code = "second_injection_that_day"
    status = 422


def refuse_second_that_day(
    planned: PlannedInjection, participant: Participant, happened_at: datetime, deviation_reason: str
) -> None:
    """Ask before a second injection of a drug is recorded on one calendar day of the site.

    A late injection and the day's own are otherwise given within the hour, and each looks right
    alone. Raises SecondThatDay unless `deviation_reason` says why.
    """
    if deviation_reason.strip():
        return
    zone = participant.site.tzinfo
    midnight = datetime.combine(day_at(participant.site, happened_at), time(), zone)
    later = InjectionRecord.objects.filter(
        participant=participant, number=OuterRef("number"), sequence__gt=OuterRef("sequence")
    )
    same_drug = PlannedInjection.objects.filter(plan=planned.plan_id, drug=planned.drug).values("number")
    other = (
        InjectionRecord.objects.filter(~Exists(later), participant=participant, number__in=same_drug)
        .filter(happened_at__gte=midnight, happened_at__lt=midnight + timedelta(days=1))
        .exclude(number=planned.number)
        .exclude(outcome=InjectionOutcome.MISSED)
        .first()
    )
    if other is not None:
        sentence = _(
            "Injection %(other)s was given on that day already. Give no second one unasked; "
            "if two were really given, say why."
        ) % {"other": other.number}
        raise SecondThatDay(sentence, {"deviation_reason": sentence})


def refuse_before_the_draw(participant: Participant, happened_at: datetime) -> None:
    """Refuse an injection from before the envelope was drawn: nobody could have prepared it."""
    envelope = envelope_of(participant)
    if envelope and envelope.drawn_at and happened_at < envelope.drawn_at:
        sentence = _("%(number)s was not randomised yet at that moment. Check the day and the time.") % {
            "number": participant.number
        }
        raise InvalidInput(sentence, {"happened_at": sentence})
