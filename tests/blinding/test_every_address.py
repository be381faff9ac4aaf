"""Address x method x role x site of the object -> status, for the clinic door: `docs/access-clinic.txt`."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from tests.every_address import Caller, agreed, column, lines
from tests.ward import MONDAY, Ward
from tests.worlds import START, new_world
from trial.core.numbers import format_number
from trial.models import Delegation, Site, User
from trial.permissions import DOORS, Role
from trial.services import create_token

AT_A_SITE = (Role.STUDY_NURSE, Role.INVESTIGATOR, Role.SITE_SYSTEM)
FOR_ANYBODY = {"health", "emergency/"}
"""Pages that say nothing of the trial."""
FOR_ANY_DUTY = {"/", "components/", "help/", "help/<slug:topic>/", "api/v1/trials/<str:trial>/openapi.json"}
"""Pages about the product, not about anybody."""
WITHOUT_DUTY = {"superuser", "nobody", "pharmacist", "unblinded_statistician"}


def caller(column: str, by: Delegation) -> Caller:
    """Somebody with that duty: a browser that is logged in, and a token where the door gives one."""
    client = Client()
    client.force_login(by.user)
    ends = START + timedelta(days=900)
    known = by.role in DOORS["clinic"]
    return Caller(
        column,
        client,
        create_token(delegation=by, name=column, expires_at=ends, door="clinic", at=START) if known else "",
    )


def callers(ward: Ward, other: Site) -> list[Caller]:
    """The columns. The object lies at the first site."""
    found = [
        caller(f"{role}@{where}", ward.worker(role, f"{role}-{where}", site))
        for where, site in (("own", ward.site), ("other", other))
        for role in AT_A_SITE
    ]
    rest = sorted(set(Role) - set(AT_A_SITE))
    found += [caller(role, ward.worker(role, f"somebody-{role}", None)) for role in rest]
    superuser = Client()
    superuser.force_login(User.objects.create(username="root", is_superuser=True, is_staff=True))
    return [*found, Caller("superuser", superuser), Caller("nobody", Client())]


@pytest.fixture
def ward(db: None) -> Iterator[Ward]:
    """One site of a live trial; the clock stands."""
    with time_machine.travel(START, tick=False):
        yield Ward(new_world())


@pytest.mark.slow
def test_every_address_of_the_clinic_answers_as_the_table_says(ward: Ward) -> None:
    """Also: at the other site, a participant cannot be told from a number that nobody has."""
    number, nobodys = ward.booked(MONDAY).number, format_number(form_of_numbers(ward), "01", 99)
    values = {"number": number, "trial": ward.world.trial.key, "code": "V2", "injection": "1"}
    values |= {"kind": "pdf", "topic": "words"}
    everybody = callers(ward, ward.second_site())
    elsewhere = [one for one in everybody if one.column.endswith("@other")]

    table = list(lines(everybody, values))

    assert agreed("access-clinic.txt", table) == ""
    of_nobody = list(lines(elsewhere, values | {"number": nobodys}))
    for one in elsewhere:
        for method in ("GET", "POST"):
            assert column(table, one.column, method) == column(of_nobody, one.column, method)
    for name in WITHOUT_DUTY:
        opened = {address for address, status in column(table, name).items() if status in {200, 201}}
        assert opened <= FOR_ANYBODY, name
    for_admin = {address for address, status in column(table, "administrator").items() if status < 300}
    assert for_admin <= FOR_ANYBODY | FOR_ANY_DUTY


def form_of_numbers(ward: Ward) -> str:
    """How participants of this trial are numbered."""
    form: str = ward.world.trial.protocol_version.protocol.number_format
    return form
