"""The page People of the pharmacy door: a second person confirms there what the clinic door asked for."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
import time_machine
from django.test import Client

from randomization.sealed.models import SealedAuditChain, SealedAuditEntry
from randomization.sealed.opening.outbox import enter_waiting
from randomization.sealed.opening.revealing import code_break
from randomization.sealed.vault.trail import record_sealed
from randomization.verifying.chains import trail_reports
from randomization.verifying.signatures import signatures
from tests.pharmacy.conftest import PASSWORD
from tests.trial_fixture import TrialFixture
from trial.models import (
    AuditChain,
    AuditEntry,
    Delegation,
    Invitation,
    InvitationUse,
    Participant,
    Signature,
    User,
)
from trial.pages.signatures import shown
from trial.people.delegating import end_delegation
from trial.people.duties.inviting import Invited, accept, invite
from trial.people.duties.reviewing import ask_for_code
from trial.people.duties.settling import Confirmer, confirm_duty, confirm_end
from trial.permissions import GRANTS, Permission, Role
from trial.policies import NotPermitted, delegations_of

CALLED = "Called Anne and Lou on the hospital's numbers."


@dataclass
class Desk:
    """An administrator who asks, and somebody at the pharmacy door who confirms."""

    world: TrialFixture
    admin: Delegation
    second: Delegation
    browser: Client
    at: datetime

    def invite(self, role: Role = Role.PHARMACIST, name: str = "anne") -> Invitation:
        who = Invited(name, "Anne", "Petit")
        facts = {"trial": self.world.trial, "role": role, "site": self.world.site, "by": self.admin}
        new = invite(who=who, at=self.at, reason="New colleague.", **facts)  # type: ignore[arg-type]
        if new.secret:
            accept(secret=new.secret, password="quiet-otter-lantern-42", at=self.at)
        return new.invitation

    def read(self) -> str:
        return self.browser.get("/people/").content.decode()

    def confirm(self, what: str, **other: str) -> tuple[int, str]:
        signed = {"user_name": "stat.two", "password": PASSWORD}
        answers = {"what": what, "reason": CALLED} | signed | other
        answer = self.browser.post("/people/", answers, follow=True)
        return answer.status_code, answer.content.decode()


@pytest.fixture
def desk(world: TrialFixture, enter: Callable[[Delegation], Client], at: datetime) -> Desk:
    second = world.person(Role.UNBLINDED_STATISTICIAN, "stat.two")
    second.user.set_password(PASSWORD)
    second.user.save()
    return Desk(world, world.person(Role.ADMINISTRATOR, "lou"), second, enter(second), at)


@pytest.fixture
def doctor_at_the_door(world: TrialFixture, enter: Callable[[Delegation], Client]) -> Client:
    """The last investigator's browser."""
    return enter(world.person(Role.INVESTIGATOR, "doctor"))


def faults(at: datetime) -> dict[str, str]:
    """What is said of who acted, in both trails."""
    blinded = trail_reports(AuditChain, AuditEntry, sealed=False, clock=lambda: at)
    sealed = trail_reports(SealedAuditChain, SealedAuditEntry, sealed=True, clock=lambda: at)
    found = {str(report.what): str(report.fault) for report in (*blinded, *sealed) if report.fault}
    return {what: fault for what, fault in found.items() if what.startswith("duties of who acted")}


def test_a_duty_begins_when_a_second_person_confirms_it_on_the_page(desk: Desk) -> None:
    row = desk.invite()
    assert "Anne Petit (anne), pharmacist" in desk.read()

    status, page = desk.confirm(f"duty-{row.pk}")

    assert (status, "Anne Petit has the duty now: pharmacist" in page) == (200, True)
    duty = Delegation.objects.get(user__username="anne")
    assert (duty.pk, duty.granted_by, duty.site) == (row.use.duty, desk.admin, desk.world.site)
    entry = AuditEntry.objects.get(action="delegation.confirmed")
    assert (entry.subject, entry.actor, CALLED in entry.body) == ("anne", "stat.two", True)
    assert "Nothing waits." in desk.read()


