"""Fixtures of the pages' tests: a site, the clock stopped at START, and browsers of its people."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from tests.plugins.kept_worlds import KeptStep, given, keep
from tests.site_fixture import SiteFixture
from tests.trial_fixture import START, new_trial
from trial.models import Delegation
from trial.permissions import Role

PASSWORD = "amber-birch-cedar-17"

keep(__file__, KeptStep("ward", lambda made: SiteFixture(new_trial())))


@pytest.fixture
def ward(db: None) -> SiteFixture:
    """One site of NCT02059759, live, and who works there."""
    return given("ward") or SiteFixture(new_trial())


@pytest.fixture(autouse=True)
def _at_start() -> Iterator[None]:
    """Pages read the clock; it stands at START unless a test travels on."""
    with time_machine.travel(START, tick=False):
        yield


class Browser(Client):
    """A logged-in person at the clinic door."""

    def __init__(self, by: Delegation) -> None:
        super().__init__()
        self.user = by.user
        self.user.set_password(PASSWORD)
        self.user.save()
        self.last_seen = START - timedelta(days=1)

    def request(self, **request: Any) -> Any:
        """Log in again when the clock has moved: sessions end after a quarter of an hour."""
        if timezone.now() != self.last_seen:
            self.last_seen = timezone.now()
            self.force_login(self.user)
        return super().request(**request)

    def read(self, address: str) -> str:
        """The page at that address, which must be there."""
        response = self.get(address)
        assert response.status_code == 200, (address, response.status_code)
        return response.content.decode()

    def send(self, address: str, **answers: object) -> str:
        """Send a form that is taken, and read the page that follows."""
        response = self.post(address, self.signed(answers))
        assert response.status_code == 302, response.content.decode()
        return self.read(response.url)

    def signed(self, answers: dict[str, object]) -> dict[str, object]:
        """The same with the user name beside a password, as the first signature of a session wants it."""
        return {"user_name": self.user.username} | answers if "password" in answers else answers

    def refused(self, address: str, **answers: object) -> tuple[int, str]:
        """Send a form that is not taken: status, and the page that says why."""
        response = self.post(address, self.signed(answers))
        return response.status_code, response.content.decode()


@pytest.fixture
def nurse(ward: SiteFixture) -> Browser:
    """The study nurse's browser."""
    return Browser(ward.nurse)


@pytest.fixture
def investigator(ward: SiteFixture) -> Browser:
    """The investigator's browser."""
    return Browser(ward.investigator)


@pytest.fixture
def monitor(ward: SiteFixture) -> Browser:
    """The monitor's browser."""
    return Browser(ward.world.person(Role.MONITOR))
