"""Whether a syringe was released, by what the clinic is shown (decisions 9 and 55), and by nothing else."""

from __future__ import annotations

from datetime import datetime

from dosing.models import PlannedInjection, Readiness
from dosing.reading.grid import shown_from
from trial.models import Participant


def made_by_pharmacy(planned: PlannedInjection) -> bool:
    """Whether the protocol has the pharmacy prepare this drug, in any arm. Where nothing is ever released
    nobody is asked about it. Every participant of a protocol version gets the same answer.
    """
    arms = planned.plan.protocol_version.protocol.arms
    return any(row.drug == planned.drug for arm in arms for row in arm.preparations)


def showed_ready(planned: PlannedInjection, participant: Participant, *, by: datetime) -> bool:
    """Whether this injection's syringe showed as ready at the moment `by`."""
    shown = Readiness.objects.filter(participant=participant, number=planned.number, date=planned.date)
    return shown.filter(visible_from__lte=by).exists()


def works_with_releases(participant: Participant, *, by: datetime) -> bool:
    """Whether anything at all of the participant's site showed as ready by then.

    Where it never did, the pharmacy hands out on paper, and every dose would be a departure.
    """
    return Readiness.objects.filter(participant__site=participant.site_id, visible_from__lte=by).exists()


def told_by(planned: PlannedInjection, participant: Participant, given_at: datetime) -> datetime:
    """The moment on the grid by which whatever was released until `given_at` shows to the clinic.

    A release in the same quarter of an hour as the injection counts as one before it: the grid does not tell
    which came first, and nothing finer may be learnt from what is asked or drafted.
    """
    return shown_from(planned.date, participant.site.tzinfo, given_at)
