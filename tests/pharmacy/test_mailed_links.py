"""The third-party mode: the pharmacy's process mails the link, and whoever asked never holds it."""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core import mail
from django.core.cache import caches
from django.core.mail import EmailMessage
from django.db import connection
from django.test import Client

from randomization.models import RandomizationList
from randomization.sealed.models import (
    DoctorAddress,
    OneTimeLink,
    OneTimeLinkCancelled,
    OneTimeLinkMailed,
    SealedAuditEntry,
)
from randomization.sealed.opening import mailed_links
from tests.pharmacy.asking import PASSWORD, break_code
from tests.trial_fixture import TrialFixture
from trial.models import AuditEntry, Delegation, Participant
from trial.people.delegating import end_delegation
from trial.people.duties.shutting import shut_account
from trial.permissions import Role
from trial.walls.database_grants import CLINIC, granted

LINK, DOCTOR = "/code-break/answer/", "icu@hospital.example"
CALLED = {"way": "mail", "email": DOCTOR, "called_number": "+33 4 67 33 67 33", "called_by": "Dr Marty"}


@pytest.fixture
def doctor(world: TrialFixture) -> Delegation:
    doctor = world.person(Role.INVESTIGATOR, "doctor")
    doctor.user.set_password(PASSWORD)
    doctor.user.email = "doctor@site.example"
    doctor.user.save()
    return doctor


@pytest.fixture
def page(doctor: Delegation, enter: Callable[[Delegation], Client]) -> Client:
    return enter(doctor)


@pytest.fixture
def known(pharmacist: Delegation, enter: Callable[[Delegation], Client]) -> DoctorAddress:
    """An address that the pharmacy entered beforehand."""
    entered = {"doctor": "Intensive care", "email": DOCTOR}
    assert enter(pharmacist).post("/code-break/doctors/", entered).status_code == 302
    return DoctorAddress.objects.get()


def ask(page: Client, participant: Participant, **how: str) -> Any:
    words = {"address": "/code-break/link/", "doctor": "Dr Roux", "reason": "Coma"}
    return break_code(page, participant.number, **words, **how)


def secret_in(letter: EmailMessage) -> str:
    found = re.search(rf"{LINK}#([\w-]{{43}})$", str(letter.body), re.MULTILINE)
    assert found, letter.body
    return found[1]


def test_the_doctor_gets_the_link_and_the_asker_only_hears_so(
    page: Client, people: list[Participant], known: DoctorAddress, active: RandomizationList
) -> None:
    answer = ask(page, people[1], way="mail", known=str(known.pk)).content.decode()
    (letter,) = mail.outbox
    assert letter.to == [DOCTOR]
    assert "The link is mailed" in answer and secret_in(letter) not in answer
    opened = Client().post(LINK, {"secret": secret_in(letter), "show": "yes"}).content.decode()
    labels = [arm.label.en for arm in active.trial.protocol_version.protocol.arms]
    assert len([label for label in labels if label in opened]) == 1


def test_a_call_back_is_recorded_with_caller_and_number(page: Client, people: list[Participant]) -> None:
    ask(page, people[1], **CALLED)
    row = OneTimeLinkMailed.objects.get()
    assert (row.email, row.called_number, row.called_by) == (DOCTOR, CALLED["called_number"], "Dr Marty")
    entry = SealedAuditEntry.objects.get(action="code_break.link_mailed")
    assert CALLED["called_number"] in entry.body and "Dr Marty" in entry.body


@pytest.mark.parametrize(
    "wrong",
    [
        {"email": ""},
        {"called_number": ""},
        {"called_number": "yes"},
        {"called_by": ""},
        {"called_by": "  "},
        {"email": "doctor@site.example"},
        {"email": "DOCTOR@site.example"},
        {"email": "nowhere"},
    ],
)
def test_an_address_that_nobody_confirmed_gets_nothing(
    page: Client, people: list[Participant], wrong: dict[str, str]
) -> None:
    answer = ask(page, people[1], **(CALLED | wrong))
    assert answer.status_code == 422
    assert not mail.outbox and not OneTimeLink.objects.exists()


