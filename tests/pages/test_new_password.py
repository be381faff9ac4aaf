"""A change of password offers to end what the old one may have opened: tokens and calendar addresses."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from rest_framework.test import APIClient

from dosing.services.feeding import make_feed
from tests.site_fixture import SiteFixture
from tests.trial_fixture import START
from trial.models import AuditEntry
from trial.people.delegating import create_token

OLD, NEW = "amber-birch-cedar-17", "delta-ember-fjord-23"
PAGE = "/accounts/password/change/"


class Nurse:
    """A nurse with a token, a calendar address, and a browser that is logged in."""

    def __init__(self, ward: SiteFixture) -> None:
        self.ward, user = ward, ward.nurse.user
        user.set_password(OLD)
        user.save()
        ends = START + timedelta(days=90)
        self.token = create_token(
            delegation=ward.nurse, name="robot", expires_at=ends, door="clinic", at=START
        )
        self.feed = make_feed(by=ward.nurse, at=START, language="en")
        self.browser = Client()
        self.browser.force_login(user)

    def changes(self, **boxes: str) -> Any:
        typed = {"oldpassword": OLD, "password1": NEW, "password2": NEW} | boxes
        return self.browser.post(PAGE, typed, follow=True)

    def open(self) -> tuple[bool, bool]:
        """Whether the token and the address still open."""
        api = APIClient()
        api.credentials(HTTP_AUTHORIZATION=f"Bearer {self.token}")
        listed = api.get(f"/api/v1/trials/{self.ward.nurse.trial_id}/participants/").status_code
        return listed == 200, Client().get(f"/feeds/{self.feed}.ics").status_code == 200


@pytest.fixture
def nurse(ward: SiteFixture) -> Nurse:
    return Nurse(ward)


@pytest.mark.parametrize(
    ("boxes", "still_open"),
    [
        ({}, (True, True)),
        ({"end_tokens": "on"}, (False, True)),
        ({"end_addresses": "on"}, (True, False)),
        ({"end_tokens": "on", "end_addresses": "on"}, (False, False)),
    ],
)
def test_what_is_ticked_ends_with_the_old_password(
    nurse: Nurse, boxes: dict[str, str], still_open: tuple[bool, bool]
) -> None:
    assert nurse.open() == (True, True)
    assert nurse.changes(**boxes).status_code == 200
    nurse.ward.nurse.user.refresh_from_db()
    assert nurse.ward.nurse.user.check_password(NEW)
    assert nurse.open() == still_open


def test_nothing_ends_with_a_refused_password(nurse: Nurse) -> None:
    typed = {"oldpassword": "wrong", "password1": NEW, "password2": NEW, "end_tokens": "on"}
    nurse.browser.post(PAGE, typed)
    assert nurse.open() == (True, True)


def test_each_end_is_an_entry_and_said(nurse: Nurse) -> None:
    page = nurse.changes(end_tokens="on", end_addresses="on").content.decode()
    assert "2 tokens and addresses have ended." in page
    actions = set(
        AuditEntry.objects.filter(actor=nurse.ward.nurse.user.username).values_list("action", flat=True)
    )
    assert {"token.revoked", "addresses.revoked", "password.changed"} <= actions


def test_a_colleagues_stay(nurse: Nurse, ward: SiteFixture) -> None:
    theirs = make_feed(by=ward.investigator, at=START, language="en")
    nurse.changes(end_tokens="on", end_addresses="on")
    assert Client().get(f"/feeds/{theirs}.ics").status_code == 200
