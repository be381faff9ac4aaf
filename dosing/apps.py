"""The `dosing` app."""

from django.apps import AppConfig


class DosingConfig(AppConfig):
    """Calendar, visits, injections, reminders."""

    name = "dosing"
    label = "dosing"