def test_the_askers_own_entry_is_no_address_entered_by_somebody_else(
    page: Client, people: list[Participant], doctor: Delegation, world: TrialFixture, at: Any
) -> None:
    own = {"trial": world.trial, "doctor": "Me", "email": "private@mail.example"}
    mine = DoctorAddress.objects.create(entered_by=doctor, entered_at=at, **own)
    assert ask(page, people[1], way="mail", known=str(mine.pk)).status_code == 422
    assert not mail.outbox


def test_an_ended_address_is_not_offered(
    page: Client,
    people: list[Participant],
    known: DoctorAddress,
    pharmacist: Delegation,
    enter: Callable[[Delegation], Client],
) -> None:
    enter(pharmacist).post(f"/code-break/doctors/{known.pk}/end/")
    assert DOCTOR not in page.get("/code-break/link/").content.decode()
    assert ask(page, people[1], way="mail", known=str(known.pk)).status_code == 422


def test_dead_mail_cancels_the_link_and_the_screen_still_works(
    page: Client, people: list[Participant], monkeypatch: pytest.MonkeyPatch
) -> None:
    def dead(message: EmailMessage) -> int:
        raise ConnectionRefusedError

    monkeypatch.setattr(EmailMessage, "send", dead)
    answer = ask(page, people[1], **CALLED)
    assert (answer.status_code, "use the link on the screen" in answer.content.decode()) == (503, True)
    assert OneTimeLinkCancelled.objects.count() == 1
    assert "The link is made" in ask(page, people[1], way="screen").content.decode()


