"""What the clinic is told of released syringes, and when it is written where the clinic can read.

A release writes a sealed row alone. The clinic's rows of one quarter are written together, in one
transaction and in the order of participants' numbers, once that quarter has come: whoever looks at
them as often as they like sees a quarter's syringes appear, and nothing of who was released first.
`publish_readiness` does it on the grid; the door's own acts do it where that process is dead. All
hold the head of the sealed trail, so that a syringe is not discarded and published at the same time.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import groupby

from django.db import DatabaseError, transaction
from django.db.models import QuerySet

from dosing.models import Readiness
from dosing.pharmacy.models import Announcement, PreparationStep
from dosing.pharmacy.readiness import visible_from
from dosing.pharmacy.slots import Slot
from randomization.sealed.opening.outbox import at_most
from randomization.sealed.vault.trail import lock_trail, record_sealed
from trial.models import Trial
from trial.queries import not_locked

log = logging.getLogger(__name__)

WHOSE = "step__preparation__participant"
HELD_UP = timedelta(seconds=1)
PATIENCE = timedelta(seconds=3)
"""How long the door leaves to `publish_readiness` what has become due."""


def announce_later(slot: Slot, step: PreparationStep) -> Announcement:
    """Write down from when the clinic may know of a release. The caller holds the sealed trail."""
    due = visible_from(slot.date, slot.participant.site.tzinfo, step.at)
    return Announcement.objects.create(step=step, due_at=due)


def take_back(slot: Slot, at: datetime) -> None:
    """A syringe is no longer ready: at once and not on the grid, since safety comes first.

    The caller holds the sealed trail.
    """
    own = Announcement.objects.filter(step__preparation=slot.id, withdrawn_at=None)
    if slot.recorded:
        own.filter(published_at=None).update(withdrawn_at=at)
        return
    own.update(withdrawn_at=at)
    Readiness.objects.filter(participant=slot.participant, number=slot.number, date=slot.date).delete()


def waiting(*, at: datetime) -> QuerySet[Announcement]:
    """What is due at `at` and not written for the clinic yet, in trials whose data are not locked."""
    open_ = Announcement.objects.filter(not_locked(f"{WHOSE}__trial"))
    return open_.filter(due_at__lte=at, published_at=None, withdrawn_at=None)


def publish_due(*, at: datetime, due_by: datetime | None = None) -> int:
    """Write the clinic's rows of all that is due by `due_by` (now), and say how many. Nothing due: one query.

    An entry in the sealed trail of each trial names the syringes of each quarter. Who holds a participant's
    row keeps it waiting for a second at most, since a code break may wait for the sealed trail behind it.
    """
    with at_most(HELD_UP), transaction.atomic():
        return _publish(at, due_by or at)


def catch_up(*, at: datetime) -> int:
    """What the door itself does at its own acts and when its health is asked: publish what was left lying.

    The act goes on where it cannot be done now; the next one tries again.
    """
    try:
        return publish_due(at=at, due_by=at - PATIENCE)
    except DatabaseError as fault:
        log.warning("the clinic could not be told which syringes are ready: %s", type(fault).__name__)
        return 0


def _publish(at: datetime, due_by: datetime) -> int:
    due = waiting(at=due_by)
    trials = Trial.objects.filter(pk__in=due.values(f"{WHOSE}__trial")).order_by("pk")
    held = {trial.pk: trial for trial in trials}
    for trial in held.values():
        lock_trail(trial)
    rows = _in_order(due, held) if held else []
    Readiness.objects.bulk_create(_for_the_clinic(row) for row in rows)
    Announcement.objects.filter(pk__in=[row.pk for row in rows]).update(published_at=at)
    for (key, moment), group in groupby(sorted(rows, key=_quarter), key=_quarter):
        body = {"due": moment.isoformat(), "syringes": [str(row.step.preparation_id) for row in group]}
        record_sealed(action="readiness.published", subject=key, by=None, at=at, trial=held[key], body=body)
    return len(rows)


def _in_order(due: QuerySet[Announcement], trials: Iterable[str]) -> list[Announcement]:
    """By trial and participant's number: the order of the clinic's rows, which tells nothing more."""
    order = (f"{WHOSE}__trial", f"{WHOSE}__number", "step__preparation__number")
    rows = due.filter(**{f"{WHOSE}__trial__in": list(trials)})
    return list(rows.select_related(WHOSE).order_by(*order))


def _quarter(row: Announcement) -> tuple[str, datetime]:
    return row.step.preparation.participant.trial_id, row.due_at


def _for_the_clinic(row: Announcement) -> Readiness:
    syringe = row.step.preparation
    return Readiness(
        participant_id=syringe.participant_id,
        number=syringe.number,
        date=syringe.date,
        visible_from=row.due_at,
    )
