"""Counts of failed tries at the pharmacy door, and its alarms: the clinic may read neither."""

from __future__ import annotations

from trial.models import AlarmBase, TryCountBase


class SealedTryCount(TryCountBase):
    """A count of the pharmacy door."""

    class Meta:
        app_label = "sealed"


class SealedAlarm(AlarmBase):
    """An alarm of the pharmacy door."""

    class Meta(AlarmBase.Meta):
        app_label = "sealed"
