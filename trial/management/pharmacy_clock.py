"""What goes on behind the pharmacy door by itself: each application does what is due, again and again.

Celery's worker and beat belong to the clinic, so this door has a process of its own (in an embedded
installation a thread). Each piece of work fails alone; the next tick tries it again.
"""

from __future__ import annotations

import logging
import threading
from pathlib import Path

from django.db import close_old_connections
from django.utils import timezone

from trial.hooks import HasPharmacyWork, ask_apps

logger = logging.getLogger(__name__)


def tick() -> bool:
    """Let every application do what is due. Whether all of them could."""
    close_old_connections()
    good = True
    for app in ask_apps(HasPharmacyWork):
        try:
            app.pharmacy_tick(at=timezone.now())
        except Exception as fault:  # one piece of work that fails must not keep the others from theirs
            logger.warning("alarm: work behind the pharmacy door failed: %s", type(fault).__name__)
            good = False
    return good


def tick_until(stop: threading.Event, *, seconds: float, sign_of_life: Path | None = None) -> None:
    """Tick until told to stop. After each good tick `sign_of_life` is touched, for a health check."""
    while not stop.is_set():
        if tick() and sign_of_life is not None:
            sign_of_life.touch()
        stop.wait(seconds)
