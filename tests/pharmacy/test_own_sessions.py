"""One's own sessions behind the pharmacy door: a list of its own, which the clinic cannot read."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import DatabaseError, connection, transaction
from django.test import Client

from randomization.sealed.models import SealedSession
from tests.pharmacy.test_enrolment import the_clinics_rights
from trial.models import Delegation, OpenSession

NOW = datetime(2015, 10, 5, 7, 30, tzinfo=UTC)
PAGE = "/accounts/sessions/"


def opens(one: Client) -> bool:
    return one.get("/preparations/").status_code == 200


def test_they_are_listed_and_ended_at_this_door_alone(
    pharmacist: Delegation, enter: Callable[[Delegation], Client]
) -> None:
    OpenSession.objects.create(user=pharmacist.user, key="clinic", began_at=NOW, browser="of the clinic")
    here, there = enter(pharmacist), enter(pharmacist)
    assert opens(here) and opens(there)
    page = here.get(PAGE).content.decode()
    assert "UNBLINDED" in page and "At the pharmacy door." in page and "of the clinic" not in page
    assert page.count("End this session") == 1
    here.post(PAGE)
    assert (opens(here), opens(there), OpenSession.objects.count()) == (True, False, 1)


def test_no_session_lasts_longer_than_eight_hours(
    pharmacist: Delegation, enter: Callable[[Delegation], Client]
) -> None:
    with time_machine.travel(NOW, tick=False):
        one = enter(pharmacist)
    for minutes in range(0, 480, 4):
        with time_machine.travel(NOW + timedelta(minutes=minutes), tick=False):
            assert opens(one), minutes
    with time_machine.travel(NOW + timedelta(hours=8), tick=False):
        assert not opens(one)


@pytest.mark.parametrize("statement", ["SELECT * FROM {}", "DELETE FROM {}", "UPDATE {} SET key = 'x'"])
def test_the_clinic_neither_reads_nor_ends_them(pharmacist: Delegation, statement: str) -> None:
    words = "permission denied" if connection.vendor == "postgresql" else "not authorized|prohibited"
    refused = pytest.raises(DatabaseError, match=words)
    with the_clinics_rights(), refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement.format(SealedSession._meta.db_table))
