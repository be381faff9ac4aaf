"""Emergencies in which the person who asks stays blinded, and those that happened elsewhere."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.core.management import CommandError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from randomization.models import CodeBreakNotice, RandomizationList
from randomization.sealed.models import (
    CodeBreak,
    OneTimeLinkUse,
    OpenedElsewhere,
    SealedAuditEntry,
    SealedSignature,
)
from randomization.sealed.opening.code_break_sheets import code_break_pack, told
from randomization.sealed.opening.one_time_links import cancel_link
from randomization.sealed.vault.envelope_contents import open_secret
from randomization.sealed.vault.keys import pharmacy_key
from randomization.sealed.vault.signing import signed_contents
from randomization.sealed.verification import code_break_faults, sealed_signatures
from tests.checklist import in_boxes
from tests.pharmacy.asking import PASSWORD, break_code
from tests.terminal import typed
from tests.trial_fixture import TrialFixture
from trial.models import AuditEntry, Delegation, Participant
from trial.pages.signatures import shown
from trial.permissions import Role

LINK = "/code-break/answer/"


@pytest.fixture
def doctor(world: TrialFixture) -> Delegation:
    doctor = world.person(Role.INVESTIGATOR, "doctor")
    doctor.user.set_password(PASSWORD)
    doctor.user.save()
    return doctor


@pytest.fixture
def page(doctor: Delegation, enter: Callable[[Delegation], Client]) -> Client:
    return enter(doctor)


def labels(active: RandomizationList) -> dict[str, str]:
    return {arm.code: arm.label.en for arm in active.trial.protocol_version.protocol.arms}


def ask(page: Client, participant: Participant, password: str = PASSWORD) -> str:
    """The answer to a request for a link that is shown to the one who asks."""
    words = {"address": "/code-break/link/", "doctor": "Dr Roux", "reason": "Coma", "way": "screen"}
    return str(break_code(page, participant.number, password, **words).content.decode())


def secret_in(answer: str) -> str:
    found = re.search(rf"{LINK}#([\w-]{{43}})<", answer)
    assert found, answer
    return found[1]


def look(client: Client, secret: str) -> Any:
    """What the doctor's browser sends first: it opens nothing."""
    return client.post(LINK, {"secret": secret})


def use(client: Client, secret: str) -> Any:
    """The button below it."""
    return client.post(LINK, {"secret": secret, "show": "yes"})


# --- The one-time link -------------------------------------------------------------------------------


def test_the_doctor_sees_the_arm_without_an_account_and_the_operator_does_not(
    page: Client, people: list[Participant], active: RandomizationList
) -> None:
    arms = [record.arm for record in open_secret(active, pharmacy_key()).records(active)]
    asked = ask(page, people[1])
    answer = use(Client(), secret_in(asked)).content.decode()
    assert {code for code, label in labels(active).items() if label in answer} == {arms[1]}
    assert not [label for label in labels(active).values() if label in asked]
    assert "UNBLINDED" in answer


def test_looking_at_the_link_does_not_use_it_up(page: Client, people: list[Participant]) -> None:
    secret, stranger = secret_in(ask(page, people[0])), Client()
    seen = [look(stranger, secret) for _ in range(3)]
    assert stranger.get(LINK).status_code == 200
    assert [answer.status_code for answer in seen] == [200, 200, 200]
    assert not OneTimeLinkUse.objects.exists()
    assert "Dr Roux" in seen[0].content.decode()


def test_a_used_link_is_gone(page: Client, people: list[Participant]) -> None:
    secret, stranger = secret_in(ask(page, people[0])), Client()
    answers = [use(stranger, secret), use(stranger, secret), look(stranger, secret)]
    assert [answer.status_code for answer in answers] == [200, 410, 410]


def test_the_operators_own_browser_is_refused(page: Client, people: list[Participant]) -> None:
    secret = secret_in(ask(page, people[0]))
    assert use(page, secret).status_code == 403
    assert use(Client(), secret).status_code == 200


