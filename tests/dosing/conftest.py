"""Fixtures: a live trial, and the people of its site."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.dosing.letterbox import Letterbox, letterbox
from tests.plugins.kept_worlds import given, keep
from tests.site_fixture import SiteFixture
from tests.trial_fixture import WORLD, TrialFixture, new_trial

keep(__file__, WORLD)


@pytest.fixture
def world(db: None) -> TrialFixture:
    """NCT02059759, live, with nobody in it yet."""
    return given("world") or new_trial()


@pytest.fixture
def ward(world: TrialFixture) -> SiteFixture:
    """Its site, and who works there."""
    return SiteFixture(world)


@pytest.fixture(scope="session")
def mail_server() -> Iterator[Letterbox]:
    """A mail server for the whole run."""
    with letterbox() as box:
        yield box


@pytest.fixture
def post(mail_server: Letterbox, settings: Any) -> Letterbox:
    """The mail server, empty, and Velum set to use it."""
    mail_server.letters.clear()
    mail_server.answers.clear()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", mail_server.port
    return mail_server
