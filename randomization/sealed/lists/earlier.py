"""The lists of a trial whose orders count as used, against which another one is compared."""

from __future__ import annotations

from django.db.models import QuerySet

from randomization.models import RandomizationList
from randomization.sealed.models import SetAside
from trial.models import Trial


def earlier_lists(trial: Trial) -> QuerySet[RandomizationList]:
    """Every list of the trial but drafts that were set aside: nobody was, or will be, drawn from those."""
    lists = RandomizationList.objects.filter(trial=trial).select_related("trial")
    return lists.exclude(pk__in=SetAside.objects.filter(list__trial=trial).values("list"))