def test_the_answer_may_not_be_stored(page: Client, people: list[Participant]) -> None:
    answer = use(Client(), secret_in(ask(page, people[0])))
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_wrong_password_makes_no_link(page: Client, people: list[Participant]) -> None:
    assert "not your password" in ask(page, people[0], "guess")
    assert not SealedAuditEntry.objects.filter(action__in=("code_break.link_made", "act.refused")).exists()
    assert SealedAuditEntry.objects.filter(action="code_break.wrong_password").count() == 1


# --- Elsewhere ---------------------------------------------------------------------------------------


@pytest.fixture
def sheet(people: list[Participant], at: datetime) -> dict[str, str]:
    """What stands on an opened sheet."""
    return {
        "number": people[0].envelope.number,
        "means": "paper",
        "opened_by": "Dr Roux, night duty",
        "time": "10:30",
        "reason": "Coma, Velum not reachable",
        "user_name": "doctor",
        "password": PASSWORD,
    } | in_boxes(day=f"{at:%Y-%m-%d}")


def test_an_opened_sheet_is_entered_with_its_true_time_by_the_sites_clock(
    page: Client, sheet: dict[str, str], at: datetime
) -> None:
    assert page.post("/code-break/elsewhere/", sheet).status_code == 302
    row = OpenedElsewhere.objects.get()
    assert (row.means, row.opened_by, row.happened_at) == (
        "paper",
        sheet["opened_by"],
        at + timedelta(hours=1),
    )
    assert row.code_break.reason == sheet["reason"]


def test_whoever_enters_it_signs_what_they_enter(
    page: Client, sheet: dict[str, str], world: TrialFixture
) -> None:
    for wrong in ({"password": "guess"}, {"password": ""}, {"user_name": "stat.one"}):
        assert page.post("/code-break/elsewhere/", sheet | wrong).status_code in {403, 422}
    assert not CodeBreak.objects.exists()
    page.post("/code-break/elsewhere/", sheet)
    row, entry = SealedSignature.objects.get(), SealedAuditEntry.objects.get(action="code_break.reconciled")
    assert (row.act, row.by.user.username, row.audit_hash) == ("code_break_elsewhere", "doctor", entry.hash)
    assert shown([row], world.trial)[0].state == "holds"
    assert not [report.fault for report in sealed_signatures() if report.fault]


def test_a_link_is_signed_by_who_asks_and_void_once_it_is_cancelled(
    page: Client, people: list[Participant], world: TrialFixture, at: datetime
) -> None:
    secrets_of = [secret_in(ask(page, person)) for person in people[:2]]
    use(Client(), secrets_of[0])
    rows = SealedSignature.objects.filter(act="link_made").order_by("id")
    assert [one.state for one in shown(rows, world.trial)] == ["holds", "holds"]
    cancel_link(link=UUID(rows[1].record), by=rows[1].by, at=at)
    assert [one.state for one in shown(rows, world.trial)] == ["holds", "void: changed since: cancelled"]
    assert not [report.fault for report in sealed_signatures() if report.fault]


def test_signatures_of_a_kind_are_asked_for_at_once(
    page: Client, people: list[Participant], sheet: dict[str, str], world: TrialFixture
) -> None:
    page.post("/code-break/elsewhere/", sheet)
    ask(page, people[1])
    for act in ("list_sealed", "list_activated", "code_break", "code_break_elsewhere", "link_made"):
        records = [row.record for row in SealedSignature.objects.filter(act=act)]
        with CaptureQueriesContext(connection) as asked:
            signed_contents(act, records, world.trial)
        assert len(asked) == 1, act


def test_it_stands_in_both_trails_and_the_trial_manager_is_told(
    page: Client, sheet: dict[str, str], world: TrialFixture
) -> None:
    page.post("/code-break/elsewhere/", sheet)
    assert SealedAuditEntry.objects.filter(action="code_break.reconciled").count() == 1
    assert AuditEntry.objects.filter(action="code.broken", body="{}").count() == 1
    assert CodeBreakNotice.objects.count() == 1
    assert list(code_break_faults(world.trial)) == []