def test_the_end_of_the_last_code_breaker_counts_when_it_is_confirmed_on_the_page(desk: Desk) -> None:
    last = desk.world.person(Role.INVESTIGATOR, "doctor")
    end_delegation(delegation=last, by=desk.admin, at=desk.at, reason="Retires.")
    assert "Afterwards nobody there could break a code at once: nobody else has the duty and" in desk.read()

    assert desk.confirm(f"end-{last.end.pk}")[0] == 200

    assert not delegations_of(last.user, roles=frozenset({Role.INVESTIGATOR}))
    assert AuditEntry.objects.get(action="delegation.end_confirmed").actor == "stat.two"


def test_whoever_confirms_signs_and_a_duty_that_is_another_one_later_shows_it(desk: Desk) -> None:
    last = desk.world.person(Role.INVESTIGATOR, "doctor")
    end_delegation(delegation=last, by=desk.admin, at=desk.at, reason="Retires.")
    desk.confirm(f"duty-{desk.invite().pk}")
    desk.confirm(f"end-{last.end.pk}")
    rows = list(Signature.objects.order_by("id"))
    assert [(row.act, row.name, row.both_parts) for row in rows] == [
        ("duty_confirmed", desk.second.user.shown_name, True),
        ("end_confirmed", desk.second.user.shown_name, False),
    ]
    assert [one.state for one in shown(rows, desk.world.trial)] == ["holds", "holds"]
    assert not [report.fault for report in signatures() if report.fault]
    duty = Delegation.objects.get(user__username="anne")
    end_delegation(delegation=duty, by=desk.admin, at=desk.at, reason="Left.")
    assert shown(rows[:1], desk.world.trial)[0].state == "holds"  # an end is an act of its own
    duty.user.username = "another"
    duty.user.save()
    assert shown(rows[:1], desk.world.trial)[0].state == "void: changed since: user"


def test_what_the_last_code_breaker_did_before_the_end_was_confirmed_is_no_fault_of_the_trail(
    desk: Desk, active: object, booked: Callable[[], Participant], doctor_at_the_door: Client
) -> None:
    """The end waits so that they can break a code meanwhile: honest, and `verify` has to say so for ever."""
    last, person = Delegation.objects.get(user__username="doctor"), booked()
    end_delegation(delegation=last, by=desk.admin, at=desk.at, reason="Retires.")
    tonight, tomorrow = desk.at + timedelta(hours=14), desk.at + timedelta(days=1)
    code_break(participant=person, by=last, at=tonight, reason="Anaphylaxis.")
    with time_machine.travel(tonight, tick=False):
        doctor_at_the_door.get("/code-break/")
        assert doctor_at_the_door.get("/preparations/").status_code == 403  # entered: a refused act
    assert faults(tomorrow) == {}

    confirm_end(end=last.end, at=tomorrow)
    assert faults(tomorrow) == {}

    later = tomorrow + timedelta(days=1)
    record_sealed(action="envelope.opened", subject="x", by=last, at=later, trial=desk.world.trial)
    assert list(faults(later)) == ["duties of who acted in nct02059759/sealed"]


