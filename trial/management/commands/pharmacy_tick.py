"""`manage.py pharmacy_tick`: the process of the pharmacy door that works while nobody looks at a page."""

from __future__ import annotations

import signal
import threading
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from trial.management.pharmacy_clock import tick, tick_until
from trial.walls.no_core_dumps import leave_no_core


class Command(BaseCommand):
    """Tick until stopped, or once."""

    help = "Does what is due behind the pharmacy door, every few seconds until it is stopped."

    def add_arguments(self, parser: CommandParser) -> None:
        """How often, and where a health check looks."""
        parser.add_argument("--once", action="store_true", help="tick once and end")
        parser.add_argument("--sign-of-life", metavar="FILE", type=Path, help="touched after each good tick")

    def handle(self, *args: Any, **options: Any) -> None:
        """Refuse the clinic door; tick."""
        if settings.CLINIC:
            raise CommandError("This process belongs to the pharmacy door. Set VELUM_DOOR=pharmacy.")
        leave_no_core()
        if options["once"]:
            if not tick():
                raise CommandError("Something failed; the log names it. The next tick tries again.")
            return
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        tick_until(stop, seconds=settings.PHARMACY_TICK_SECONDS, sign_of_life=options["sign_of_life"])
