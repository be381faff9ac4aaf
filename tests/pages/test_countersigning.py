"""A system acts by token; where the protocol asks for it, a person countersigns, once, with the secret."""

from __future__ import annotations

import csv
import io
import json
import re
from collections import Counter

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dosing.services.status import withdraw
from randomization.closing import lock_data
from randomization.services import draw_envelope
from randomization.verifying.signatures import signatures
from tests.at_once import at_once
from tests.pages.conftest import PASSWORD, Browser
from tests.site_fixture import SiteFixture, paris
from trial.audit import record
from trial.core.protocol import Countersigned
from trial.models import AuditEntry, Participant, Signature
from trial.people.amendments import install_amendment
from trial.people.delegating import end_delegation
from trial.people.signing import Hand
from trial.people.signing.countersigning import (
    ASKED,
    WHO_MAY,
    NothingToCountersign,
    countersign,
)
from trial.permissions import Role
from trial.policies import NotPermitted
from trial.protocol.files import PROTOCOLS, UnreadableProtocol, parse_protocol

PAGE = "/countersign/"
SYSTEM = Hand(system="hospital records")
GOOD = (PROTOCOLS / "nct02059759.toml").read_text(encoding="utf-8")


def asking(ward: SiteFixture, *words: str) -> None:
    """The protocol asks for a countersignature under these acts."""
    text = GOOD.replace('version = "1"', 'version = "2"', 1)
    listed = ", ".join(f'"{word}"' for word in words)
    text += f"\n[signatures]\ncountersign = [{listed}]\n"
    install_amendment(file=parse_protocol(text), at=paris("2015-10-05 08:30"))


def by_system(ward: SiteFixture) -> Participant:
    """Somebody whom a system drew by token."""
    ward.world.blinded_list()
    person = ward.eligible()
    draw_envelope(participant=person, by=ward.nurse, at=paris("2015-10-05 11:00"), hand=SYSTEM)
    return person


def chosen() -> dict[str, str]:
    return {"what": str(Signature.objects.get(countersigns=None).pk), "password": PASSWORD}


def test_every_word_of_the_protocol_stands_for_acts_and_each_act_has_a_right() -> None:
    assert set(ASKED) == {word.value for word in Countersigned}
    assert {act for acts in ASKED.values() for act in acts} == set(WHO_MAY)


def test_what_a_system_did_waits_on_today_on_the_participants_page_and_in_the_list(
    nurse: Browser, monitor: Browser, ward: SiteFixture
) -> None:
    asking(ward, "randomization")
    person = by_system(ward)
    assert "to be countersigned" in nurse.read("/today/") and PAGE in nurse.read("/today/")
    assert "Still to be countersigned: randomisation by the system" in nurse.read(
        f"/participants/{person.number}/"
    )
    for reader, link in ((nurse, True), (monitor, False)):
        page = reader.read("/signatures/")
        assert "to be countersigned" in page and (f'href="{PAGE}"' in page) == link


def test_a_person_countersigns_with_the_secret_and_nothing_waits_any_more(
    nurse: Browser, ward: SiteFixture
) -> None:
    asking(ward, "randomization")
    person = by_system(ward)
    assert person.number in nurse.read(PAGE) and "hospital records" in nurse.read(PAGE)
    for wrong in ({"password": "guess"}, {"password": ""}, {"what": "999999"}, {"user_name": "lou"}):
        assert nurse.refused(PAGE, **(chosen() | wrong))[0] in {403, 422}
    assert Signature.objects.count() == 1
    assert "Countersigned: 1 act." in nurse.send(PAGE, **chosen())
    act, mine = Signature.objects.order_by("id")
    assert (mine.countersigns, mine.name, mine.digest) == (act, nurse.user.shown_name, act.digest)
    entry = AuditEntry.objects.get(action="act.countersigned")
    assert (mine.audit_hash, json.loads(entry.body)["entry"]) == (entry.hash, act.audit_hash)
    assert not [report.fault for report in signatures() if report.fault]
    for page in ("/today/", f"/participants/{person.number}/", PAGE):
        assert "to be countersigned" not in nurse.read(page).replace("Still", "")
    assert f"countersigned by {mine.name}" in nurse.read("/signatures/")
    rows = list(csv.DictReader(io.StringIO(nurse.get("/signatures.csv").content.decode())))
    assert rows[1]["countersigned"] == f"countersigned by {mine.name}"
    assert rows[0]["countersigns"] == act.audit_hash


def put_under(ward: SiteFixture, row: Signature, **other: object) -> object:
    at, said = paris("2015-10-05 12:00"), {"trial": ward.world.trial, "site": row.site}

    def enter(body: dict[str, object], subject: str) -> AuditEntry:
        return record(action="act.countersigned", subject=subject, by=ward.nurse, at=at, body=body, **said)  # type: ignore[arg-type]

    facts = {"by": ward.nurse, "at": at, "hand": Hand("Anne Nurse"), "enter": enter}
    return countersign(row=row, **(facts | other))  # type: ignore[arg-type]


