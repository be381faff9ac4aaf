"""The doorbell: what Celery runs. The rows decide what is sent (`dosing.reminders.sending`)."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from dosing.tick import tick


@shared_task(name="dosing.tasks.send_due_reminders", ignore_result=True)
def send_due_reminders() -> None:
    """Send what is due now."""
    tick(at=timezone.now(), clock=timezone.now)
