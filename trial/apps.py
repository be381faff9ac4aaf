"""The `trial` app."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.apps import AppConfig, apps
from django.conf import settings
from django.contrib.auth.signals import user_logged_in
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_noop

from trial.hooks import Entry, OffersPages, refuse_undeclared
from trial.permissions import Permission
from trial.walls.logs import hide_secrets
from trial.walls.trigger_registry import OffersTriggers

if TYPE_CHECKING:
    from trial.pages.middleware import AtTheDoor
    from trial.walls.triggers import Trigger


class TrialConfig(AppConfig, OffersPages, OffersTriggers):
    """Who, where, who may, what happened."""

    name = "trial"
    label = "trial"

    def ready(self) -> None:
        """Refuse an application whose offers do not fit, and keep no last log-in at the pharmacy door.

        The clinic may read that column, and when a pharmacist worked is nobody's affair there.
        """
        hide_secrets()
        refuse_undeclared(apps.get_app_configs())
        post_migrate.connect(_lay_triggers, sender=self)
        user_logged_in.connect(_note_log_in, dispatch_uid="note_log_in")
        if not settings.CLINIC:
            user_logged_in.disconnect(dispatch_uid="update_last_login")

    def navigation(self) -> Sequence[Entry]:
        """The participants, and the trail."""
        return (
            Entry("clinic", 20, "participants", gettext_noop("Participants"), Permission.VIEW_PARTICIPANTS),
            Entry("clinic", 85, "signatures", gettext_noop("Signatures"), Permission.VIEW_PARTICIPANTS),
            Entry("clinic", 88, "people", gettext_noop("People"), Permission.VIEW_PEOPLE),
            Entry("clinic", 90, "audit", gettext_noop("Audit trail"), Permission.VIEW_AUDIT),
        )

    def triggers(self) -> Sequence[Trigger]:
        """The triggers of this application's tables."""
        from trial.walls.own_triggers import TRIGGERS

        return TRIGGERS


def _note_log_in(request: AtTheDoor, **signal: Any) -> None:
    from trial.pages.middleware import note_log_in

    note_log_in(request)


def _lay_triggers(using: str, **signal: Any) -> None:
    """Whatever the lists say that no migration of this run had to lay: a new line, or one that was lost."""
    from django.db import connections, transaction

    from trial.walls.trigger_registry import lay

    with transaction.atomic(using), connections[using].cursor() as cursor:
        lay(connections[using], execute=cursor.execute)