@pytest.mark.parametrize(
    ("name", "value", "status"),
    [
        ("number", "R-00000", 404),
        ("time", "07:00", 422),
        ("day_year", "2099", 422),
        ("day_day", "yesterday", 422),
        ("means", "rumour", 422),
        ("opened_by", " ", 422),
        ("reason", " ", 422),
    ],
)
def test_what_cannot_be_is_not_entered(
    page: Client, sheet: dict[str, str], name: str, value: str, status: int
) -> None:
    assert page.post("/code-break/elsewhere/", sheet | {name: value}).status_code == status
    assert not CodeBreak.objects.exists()


@pytest.mark.parametrize("address", ["/code-break/link/", "/code-break/elsewhere/"])
@pytest.mark.parametrize("role", [Role.PHARMACIST, Role.UNBLINDED_STATISTICIAN])
def test_only_who_may_break_a_code_opens_these_pages(
    world: TrialFixture, enter: Callable[[Delegation], Client], address: str, role: Role
) -> None:
    assert enter(world.person(role, f"some-{role}")).get(address).status_code == 403


# --- The code-break pack -----------------------------------------------------------------------------


def test_the_pack_has_a_sheet_for_each_number_with_its_arm(
    active: RandomizationList, world: TrialFixture, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    from randomization.sealed.opening import code_break_sheets

    seen: list[code_break_sheets.Sheet] = []
    monkeypatch.setattr(code_break_sheets, "pdf", lambda sheets, *, printed: seen.extend(sheets) or b"")
    code_break_pack(list_=active, by=world.people["stat.one"], at=at)
    protocol = active.trial.protocol_version.protocol
    records = list(open_secret(active, pharmacy_key()).records(active))
    expected = {record.number: told(protocol.arm(record.arm), protocol) for record in records}
    assert {sheet.number: sheet.receives for sheet in seen} == expected
    assert [sheet.number for sheet in seen] == sorted(expected)


def test_the_pack_is_a_pdf_of_36_pages_entered_in_the_trail(
    active: RandomizationList, world: TrialFixture, at: datetime
) -> None:
    made = code_break_pack(list_=active, by=world.people["stat.one"], at=at)
    assert made.startswith(b"%PDF")
    assert made.count(b"/Type /Page\n") == 36
    assert SealedAuditEntry.objects.filter(action="code_break_pack.printed", actor="stat.one").count() == 1


def test_the_command_writes_a_file_for_its_owner_and_warns(
    active: RandomizationList, world: TrialFixture, tmp_path: Path
) -> None:
    path, warned = tmp_path / "pack.pdf", StringIO()
    words = ("code_break_pack", "--trial", "nct02059759", "--by", "stat.one", "--list", "1")
    words += ("--output", str(path))
    typed(*words, stderr=warned)
    assert (oct(path.stat().st_mode & 0o777), "UNBLINDED" in warned.getvalue()) == ("0o600", True)
    with pytest.raises(CommandError, match="File exists"):
        typed(*words, stderr=warned)


def test_a_list_that_is_not_sealed_has_no_pack(world: TrialFixture, tmp_path: Path) -> None:
    from randomization.core.design_file import Plan
    from randomization.sealed.lists.making import design_of, make_list
    from tests.trial_fixture import START

    by = world.person(Role.UNBLINDED_STATISTICIAN, "stat.one")
    draft = make_list(
        trial=world.trial, environment="live", design=design_of(world.trial, Plan()), by=by, at=START
    )
    with pytest.raises(CommandError, match="printed of a list that is sealed"):
        typed(
            *("code_break_pack", "--trial", "nct02059759", "--by", "stat.one", "--list", draft.name),
            *("--output", str(tmp_path / "pack.pdf")),
        )
    assert not (tmp_path / "pack.pdf").exists()
