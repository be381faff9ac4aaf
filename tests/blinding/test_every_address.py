"""Address x method x role x site of the object -> status, for the clinic door: `docs/access-clinic.txt`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from dosing.services.feeding import make_feed
from tests.blinding.addresses import Address
from tests.every_address import DOCS, Caller, agreed, column, lines, lines_of, opened
from tests.site_fixture import MONDAY, SiteFixture
from tests.trial_fixture import START, new_trial
from trial.core.numbers import format_number
from trial.models import ApiToken, Delegation, Site, User
from trial.people.delegating import create_token
from trial.people.duties.inviting import Invited, invite
from trial.permissions import DOORS, Role

AT_A_SITE = (Role.STUDY_NURSE, Role.INVESTIGATOR, Role.SITE_SYSTEM)
FOR_ANYBODY = {"health", "emergency/"}
"""Pages that say nothing of the trial."""
WITH_A_SECRET = {"feeds/<str:secret>.ics", "invitation/<str:link>/"}
"""Whoever knows the address is let in: it holds 256 random bits, and the table was given real ones."""
FOR_ANY_DUTY = {"/", "components/", "help/", "help/<slug:topic>/", "api/v1/trials/<str:trial>/openapi.json"}
"""Pages about the product, not about anybody."""
ABOUT_PEOPLE = {
    "people/",
    "people-log/",
    "people-review/",
    "people-invite/",
    "people-invited/<uuid:invitation>/cancel/",
    "people/<str:username>/",
    "people/<str:username>/duties/<uuid:duty>/end/",
    "people/<str:username>/shut/",
    "people/<str:username>/sessions/",
    "people/<str:username>/tokens/<str:key>/",
    "people/<str:username>/addresses/",
    "people/<str:username>/code/",
}
"""What an administrator opens: pages about whoever has a duty, none about a participant."""
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


def callers(ward: SiteFixture, other: Site) -> list[Caller]:
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
def ward(db: None) -> Iterator[SiteFixture]:
    """One site of a live trial; the clock stands."""
    with time_machine.travel(START, tick=False):
        yield SiteFixture(new_trial())


@pytest.mark.slow
def test_every_address_of_the_clinic_answers_as_the_table_says(ward: SiteFixture) -> None:
    """Also: at the other site, a participant cannot be told from a number that nobody has."""
    number, nobodys = ward.booked(MONDAY).number, format_number(form_of_numbers(ward), "01", 99)
    values = {"number": number, "trial": ward.world.trial.key, "code": "V2", "injection": "1", "visit": "1"}
    values |= {"kind": "pdf", "topic": "words", "figure": "flow", "deviation": "1", "pk": "1"}
    values |= {"secret": make_feed(by=ward.nurse, at=START, language="en")}
    everybody = callers(ward, ward.second_site())
    values |= people(ward)
    elsewhere = [one for one in everybody if one.column.endswith("@other")]

    table = lines(everybody, values)

    assert agreed("access-clinic.txt", table) == ""
    of_nobody = lines(elsewhere, values | {"number": nobodys}, "number")
    for one in elsewhere:
        found = column(of_nobody, one.column)
        assert len(found) > 200 and found.items() <= column(table, one.column).items()
    for name in WITHOUT_DUTY:
        assert opened(table, name) <= FOR_ANYBODY | WITH_A_SECRET, name
    assert opened(table, "administrator") <= FOR_ANYBODY | WITH_A_SECRET | FOR_ANY_DUTY | ABOUT_PEOPLE


def people(ward: SiteFixture) -> dict[str, str]:
    """A person of the first site, with a token, and somebody who is invited."""
    token, by = ApiToken.objects.get(name="study_nurse@own"), ward.world.person(Role.ADMINISTRATOR, "inviter")
    invited = invite(
        who=Invited("invited", "A", "B"),
        trial=ward.world.trial,
        role=Role.MONITOR,
        site=ward.site,
        by=by,
        at=START,
        reason="New.",
    )
    person = {"username": token.user.username, "duty": str(token.delegation_id)}
    links = {"link": invited.secret, "invitation": str(invited.invitation.pk)}
    return person | {"key": token.token_key} | links


def form_of_numbers(ward: SiteFixture) -> str:
    """How participants of this trial are numbered."""
    form: str = ward.world.trial.protocol_version.protocol.number_format
    return form


@dataclass(frozen=True)
class Door:
    """A caller at a door that lets this column in by one method."""

    column: str
    opens: str = ""

    def ask(self, method: str, path: str, key: str) -> int:
        return 200 if method == self.opens else 405


def rows(values: dict[str, str], *callers: Door) -> list[str]:
    """The lines of one address with a parameter."""
    return list(lines_of(Address("file", "files/<str:kind>"), callers, values))  # type: ignore[arg-type]


def test_a_method_that_lets_somebody_in_between_has_a_line_of_its_own() -> None:
    """The first and the last caller see nothing of it."""
    found = rows({"kind": "pdf"}, Door("nurse"), Door("monitor", "DELETE"), Door("nobody"))
    assert found == [
        "GET,POST,PUT,PATCH,HEAD,OPTIONS,TRACE files/<str:kind> 405 405 405",
        "DELETE files/<str:kind> 405 200 405",
    ]


def test_a_parameter_that_is_made_up_is_no_entry_of_the_table() -> None:
    with pytest.raises(KeyError, match="kind"):
        rows({}, Door("nurse"))


def test_a_line_that_is_new_or_other_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("UPDATE_ACCESS", raising=False)
    kept = (DOCS / "access-clinic.txt").read_text().splitlines()
    shown = agreed("access-clinic.txt", [*kept[1:], "GET new/ 200"]).splitlines()
    assert shown == [f"- {kept[0]}", "+ GET new/ 200"]