def test_never_twice_never_by_a_system_never_by_who_may_not_or_has_left(
    nurse: Browser, ward: SiteFixture
) -> None:
    asking(ward, "randomization")
    by_system(ward)
    row = Signature.objects.get()
    with pytest.raises(NotPermitted, match="never a system"):
        put_under(ward, row, hand=SYSTEM)
    with pytest.raises(NotPermitted):
        put_under(ward, row, by=ward.world.person(Role.MONITOR))
    with pytest.raises(NotPermitted):
        put_under(ward, row, by=ward.worker(Role.STUDY_NURSE, "far", ward.second_site()))
    put_under(ward, row)
    with pytest.raises(NothingToCountersign, match="already"):
        put_under(ward, row)
    assert nurse.refused(PAGE, what=str(row.pk), password=PASSWORD)[0] == 422
    assert Signature.objects.exclude(countersigns=None).count() == 1
    with pytest.raises(NothingToCountersign, match="A person has signed"):
        put_under(ward, Signature.objects.exclude(countersigns=None).get())
    admin = ward.world.person(Role.ADMINISTRATOR, "lou")
    end_delegation(delegation=ward.nurse, by=admin, at=paris("2015-10-05 13:00"), reason="Left.")
    assert nurse.post(PAGE, chosen()).status_code != 302


def test_more_acts_are_countersigned_without_asking_for_trial_or_signature_again(
    nurse: Browser, ward: SiteFixture
) -> None:
    """For one act and for three the page asks the same; only what it writes is written for each."""
    asking(ward, "randomization")
    by_system(ward)
    for _more in range(5):
        draw_envelope(participant=ward.eligible(), by=ward.nurse, at=paris("2015-10-05 11:10"), hand=SYSTEM)
    rows = [str(row.pk) for row in Signature.objects.order_by("id")]
    nurse.send(PAGE, what=rows[:1], password=PASSWORD)
    assert asked_when_sent(nurse, rows[1:2]) == asked_when_sent(nurse, rows[2:5]) != {}


def asked_when_sent(nurse: Browser, rows: list[str]) -> dict[str, int]:
    """How often trial, protocol and signatures are asked for while these acts are countersigned."""
    with CaptureQueriesContext(connection) as seen:
        nurse.send(PAGE, what=rows, password=PASSWORD)
    tables = [found[1] for one in seen for found in [ASKS.match(one["sql"])] if found]
    return Counter(table for table in tables if table in ASKED_ONCE)


ASKED_ONCE = {"trial_trial", "trial_protocolversion", "trial_signature"}
ASKS = re.compile(r'SELECT .*? FROM "(\w+)"', re.DOTALL)


def test_where_the_protocol_asks_for_nothing_nothing_waits(nurse: Browser, ward: SiteFixture) -> None:
    by_system(ward)
    assert "countersigned" not in nurse.read("/today/")
    assert "nobody has to countersign it" in nurse.read("/signatures/")
    with pytest.raises(NothingToCountersign, match="does not ask"):
        put_under(ward, Signature.objects.get())


def test_it_goes_on_after_the_data_lock(nurse: Browser, ward: SiteFixture) -> None:
    asking(ward, "randomization", "withdrawal")
    person, at = by_system(ward), paris("2015-10-05 11:30")
    withdraw(participant=ward.again(person), scope="trial", reason="x", by=ward.nurse, at=at, hand=SYSTEM)
    lock_data(trial=ward.world.trial, by=ward.world.person(Role.TRIAL_MANAGER), at=at, statement="All.")
    both = [str(row.pk) for row in Signature.objects.exclude(system="")]
    assert "Countersigned: 2 acts." in nurse.send(PAGE, what=both, password=PASSWORD)


@pytest.mark.django_db(transaction=True)
def test_two_at_the_same_moment_are_one(ward: SiteFixture) -> None:
    asking(ward, "randomization")
    by_system(ward)
    row = Signature.objects.get()

    def once() -> str:
        try:
            put_under(ward, row)
        except NothingToCountersign:
            return "refused"
        return "done"

    assert sorted(map(str, at_once(once, once))) == ["done", "refused"]
    assert AuditEntry.objects.filter(action="act.countersigned").count() == 1


def test_an_act_that_nobody_knows_is_a_fault_with_its_line() -> None:
    text = GOOD + '\n[signatures]\ncountersign = ["randomization", "lunch"]\n'
    with pytest.raises(UnreadableProtocol) as refused:
        parse_protocol(text)
    assert "signatures.countersign" in str(refused.value) and "lunch" in str(refused.value)
    assert str(len(text.splitlines())) in str(refused.value)
