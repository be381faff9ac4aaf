"""The sessions of a door; whatever renames or ends one does the same to its line in the list."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.conf import settings
from django.contrib.sessions.backends.cache import SessionStore as CachedSessions
from django.core.cache import caches
from django.db.models import QuerySet

from trial.models import KeptSession


def open_sessions() -> QuerySet[KeptSession]:
    """The list of this door."""
    kept: QuerySet[KeptSession] = apps.get_model(settings.VELUM_OPEN_SESSIONS)._default_manager.all()
    return kept


class SessionStore(CachedSessions):
    """Django's store in the database cache, and the list beside it."""

    def cycle_key(self) -> None:
        """Give the session a new name, in the list as well."""
        kept, before = dict(self.items()), self.session_key
        self.create()
        self.update(kept)
        if before:
            super().delete(before)
            open_sessions().filter(key=before).update(key=self.session_key)

    def delete(self, session_key: str | None = None) -> None:
        """End a session, in the list as well. Its name is the one given, or else the one in hand."""
        key = session_key or self.session_key
        super().delete(session_key)
        if key:
            open_sessions().filter(key=key).delete()

    @classmethod
    def load_many(cls, keys: list[str]) -> dict[str, dict[str, Any]]:
        """What is kept of those sessions that are open still, by their names. One question for all."""
        prefix = cls.cache_key_prefix
        found = caches[settings.SESSION_CACHE_ALIAS].get_many([prefix + key for key in keys])
        return {name.removeprefix(prefix): kept for name, kept in found.items()}
