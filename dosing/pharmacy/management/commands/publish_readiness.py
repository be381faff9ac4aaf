"""`manage.py publish_readiness`: tells the clinic of released syringes, on the grid.

It looks when a quarter of an hour begins by its own clock, and once when it starts, never in between:
a clock that is ahead shifts its grid, and still shows no moment of a release.
"""

from __future__ import annotations

import logging
import time
from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import DatabaseError, connections
from django.utils import timezone

from dosing.pharmacy.publishing import publish_due
from dosing.reading.grid import GRID, quarter_of
from trial.walls.trigger_check import refuse_without_triggers

LONGEST_NAP = 5.0
"""Seconds after which the clock is read again, as it may have been set meanwhile."""

log = logging.getLogger(__name__)


class Command(BaseCommand):
    """Publish what is due whenever a quarter of an hour begins, until Ctrl-C."""

    help = (
        "Tells the clinic, each full quarter of an hour, which syringes are ready. Runs until it is stopped."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Whether to look once only, and the file that shows that the process is alive."""
        parser.add_argument("--once", action="store_true", help="look once, and end")
        parser.add_argument("--alive", type=Path, help="a file that is touched at each look at the clock")

    def handle(self, *args: Any, **options: Any) -> None:
        """Look at the start, then at each quarter. As a worker does, ask for the triggers first."""
        refuse_without_triggers()
        if options["once"]:
            self.stdout.write(f"{publish_due(at=timezone.now())} syringes published.")
            return
        done: datetime | None = None
        while True:
            now = timezone.now()
            if quarter_of(now) != done and published(now):
                done = quarter_of(now)
            if options["alive"]:
                options["alive"].touch()
            time.sleep(nap(now) if done == quarter_of(now) else 1)


def published(now: datetime) -> bool:
    """Publish what the quarter that has begun makes due; whether the database took it."""
    try:
        publish_due(at=now, due_by=quarter_of(now))
    except DatabaseError:
        log.exception("The clinic could not be told which syringes are ready. Trying again in a second.")
        return False
    finally:
        connections.close_all()
    return True


def nap(now: datetime) -> float:
    """Seconds to wait: to the next quarter, and never long."""
    return min(LONGEST_NAP, (quarter_of(now) + GRID - now).total_seconds())