def test_without_a_mail_server_the_link_on_the_screen_stays_as_it_is(
    page: Client, people: list[Participant], settings: Any
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    assert "Velum mails it" not in page.get("/code-break/link/").content.decode()
    assert "The link is made" in ask(page, people[1]).content.decode()


# --- Where the secret is not -------------------------------------------------------------------------


def tables_of_the_clinic() -> Iterator[str]:
    """Every table of which the clinic's role may read anything."""
    there = set(connection.introspection.table_names())
    return (table for table, rights in CLINIC.items() if "S" in granted(rights) and table in there)


def holds(value: object, secret: str) -> bool:
    """Whether a cell holds the secret: as it is, as bytes, or as caches keep it, in base64."""
    raw = bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode()
    try:
        unpacked = b64decode(raw, validate=True)
    except ValueError:
        unpacked = b""
    return secret.encode() in raw or secret.encode() in unpacked


def places_with(secret: str) -> list[str]:
    """The tables within the clinic's reach, and what any door keeps to be looked up, that hold the secret."""
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(f'SELECT * FROM "{table}"')
            if any(holds(value, secret) for row in cursor.fetchall() for value in row):
                found.append(table)
    return found


def test_no_table_holds_the_secret_of_a_mailed_link(
    page: Client, people: list[Participant], caplog: pytest.LogCaptureFixture
) -> None:
    """Neither one that the clinic may read nor any other, before and after it is used; nor a log."""
    with caplog.at_level("DEBUG"):
        ask(page, people[1], **CALLED)
        secret = secret_in(mail.outbox[0])
        before = places_with(secret)
        for sent in ({}, {"show": "yes"}, {"show": "yes"}):
            Client().post(LINK, {"secret": secret} | sent)
    assert (before, places_with(secret)) == ([], [])
    assert secret not in caplog.text
    assert not AuditEntry.objects.filter(body__contains=secret).exists()


def test_a_planted_leak_into_a_table_of_the_clinics_is_found(
    page: Client, people: list[Participant], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The link is left in the trail that the clinic reads: the search above names the table."""
    real = mailed_links._message

    def leaking(new: Any, to: Any, address: str) -> EmailMessage:
        from trial.audit import record_about

        link, by = new.link, new.link.by
        record_about(link.participant, "leak", by=by, at=link.at, body={"to": f"{address}#{new.secret}"})
        return real(new, to, address)

    from django.db import transaction

    monkeypatch.setattr(mailed_links, "_message", transaction.atomic(leaking))
    ask(page, people[1], **CALLED)
    found = places_with(secret_in(mail.outbox[0]))
    assert found == ["trial_auditentry"]
    assert set(found) <= set(tables_of_the_clinic())


def test_a_planted_leak_into_a_cache_is_found(
    page: Client, people: list[Participant], monkeypatch: pytest.MonkeyPatch
) -> None:
    real = mailed_links._message

    def leaking(new: Any, to: Any, address: str) -> EmailMessage:
        caches["default"].set("link", new.secret)
        return real(new, to, address)

    monkeypatch.setattr(mailed_links, "_message", leaking)
    ask(page, people[1], **CALLED)
    assert places_with(secret_in(mail.outbox[0])) == ["velum_cache_pharmacy"]


# --- Ending, cancelling, counting --------------------------------------------------------------------


def link_of(page: Client, participant: Participant) -> str:
    ask(page, participant, **CALLED)
    return secret_in(mail.outbox[-1])


def test_a_cancelled_link_opens_nothing(page: Client, people: list[Participant]) -> None:
    secret = link_of(page, people[1])
    page.post(f"/code-break/link/{OneTimeLink.objects.get().pk}/cancel/")
    assert Client().post(LINK, {"secret": secret, "show": "yes"}).status_code == 410
    assert SealedAuditEntry.objects.filter(action="code_break.link_cancelled", actor="doctor").count() == 1


def test_nobody_cancels_somebody_elses_link(
    page: Client, people: list[Participant], world: TrialFixture, enter: Callable[[Delegation], Client]
) -> None:
    secret, other = link_of(page, people[1]), enter(world.person(Role.INVESTIGATOR, "other"))
    assert other.post(f"/code-break/link/{OneTimeLink.objects.get().pk}/cancel/").status_code == 410
    assert Client().post(LINK, {"secret": secret, "show": "yes"}).status_code == 200


@pytest.mark.parametrize("ends", ["duty", "account"])
def test_a_link_ends_with_the_duty_and_the_account_of_whoever_asked(
    world: TrialFixture, page: Client, people: list[Participant], doctor: Delegation, at: Any, ends: str
) -> None:
    """As an administrator ends them at the clinic door, while a colleague can still break codes there."""
    secret, by = link_of(page, people[1]), world.person(Role.ADMINISTRATOR, "lou")
    world.person(Role.INVESTIGATOR, "colleague")
    if ends == "duty":
        end_delegation(delegation=doctor, by=by, at=at, reason="Left.")
    else:
        shut_account(user=doctor.user, by=by, at=at, reason="Left.")
    assert Client().post(LINK, {"secret": secret, "show": "yes"}).status_code == 410


def test_refusals_are_counted_and_the_trail_hears_of_few(page: Client, people: list[Participant]) -> None:
    secret = link_of(page, people[1])
    for _ in range(12):
        Client().post(LINK, {"secret": secret, "show": "yes"})
    told = SealedAuditEntry.objects.filter(action="code_break.link_refused")
    assert [row.body.count('"count":"1') for row in told] == [1, 1]
    assert set(told.values_list("actor", flat=True)) == {"link"}


def test_who_opens_a_link_is_entered_as_a_link(page: Client, people: list[Participant]) -> None:
    Client().post(LINK, {"secret": link_of(page, people[1]), "show": "yes"})
    used = SealedAuditEntry.objects.get(action="code_break.link_used")
    blinded = AuditEntry.objects.get(action="code.broken")
    assert {(row.actor, row.role) for row in (used, blinded)} == {("link", "link")}
    assert '"asked_by":"doctor"' in used.body
