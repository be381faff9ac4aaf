"""The `trial` app."""

from __future__ import annotations

from collections.abc import Sequence

from django.apps import AppConfig, apps
from django.conf import settings
from django.contrib.auth.signals import user_logged_in
from django.utils.translation import gettext_noop

from trial.hooks import Entry, OffersPages, refuse_undeclared
from trial.permissions import Permission


class TrialConfig(AppConfig, OffersPages):
    """Who, where, who may, what happened."""

    name = "trial"
    label = "trial"

    def ready(self) -> None:
        """Refuse an application whose offers do not fit, and keep no last log-in at the pharmacy door.

        The clinic may read that column, and when a pharmacist worked is nobody's affair there.
        """
        refuse_undeclared(apps.get_app_configs())
        if not settings.CLINIC:
            user_logged_in.disconnect(dispatch_uid="update_last_login")

    def navigation(self) -> Sequence[Entry]:
        """The participants, and the trail."""
        return (
            Entry("clinic", 20, "participants", gettext_noop("Participants"), Permission.VIEW_PARTICIPANTS),
            Entry("clinic", 90, "audit", gettext_noop("Audit trail"), Permission.VIEW_AUDIT),
        )
