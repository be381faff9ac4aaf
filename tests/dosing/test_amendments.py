"""Amendments: a new version moves nobody; a person moves one participant or all, seeing every changed day."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command

from dosing.models import Plan, Reminder
from dosing.reading.queries import calendar_of
from dosing.reading.versions import behind, changes_by
from dosing.services.amending import CannotAmend, move_everybody, move_to_version
from dosing.services.choosing import move_course
from dosing.services.status import hold, release, withdraw
from tests.amended import LAST_VISIT
from tests.site_fixture import MONDAY, SiteFixture, paris
from tests.trial_fixture import START
from trial.models import AuditEntry, Participant, ProtocolVersion
from trial.people.amendments import NotAnAmendment, install_amendment
from trial.permissions import Role
from trial.policies import NotPermitted
from trial.protocol.files import PROTOCOLS, parse_protocol
from trial.screening.services import WrongStatus

IMODALS = (PROTOCOLS / "nct02059759.toml").read_text(encoding="utf-8")
NOW = paris(f"{MONDAY} 15:00")


def amended(*changes: tuple[str, str]) -> str:
    """The protocol file with these changes, as version 2; by default the last visit is a week later."""
    text = IMODALS.replace('version = "1"', 'version = "2"', 1)
    for old, new in changes or LAST_VISIT:
        assert old in text
        text = text.replace(old, new, 1)
    return text


def install(*changes: tuple[str, str]) -> ProtocolVersion:
    return install_amendment(file=parse_protocol(amended(*changes)), at=START)


def move(ward: SiteFixture, participant: Participant, version: ProtocolVersion, **more: object) -> Plan:
    words = {"digest": version.digest, "reason": "Amendment 2.", "by": ward.investigator, "at": NOW} | more
    return move_to_version(participant=ward.again(participant), **words)  # type: ignore[arg-type]


def test_a_new_version_moves_nobody_and_serves_whoever_comes_after(ward: SiteFixture) -> None:
    before = ward.booked()
    install()
    after = ward.booked()
    days = [calendar_of(person, at=NOW).visits[-1].trial_day for person in (before, after)]  # type: ignore[union-attr]
    assert days == [169, 176]
    assert [person.pk for person, _plan in behind(ward.nurse)] == [before.pk]


def test_moving_day_1_keeps_the_version_that_planned_it(ward: SiteFixture) -> None:
    participant = ward.booked(MONDAY - timedelta(days=6))
    install()
    assert ward.book(participant, MONDAY).protocol_version.version == "1"


def test_the_preview_is_what_happens(ward: SiteFixture) -> None:
    participant = ward.booked()
    ward.inject(participant, 1)
    version = install()
    (change,) = changes_by(ward.again(participant), Plan.objects.get(), version, at=NOW)
    move(ward, participant, version)
    view = calendar_of(ward.again(participant), at=NOW)
    assert view is not None and change.new is not None
    assert (change.code, view.visits[-1].date) == ("V7", change.new.date)
    assert not list(behind(ward.nurse))


def test_the_move_is_entered_with_both_digests_and_the_changed_days(ward: SiteFixture) -> None:
    participant, version = ward.booked(), install()
    move(ward, participant, version)
    body = json.loads(AuditEntry.objects.get(action="calendar.amended").body)
    assert body["protocol"] == version.digest != body["from"]
    assert list(body["changed"]) == ["V7"]


def test_a_course_that_was_moved_stays_moved(ward: SiteFixture) -> None:
    participant = ward.booked()
    ward.inject(participant, 1)
    start = MONDAY + timedelta(days=30)
    move_course(
        participant=ward.again(participant), course=2, start=start, reason="Away.", by=ward.nurse, at=NOW
    )
    plan = move(ward, participant, install())
    assert plan.injections.get(number=6).date == start


def test_a_release_opens_nothing_by_a_rule_that_the_new_version_has_no_more(ward: SiteFixture) -> None:
    participant = ward.booked()
    version = install(('code = "S-VISIT"', 'code = "S-LATER"'))
    move(ward, participant, version, at=START)
    hold(participant=ward.again(participant), reason="Fever", until=None, by=ward.investigator, at=START)
    release(participant=ward.again(participant), reason="Well", by=ward.investigator, at=START)
    rules = set(Reminder.objects.filter(state="open", recipient="site").values_list("rule", flat=True))
    assert rules == {"S-INJECTION", "S-LATER"}


def test_reminders_follow_the_rules_of_the_new_version(ward: SiteFixture) -> None:
    participant = ward.booked(email="anne@example.org")
    version = install(('local_time = "18:00"', 'local_time = "17:00"'), *LAST_VISIT)
    move(ward, participant, version)
    waiting = Reminder.objects.filter(participant=participant, state="open")
    assert waiting.filter(event="visit:V7").values("event_date").distinct().count() == 1
    ahead = waiting.filter(rule="P-COURSE", due_at__gt=NOW)
    hours = {row.due_at.astimezone(ward.site.tzinfo).hour for row in ahead}
    assert hours == {17}


def test_everybody_is_moved_or_nobody(ward: SiteFixture) -> None:
    people = [ward.booked() for _ in range(3)]
    version = install()
    words = {"digest": version.digest, "reason": "Amendment 2.", "by": ward.investigator, "at": NOW}
    assert len(move_everybody(**words)) == 3  # type: ignore[arg-type]
    assert AuditEntry.objects.filter(action="calendar.amended").count() == 3
    assert {row.protocol_version for row in Plan.objects.filter(superseded_at=None)} == {version}
    assert len(people) == 3


def test_what_is_recorded_may_not_become_something_else(ward: SiteFixture) -> None:
    participant = ward.booked()
    ward.inject(participant, 1)
    ward.visit(participant, "V1")
    version = install(('code = "V1"', 'code = "V1A"'), ('"visits[V1].day"', '"visits[V1A].day"'))
    with pytest.raises(CannotAmend, match="numbers its injections or visits differently"):
        move(ward, participant, version)
    assert Plan.objects.get().protocol_version.version == "1"


def test_nobody_goes_back_or_to_a_version_that_is_not_there(ward: SiteFixture) -> None:
    participant, old = ward.booked(), ward.world.trial.protocol_version
    move(ward, participant, install())
    for digest in (old.digest, "0" * 64):
        with pytest.raises(CannotAmend):
            move(ward, participant, old, digest=digest)


def test_who_has_left_stays_where_they_were(ward: SiteFixture) -> None:
    participant = ward.booked()
    withdraw(participant=participant, scope="trial", reason="Moves.", by=ward.nurse, at=START)
    with pytest.raises(WrongStatus):
        move(ward, participant, install())


@pytest.mark.parametrize("role", [Role.STUDY_NURSE, Role.MONITOR])
def test_whoever_may_not_amend_does_not(ward: SiteFixture, role: Role) -> None:
    with pytest.raises(NotPermitted):
        move(ward, ward.booked(), install(), by=ward.world.person(role))


def test_the_limit_of_a_hold_is_that_of_the_participants_version(ward: SiteFixture) -> None:
    participant = ward.booked()
    install(("max_hold_days = 28", "max_hold_days = 5"))
    row = hold(participant=participant, reason="Fever.", until=None, by=ward.investigator, at=START)
    assert row.until == START.date() + timedelta(days=28)


NOT_AMENDMENTS = [
    ('number = "01"', 'number = "02"', "site"),
    ('zone = "Europe/Paris"', 'zone = "Europe/Vienna"', "time zone"),
    ("serial_digits = 2", "serial_digits = 3", "numbers"),
]


@pytest.mark.parametrize(("old", "new", "why"), NOT_AMENDMENTS)
def test_what_was_fixed_at_the_beginning_stays(ward: SiteFixture, old: str, new: str, why: str) -> None:
    text = amended((old, new)).replace(
        "sites[01]", f"sites[{new[-3:-1]}]" if "number" in old else "sites[01]"
    )
    with pytest.raises(NotAnAmendment, match=why):
        install_amendment(file=parse_protocol(text), at=START)


def test_another_trial_is_no_amendment_and_the_same_file_changes_nothing(ward: SiteFixture) -> None:
    text = amended().replace("nct02059759", "nct02059750").replace("NCT02059759", "NCT02059750")
    with pytest.raises(NotAnAmendment, match="not installed"):
        install_amendment(file=parse_protocol(text), at=START)
    first = ward.world.trial.protocol_version
    assert install_amendment(file=parse_protocol(IMODALS), at=START) == first
    install()
    with pytest.raises(NotAnAmendment, match="This protocol file was installed before"):
        install_amendment(file=parse_protocol(IMODALS), at=START)


def test_the_command_says_what_is_the_newest_now(ward: SiteFixture, tmp_path, capsys) -> None:  # type: ignore[no-untyped-def]
    file = tmp_path / "amendment.toml"
    file.write_text(amended(), encoding="utf-8")
    call_command("install_amendment", str(file))
    assert "version 2" in capsys.readouterr().out
    with pytest.raises(CommandError):
        call_command("install_amendment", str(tmp_path / "nothing.toml"))
