"""`manage.py tick`: sends what is due, without any broker."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from dosing.tick import tick
from trial.walls.trigger_check import refuse_without_triggers


class Command(BaseCommand):
    """Send every reminder that is due now, once."""

    help = "Sends every reminder that is due now. Needs no broker; safe to run as often as you like."

    def handle(self, *args: Any, **options: Any) -> None:
        """Run one tick and say how many messages left. As the worker does, ask for the triggers first."""
        refuse_without_triggers()
        self.stdout.write(f"{tick(at=timezone.now(), clock=timezone.now)} reminders sent.")
