"""Days that nobody was asked about, since an earlier version took them for stopped."""

from __future__ import annotations

from django.db import models

from trial.models import Participant
from trial.models.replay import NotReplayed


class LeftOpen(models.Model):
    """Whose treatment was held or had ended when the version came that asks for every day before a stop.

    What was planned up to `through` and never recorded is shown as one list, not asked as if it were of
    today. The upgrade writes these rows, and nothing else does.
    """

    replay = NotReplayed(
        "written once by the upgrade, from rows that are replayed", key=("participant__number",)
    )

    participant = models.OneToOneField(Participant, models.PROTECT, related_name="left_open")
    through = models.DateField()

    class Meta:
        ordering = ["participant"]