def test_a_code_break_that_is_entered_after_the_duty_ended_is_judged_by_its_own_time(
    desk: Desk, active: object, booked: Callable[[], Participant], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The blinded trail's head was not free that night; it learns of it when the doctor has left."""
    doctor, person = desk.world.person(Role.INVESTIGATOR, "doctor"), booked()
    desk.world.person(Role.INVESTIGATOR, "another")
    with monkeypatch.context() as held:
        held.setattr("randomization.sealed.opening.revealing.enter_waiting", lambda **_asked: 0)
        code_break(participant=person, by=doctor, at=desk.at, reason="Anaphylaxis.")
    later = desk.at + timedelta(hours=3)
    end_delegation(delegation=doctor, by=desk.admin, at=desk.at + timedelta(hours=1), reason="Leaves.")
    assert enter_waiting(at=later) == 1
    assert AuditEntry.objects.get(action="code.broken").at == later
    assert faults(later) == {}


def test_a_form_that_comes_here_after_the_duty_ended_is_entered_in_the_sealed_trail_alone(
    desk: Desk, enter: Callable[[Delegation], Client]
) -> None:
    anne = desk.world.person(Role.PHARMACIST, "anne")
    browser = enter(anne)
    end_delegation(delegation=anne, by=desk.admin, at=desk.at, reason="Leaves.")
    later = desk.at + timedelta(minutes=4)
    with time_machine.travel(later, tick=False):
        for _time in range(11):
            answer = browser.post("/stock/receive/", {"lot_number": "A1"})
            assert (answer.status_code, "was not taken" in answer.content.decode()) == (403, True)
    rows = SealedAuditEntry.objects.filter(action="form.refused").order_by("id")
    said = [(row.actor, row.role, row.chain.kind, json.loads(row.body)) for row in rows]
    assert [(*row[:3], row[3]["count"], row[3]["address"]) for row in said] == [
        ("anne", "no_duty", "door", count, "127.0.0.1") for count in (1, 10)
    ]
    assert not AuditEntry.objects.filter(action="form.refused").exists()
    assert faults(later) == {}


def test_a_form_of_whoever_works_at_the_other_door_is_entered_as_a_refused_act(
    desk: Desk, enter: Callable[[Delegation], Client]
) -> None:
    browser = enter(desk.world.person(Role.STUDY_NURSE, "claire"))
    assert browser.post("/stock/receive/", {"lot_number": "A1"}).status_code == 403
    row = SealedAuditEntry.objects.get(action="act.refused")
    assert (row.actor, row.role, "no duty behind this door" in row.body) == ("claire", "study_nurse", True)


@pytest.mark.parametrize(
    "wrong", [{"password": "guessed"}, {"password": ""}, {"reason": " "}, {"what": "duty-1"}]
)
def test_without_password_reason_or_choice_nothing_is_given(desk: Desk, wrong: dict[str, str]) -> None:
    row = desk.invite()
    assert desk.confirm(**({"what": f"duty-{row.pk}"} | wrong))[0] in {403, 422}
    assert not User.objects.filter(username="anne").exists()


def test_a_second_click_gives_nothing_twice(desk: Desk) -> None:
    row = desk.invite()
    assert desk.confirm(f"duty-{row.pk}")[0] == 200
    assert desk.confirm(f"duty-{row.pk}")[0] == 422
    assert Delegation.objects.filter(user__username="anne").count() == 1


def test_nobody_confirms_a_duty_of_their_own(desk: Desk) -> None:
    row = desk.invite(Role.PHARMACIST, "stat.two")
    status, page = desk.confirm(f"duty-{row.pk}")
    assert (status, "Somebody else has to confirm this" in page) == (403, True)
    assert not Delegation.objects.filter(user=desk.second.user, role=Role.PHARMACIST).exists()


def test_whoever_asked_confirms_nothing(desk: Desk) -> None:
    """No role both asks and confirms today; a row that a process of the clinic wrote may say so."""
    row = desk.invite()
    row.by = desk.second
    with pytest.raises(NotPermitted, match="second person"):
        confirm_duty(invitation=row, at=desk.at, who=Confirmer(desk.second, CALLED))


def test_the_page_names_the_account_that_gets_the_duty_whatever_the_row_calls_it(desk: Desk) -> None:
    """A process of the clinic may write another name beside an account."""
    user = User.objects.create(username="mallory", first_name="Mallory", last_name="Grey")
    facts = {"trial": desk.world.trial, "site": desk.world.site, "role": Role.PHARMACIST, "by": desk.admin}
    said = {"username": "anne", "first_name": "Anne", "last_name": "Petit", "digest": "0" * 64}
    row = Invitation.objects.create(user=user, at=desk.at, expires_at=desk.at, **facts, **said)
    InvitationUse.objects.create(invitation=row, at=desk.at)
    page = desk.read()
    assert "Mallory Grey (mallory)" in page and "Anne" not in page


def test_a_code_that_was_asked_for_is_shown(desk: Desk) -> None:
    nurse = desk.world.person(Role.INVESTIGATOR, "doctor")
    ask_for_code(user=nurse.user, by=desk.admin, at=desk.at)
    assert "asked for by" in desk.read()


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.UNBLINDED_STATISTICIAN}))
def test_no_other_role_opens_the_page(
    world: TrialFixture, enter: Callable[[Delegation], Client], role: Role
) -> None:
    assert Permission.CONFIRM_DUTIES not in GRANTS[role]
    assert enter(world.person(role, f"some-{role}")).get("/people/").status_code != 200
