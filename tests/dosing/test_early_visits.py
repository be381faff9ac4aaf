"""A visit that the file has only after an early end of treatment is planned with it, on every surface."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import time_machine
from django.test import Client

from dosing.models import Plan, Reminder
from dosing.pages.what_ends import effects
from dosing.reading.queries import calendar_of
from dosing.services.amending import move_to_version
from dosing.services.correcting_ends import NEVER, correct_end
from dosing.services.status import find_again, withdraw
from randomization.verification import verify
from tests.dosing.test_amendments import IMODALS
from tests.site_fixture import MONDAY, SiteFixture, paris
from tests.trial_fixture import START
from trial.models import AuditEntry, Participant, WithdrawalScope
from trial.people.amendments import install_amendment
from trial.protocol.files import UnreadableProtocol, parse_protocol

TUESDAY = paris("2015-10-13 10:00")
LATER = TUESDAY + timedelta(hours=1)
TARGET = MONDAY + timedelta(days=7)
VISIT = """[[visits]]
code = "ET"
label = { en = "Early termination", fr = "Arrêt anticipé" }
anchor = "end_of_treatment"
offset = { days = 7 }
window = { before = 10, after = 3 }

[[visits]]
code = "V7"
"""


def text() -> str:
    found = IMODALS.replace('version = "1"', 'version = "2"', 1)
    return found.replace('[[visits]]\ncode = "V7"\n', VISIT, 1)


@pytest.fixture
def person(ward: SiteFixture) -> Participant:
    """Treated by a version with a visit of an early end."""
    install_amendment(file=parse_protocol(text()), at=START)
    ward.world.trial.refresh_from_db()
    person = ward.booked(email="anne@example.org")
    ward.inject(person, 1)
    return ward.again(person)


def ended(ward: SiteFixture, person: Participant, scope: str = "treatment", **more: object) -> None:
    said = {"reason": "Fever", "by": ward.nurse, "at": TUESDAY, "day": MONDAY} | more
    withdraw(participant=ward.again(person), scope=scope, **said)  # type: ignore[arg-type]


def early(ward: SiteFixture, person: Participant, at: str = "2015-10-13 10:00") -> dict[str, object]:
    view = calendar_of(ward.again(person), at=paris(at))
    assert view is not None
    return {str(day.state): (day.earliest, day.date, day.latest) for day in view.visits if day.code == "ET"}


PLANNED = (MONDAY, TARGET, TARGET + timedelta(days=3))
"""Its window opens on the day of the end, and not before."""


def test_the_file_has_it_apart_from_the_visits_that_everybody_comes_to() -> None:
    protocol = parse_protocol(text()).protocol
    assert [visit.code for visit in protocol.early_visits] == ["ET"]
    assert "ET" not in {visit.code for visit in protocol.visits} and "ET" in protocol.standing_codes
    assert parse_protocol(IMODALS).protocol.early_visits == ()


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("offset = { days = 7 }", "day = -2", "before the end of treatment"),
        ("offset = { days = 7 }", 'day = 8\nafter_end_of_treatment = "falls_away"', "is not said of a visit"),
        ('code = "ET"', 'code = "V6"', "V6"),
        ("[[visits]]", '[[courses]]\nanchor = "end_of_treatment"\n[[visits]]', "anchor"),
    ],
)
def test_a_file_in_which_it_makes_no_sense_is_refused_by_its_field(old: str, new: str, why: str) -> None:
    with pytest.raises(UnreadableProtocol, match=why):
        parse_protocol(text().replace(VISIT, VISIT.replace(old, new, 1)))


def test_nobody_has_it_before_an_end(ward: SiteFixture, person: Participant) -> None:
    assert early(ward, person) == {}


def test_an_end_plans_it_with_its_window_and_reminds_of_it_in_one_entry(
    ward: SiteFixture, person: Participant
) -> None:
    entries = AuditEntry.objects.count()
    ended(ward, person)
    assert early(ward, person) == {"due": PLANNED}
    assert Reminder.objects.filter(participant=person, state="open", event="visit:ET").exists()
    assert Plan.objects.filter(participant=person).count() == 2
    assert set(AuditEntry.objects.order_by("id")[entries:].values_list("action", flat=True)) <= {
        "participant.withdrawn",
        "status.changed",
    }


def test_it_is_recorded_missed_and_counted_like_any_other(ward: SiteFixture, person: Participant) -> None:
    ended(ward, person)
    ward.visit(person, "ET")
    assert list(early(ward, person)) == ["done"]
    for visit in person.plans.get(superseded_at=None).visits.exclude(code="ET"):
        assert ward.status(person) == "follow_up"
        ward.visit(ward.again(person), visit.code, day=visit.date, at=paris(f"{visit.date} 16:00"))
    assert ward.status(person) == "completed"


def test_page_table_calendar_paper_and_interface_have_it(ward: SiteFixture, person: Participant) -> None:
    ended(ward, person)
    address = f"/participants/{person.number}/"
    client = Client()
    with time_machine.travel(TUESDAY, tick=False):
        client.force_login(ward.nurse.user)
        assert "Early termination" in client.get(f"{address}visits/ET/").content.decode()
        assert f"{address}visits/ET/" in client.get(address).content.decode()
        table = client.get(f"{address}calendar.csv").content.decode()
        file = client.get(f"{address}calendar.ics").content.decode()
        assert client.get(f"{address}calendar.pdf").status_code == 200
        assert ">ET<" in client.get("/progress/").content.decode()
    assert [line for line in table.splitlines() if "ET" in line and TARGET.isoformat() in line]
    assert "ET" in file and f"{TARGET:%Y%m%d}" in file


@pytest.mark.parametrize("scope", ["visits", "trial", "death"])
def test_who_leaves_with_the_end_has_none(ward: SiteFixture, person: Participant, scope: str) -> None:
    ended(ward, person, scope)
    assert early(ward, person) == {}


def test_who_leaves_later_keeps_it_as_stopped(ward: SiteFixture, person: Participant) -> None:
    ended(ward, person)
    ended(ward, person, "trial", at=paris("2015-10-14 10:00"), day=date(2015, 10, 14))
    assert early(ward, person, "2015-10-14 10:00") == {"stopped": PLANNED}


def test_the_page_of_an_end_says_that_it_will_be_planned(ward: SiteFixture, person: Participant) -> None:
    rows = effects(person, [WithdrawalScope.TREATMENT, WithdrawalScope.TRIAL])
    assert [visits for _scope, _doses, visits, *_rest in rows] == ["go on; ET is planned", "end"]


def test_rows_and_trail_agree_on_a_plan_that_an_end_wrote(ward: SiteFixture, person: Participant) -> None:
    ended(ward, person)
    correct_end(participant=ward.again(person), scope=NEVER, reason="No.", by=ward.nurse, at=LATER)
    found = verify(clock=lambda: LATER)
    assert [str(row.fault) for row in found if row.fault and str(row.what).startswith("rows")] == []


def test_an_end_that_never_was_takes_it_away(ward: SiteFixture, person: Participant) -> None:
    before = set(Plan.objects.get(superseded_at=None).visits.values_list("code", "date"))
    ended(ward, person)
    said = {"reason": "Another person", "by": ward.nurse, "at": TUESDAY}
    correct_end(participant=ward.again(person), scope=NEVER, **said)
    assert set(Plan.objects.get(superseded_at=None).visits.values_list("code", "date")) == before
    assert not Reminder.objects.filter(participant=person, state="open", event="visit:ET").exists()


def test_who_was_lost_and_is_found_comes_to_it(ward: SiteFixture, person: Participant) -> None:
    ended(ward, person, "lost")
    assert early(ward, person) == {}
    find_again(participant=ward.again(person), reason="He called.", by=ward.nurse, at=TUESDAY)
    assert early(ward, person) == {"due": PLANNED}


def test_who_had_the_whole_treatment_never_has_it(ward: SiteFixture, person: Participant) -> None:
    for number in range(2, 16):
        ward.inject(ward.again(person), number)
    assert (ward.status(person), early(ward, person, "2015-12-12 10:00")) == ("follow_up", {})


def test_a_calendar_from_before_has_it_once_the_participant_is_moved_to_the_amendment(
    ward: SiteFixture,
) -> None:
    person = ward.booked()
    ward.inject(person, 1)
    version = install_amendment(file=parse_protocol(text()), at=START)
    ended(ward, person)
    assert early(ward, person) == {}
    said = {"digest": version.digest, "reason": "Amendment 2.", "by": ward.investigator, "at": TUESDAY}
    move_to_version(participant=ward.again(person), **said)
    assert early(ward, person) == {"due": PLANNED}
