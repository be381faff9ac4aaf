"""The Celery application: workers belong to the clinic door and carry nothing but a doorbell."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "trial.settings")

app = Celery("velum")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
