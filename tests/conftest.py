"""Fixtures that every lane shares; those of one application are in its own folder."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest


@pytest.fixture
def at() -> datetime:
    """The moment of most tests: Monday 5 October 2015, 09:30 in Montpellier (07:30 UTC)."""
    return datetime(2015, 10, 5, 7, 30, tzinfo=UTC)


def pytest_configure(config: pytest.Config) -> None:
    """Swap what would only cost time: a slow hash, files that need collecting, a busy collector."""
    from django.conf import settings

    gc.set_threshold(50_000, 20, 20)  # at 700 new objects each it takes a tenth of the time of requests
    if not os.environ.get("DJANGO_SETTINGS_MODULE"):
        return
    from tests.zone_guard import guard_connections

    guard_connections()
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }


@pytest.fixture(autouse=True)
def _english_again() -> Iterator[None]:
    """A test that speaks French leaves the next one its language."""
    if not os.environ.get("DJANGO_SETTINGS_MODULE"):
        yield
        return
    from django.conf import settings
    from django.utils import translation

    with translation.override(settings.LANGUAGE_CODE):
        yield
