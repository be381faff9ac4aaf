"""The outbox of code breaks: what the blinded trail still has to learn, entered as soon as that is possible.

A code break is committed on the sealed side first, where no process of the clinic can lock anything. Its
entry in the blinded trail and the notice follow in a transaction of their own, which waits for a lock
no longer than PATIENCE. What could not be entered stays here; the process of this door enters it, and so does
whatever is done next behind the door (decision 39).
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from uuid import UUID

from django.db import DatabaseError, connection, transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpResponse

from randomization.models import CodeBreakNotice
from randomization.sealed.models import CodeBreak, CodeBreakEntered, Means, OpenedElsewhere
from trial.audit import LINK, record_about
from trial.core.chain import moment
from trial.models import Site
from trial.models.prepared import Prepared
from trial.pages.middleware import AtTheDoor

PATIENCE = timedelta(seconds=1)
IN_PASSING = timedelta(milliseconds=50)
"""How long something else that is done behind this door waits for the clinic's locks."""
logger = logging.getLogger(__name__)


def waiting() -> QuerySet[CodeBreak]:
    """The code breaks of which the blinded trail knows nothing yet, oldest first."""
    entered = CodeBreakEntered.objects.filter(code_break=OuterRef("pk"))
    needed = ("participant__trial", "participant__site", "by__user")
    return CodeBreak.objects.filter(~Exists(entered)).select_related(*needed).order_by("at", "pk")


_waiting: Prepared[CodeBreak] = Prepared(waiting)
_waiting_at: Prepared[CodeBreak] = Prepared(lambda site: waiting().filter(participant__site=site))


def enter_waiting(*, at: datetime, site: Site | None = None, patience: timedelta = PATIENCE) -> int:
    """Enter what waits, of one site or of all. Returns how many are entered.

    Each site has a trail: where it is locked, the rest of that site is left for the next time. No lock is an
    error here, and no doctor waits for an answer because of one.
    """
    locked: set[UUID] = set()
    entered = 0
    for row in _waiting_at(site=site) if site else _waiting():
        if row.participant.site_id in locked:
            continue
        if _entered(row, at, patience):
            entered += 1
        else:
            locked.add(row.participant.site_id)
    return entered


def _entered(row: CodeBreak, at: datetime, patience: timedelta) -> bool:
    """Whether this one is entered now. Another process that does the same is ahead, and then it is not."""
    try:
        with at_most(patience), transaction.atomic():
            _enter(row, at)
    except DatabaseError as fault:
        logger.warning("alarm: a code break waits for the blinded trail: %s", type(fault).__name__)
        return False
    return True


def _enter(row: CodeBreak, at: datetime) -> None:
    """Row, entry and notice. Whoever comes later says when it really was."""
    CodeBreakEntered.objects.create(code_break=row, at=at)
    elsewhere = OpenedElsewhere.objects.filter(code_break=row).first()
    by_link = elsewhere is not None and elsewhere.means == Means.LINK
    body = {"happened_at": moment(row.at)} if row.at != at else {}
    record_about(row.participant, "code.broken", by=LINK if by_link else row.by, at=at, body=body)
    CodeBreakNotice.objects.create(
        participant=row.participant,
        by=row.by,
        at=elsewhere.happened_at if elsewhere else row.at,
        means=elsewhere.means if elsewhere else "",
    )


@contextmanager
def at_most(patience: timedelta) -> Iterator[None]:
    """Wait for a lock no longer than that, in the transaction that is opened within."""
    milliseconds = int(patience.total_seconds() * 1000)
    if connection.vendor == "sqlite":
        with _pragma("busy_timeout", milliseconds):
            yield
    else:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT set_config('lock_timeout', %s, true)", [f"{milliseconds}ms"])
            yield


@contextmanager
def _pragma(name: str, value: int) -> Iterator[None]:
    """Another value of a setting of SQLite, for a while."""
    with connection.cursor() as cursor:
        (before,) = cursor.execute(f"PRAGMA {name}").fetchone()
        cursor.execute(f"PRAGMA {name} = {value}")
        try:
            yield
        finally:
            cursor.execute(f"PRAGMA {name} = {before}")


class EntersWhatWaits:
    """After every act behind this door, whatever it was: enter what waits. Looking at a page is no act."""

    def __init__(self, get_response: Callable[[AtTheDoor], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: AtTheDoor) -> HttpResponse:
        """Answer, then look into the outbox."""
        response = self.get_response(request)
        if request.method not in {"GET", "HEAD", "OPTIONS"}:
            self._look(request.at)
        return response

    @staticmethod
    def _look(at: datetime) -> None:
        try:
            enter_waiting(at=at, patience=IN_PASSING)
        except DatabaseError as fault:
            logger.warning("the outbox could not be read: %s", type(fault).__name__)
