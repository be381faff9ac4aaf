"""Address x method x role x site of the object -> status, for that door: `docs/access-pharmacy.txt`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
import time_machine
from django.core import signing
from django.test import Client

from dosing.pharmacy.worklist import PreparationView
from randomization.sealed.jobs.engine import ask_job
from randomization.sealed.jobs.views import SALT
from randomization.sealed.models import JobKind
from randomization.sealed.opening.one_time_links import make_link
from tests.every_address import Caller, agreed, lines, opened
from tests.site_fixture import SiteFixture
from tests.trial_fixture import TrialFixture
from trial.models import Delegation, Participant, Site, User
from trial.people.delegating import create_token
from trial.permissions import DOORS, Role

FOR_ANYBODY = {"health", "emergency/", "code-break/answer/"}
WITH_A_SECRET = {"jobs/progress/<str:token>/"}
"""Whoever knows the address is let in: a signature. The table has a real one."""


@pytest.mark.slow
def test_every_address_of_the_pharmacy_answers_as_the_table_says(
    world: TrialFixture,
    todo: tuple[PreparationView, ...],
    enter: Callable[[Delegation], Client],
    at: datetime,
) -> None:
    """About the first syringe of the day, and long work; who cannot use this door opens nothing."""
    with time_machine.travel(at, tick=False):
        other = SiteFixture(world).second_site()
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
        values |= {"number": todo[0].participant, "topic": "words", "pk": "1"}
        values |= secrets_of(world, at)
        table = lines(everybody, values)

    assert agreed("access-pharmacy.txt", table) == ""
    for name in {"superuser", "nobody"} | (set(map(str, Role)) - set(map(str, DOORS["pharmacy"]))):
        assert opened(table, name) <= FOR_ANYBODY | WITH_A_SECRET, name


def secrets_of(world: TrialFixture, at: datetime) -> dict[str, str]:
    """A job, the signed address of how far it is, and a link for a treating doctor: all of them real."""
    by, question = world.person(Role.UNBLINDED_STATISTICIAN, "stat.one"), {}
    job = ask_job(kind=JobKind.VERIFICATION, question=question, total=1, by=by, at=at)
    doctor = world.person(Role.INVESTIGATOR, "doctor")
    person = Participant.objects.order_by("number")[0]
    new = make_link(participant=person, by=doctor, at=at, reason="Coma", doctor="Dr Night")
    signed, nobodys = signing.dumps(str(job.pk), salt=SALT), str(uuid4())
    return {"key": str(job.pk), "token": signed, "link": str(new.link.pk)} | dict.fromkeys(
        ("question", "address"), nobodys
    )


def caller(
    world: TrialFixture,
    column: str,
    role: Role,
    site: Site,
    enter: Callable[[Delegation], Client],
    at: datetime,
) -> Caller:
    """Somebody with that role at that site, through both steps of the log-in."""
    by = SiteFixture(world).worker(role, f"somebody-{column}", site)
    ends = at + timedelta(days=900)
    given = {"delegation": by, "name": "table", "expires_at": ends, "door": "pharmacy", "at": at}
    return Caller(column, enter(by), create_token(**given) if role in DOORS["pharmacy"] else "")
