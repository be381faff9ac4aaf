"""Address x method x role x site of the object -> status, for that door: `docs/access-pharmacy.txt`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
import time_machine
from django.test import Client

from dosing.pharmacy.worklist import PreparationView
from tests.every_address import Caller, agreed, column, lines
from tests.ward import Ward
from tests.worlds import World
from trial.models import Delegation, Site, User
from trial.permissions import DOORS, Role
from trial.services import create_token

FOR_ANYBODY = {"health", "emergency/"}


@pytest.mark.slow
def test_every_address_of_the_pharmacy_answers_as_the_table_says(
    world: World, todo: tuple[PreparationView, ...], enter: Callable[[Delegation], Client], at: datetime
) -> None:
    """About the first syringe of the day; who has no business here opens nothing."""
    with time_machine.travel(at, tick=False):
        other = Ward(world).second_site()
        own = [(str(role), role, world.site) for role in sorted(Role)]
        elsewhere = [(f"{role}@other", role, other) for role in (Role.PHARMACIST, Role.INVESTIGATOR)]
        everybody = [caller(world, *row, enter, at) for row in own + elsewhere]
        superuser = Client()
        superuser.force_login(User.objects.create(username="root", is_superuser=True, is_staff=True))
        everybody += [Caller("superuser", superuser), Caller("nobody", Client())]
        values = {
            "trial": world.trial.key,
            "preparation": str(todo[0].id),
            "lot": str(todo[0].lots[0].id),
            "sequence": "1",
        }
        values |= {"number": todo[0].participant, "topic": "words"}
        table = list(lines(everybody, values))

    assert agreed("access-pharmacy.txt", table) == ""
    for name in {"superuser", "nobody"} | (set(map(str, Role)) - set(map(str, DOORS["pharmacy"]))):
        opened = {address for address, status in column(table, name).items() if status in {200, 201}}
        assert opened <= FOR_ANYBODY, name


def caller(
    world: World, column: str, role: Role, site: Site, enter: Callable[[Delegation], Client], at: datetime
) -> Caller:
    """Somebody with that role at that site, through both steps of the log-in."""
    by = Ward(world).worker(role, f"somebody-{column}", site)
    ends = at + timedelta(days=900)
    given = {"delegation": by, "name": "table", "expires_at": ends, "door": "pharmacy", "at": at}
    return Caller(column, enter(by), create_token(**given) if role in DOORS["pharmacy"] else "")
