"""The `trial` app."""

from django.apps import AppConfig
from django.conf import settings
from django.contrib.auth.signals import user_logged_in


class TrialConfig(AppConfig):
    """Who, where, who may, what happened."""

    name = "trial"
    label = "trial"

    def ready(self) -> None:
        """Behind the pharmacy door nobody's last log-in is kept: the clinic may read that column.

        When a pharmacist worked is nobody's affair there.
        """
        if not settings.CLINIC:
            user_logged_in.disconnect(dispatch_uid="update_last_login")
