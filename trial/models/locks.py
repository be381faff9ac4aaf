"""The end of data collection: one row that a trial gets once."""

from __future__ import annotations

from django.db import models

from trial.models.people import Delegation
from trial.models.replay import Replayed
from trial.models.trials import Trial


class DataLock(models.Model):
    """The data of a trial are locked: nothing more is recorded, drawn or activated (ICH E6(R3) 4.2.6).

    What the envelopes hold may be opened as a whole only afterwards.
    """

    replay = Replayed(key=("trial_id",), entered_by=("data.locked",), trial="trial", participant="")

    trial = models.OneToOneField(Trial, models.PROTECT, related_name="data_lock")
    by = models.ForeignKey(Delegation, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    statement = models.TextField()

    class Meta:
        constraints = [
            models.CheckConstraint(name="a_data_lock_has_a_statement", condition=~models.Q(statement="")),
        ]
