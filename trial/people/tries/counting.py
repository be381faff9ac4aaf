"""Counts of tries in a table of this door: Redis may be dead, and a row's lock lets no two count as one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import transaction
from django.db.models import Case, F, Value, When
from django.utils.crypto import salted_hmac

from trial.models import TryCountBase
from trial.people.tries.pace import HOUR

FORGOTTEN_AT_ONCE = 200
AHEAD = timedelta(minutes=10)
"""No wait is as long as this. A moment further ahead was written by a clock that has been set back since."""


def key_of(*parts: str) -> str:
    """What a count is kept under: a digest keyed with this door's secret, from which nothing can be read."""
    return salted_hmac("velum.tries", "\n".join(parts), algorithm="sha256").hexdigest()


@transaction.atomic
def add(key: str, *, at: datetime) -> int:
    """Count one more, and return how many that makes within the hour."""
    row = _locked(key, at)
    row.count += 1
    row.save(update_fields=["since", "count"])
    return row.count


@transaction.atomic
def take(key: str, *, at: datetime, wait: Callable[[int], timedelta], early: bool) -> tuple[int, datetime]:
    """Count a try before it is looked at, so that many at once are as many.

    Returns its number within the hour and the moment from which the next one is taken. Before that moment,
    and unless it may come `early`, nothing is counted and the number is 0.
    """
    row = _locked(key, at)
    if at < row.free_at <= at + AHEAD and not early:
        return 0, row.free_at
    row.count += 1
    row.free_at = at + wait(row.count)
    row.save(update_fields=["since", "count", "free_at"])
    return row.count, row.free_at


def give_back(key: str, *, at: datetime) -> None:
    """The try was right: it does not count, and the next one need not wait."""
    fewer = Case(When(count__gt=0, then=F("count") - 1), default=Value(0))
    _counts().filter(pk=key).update(count=fewer, free_at=at)


@transaction.atomic
def is_new(key: str, *, at: datetime) -> bool:
    """Whether this is the first time within the hour."""
    return add(key, at=at) == 1


def _counts() -> Any:
    return apps.get_model(settings.VELUM_TRIES)._default_manager


def _locked(key: str, at: datetime) -> TryCountBase:
    """The count's row, locked; an old hour begins anew, and so does one of a clock that ran ahead.

    What was counted ahead of the clock stays counted: a clock that is set back lets nobody guess more.
    """
    row: TryCountBase
    row, new = _counts().select_for_update().get_or_create(pk=key, defaults={"since": at, "free_at": at})
    if new:
        _forget(at)
    elif row.since <= at - HOUR:
        row.since, row.count = at, 0
    elif row.since > at + AHEAD:
        row.since = at
    return row


def _forget(at: datetime) -> None:
    """Take some rows away whose hour is over. Rows that another process holds stay for the next time."""
    over = _counts().filter(since__lte=at - HOUR, free_at__lte=at).order_by("pk")  # not as they happen to lie
    some = over.select_for_update(skip_locked=True).values_list("pk", flat=True)[:FORGOTTEN_AT_ONCE]
    if keys := list(some):
        _counts().filter(pk__in=keys).delete()
