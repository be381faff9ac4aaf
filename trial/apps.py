"""The `trial` app."""

from django.apps import AppConfig


class TrialConfig(AppConfig):
    """Who, where, who may, what happened."""

    name = "trial"
    label = "trial"
