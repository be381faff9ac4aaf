"""The Celery application: workers belong to the clinic door and only start the tick."""

import os
from typing import Any

from celery import Celery
from celery.signals import worker_init

from trial.walls.no_core_dumps import leave_no_core

leave_no_core()
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "trial.settings")

app = Celery("velum")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_init.connect
def check_wall(**_signal: Any) -> None:
    """A worker is a clinic process: it starts only where a door of the clinic would open."""
    from django.core.exceptions import ImproperlyConfigured

    from trial.walls.database import refuse_open_wall
    from trial.walls.logs import say_rules
    from trial.walls.trigger_check import refuse_without_triggers

    try:
        refuse_without_triggers()
        refuse_open_wall()
        say_rules()
    except ImproperlyConfigured as reason:
        raise SystemExit(str(reason)) from reason  # Celery only logs what is an Exception, and goes on
