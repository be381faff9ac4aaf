"""Emergency unblinding on its page: one arm, recorded first, never locked out, whatever else is dead."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.apps import apps
from django.db import connection
from django.db.models import ForeignKey
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from dosing.pharmacy.worklist import PreparationView
from randomization.models import RandomizationList
from randomization.sealed.models import CodeBreak, SealedAuditEntry
from randomization.sealed.opening import revealing
from randomization.sealed.vault.envelope_contents import open_secret
from randomization.sealed.vault.keys import pharmacy_key
from tests.pharmacy.asking import ADDRESS, PASSWORD, ask, break_code, give_password
from tests.trial_fixture import TrialFixture
from trial.models import AuditEntry, Delegation, Participant
from trial.permissions import Role
from trial.walls.database_grants import CLINIC, granted


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


def test_the_arm_of_this_participant_is_shown_and_no_other(
    page: Client, people: list[Participant], active: RandomizationList
) -> None:
    arms = [record.arm for record in open_secret(active, pharmacy_key()).records(active)]
    answer = break_code(page, people[1].number).content.decode()
    shown = {code for code, label in labels(active).items() if label in answer}
    assert shown == {arms[1]}
    assert people[1].number in answer
    assert not [other for other in (people[0], people[2]) if other.number in answer]


def test_it_is_recorded_with_its_reason_before_the_arm_is_read(
    page: Client, people: list[Participant], monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[tuple[int, int]] = []

    def look(*given: Any) -> Any:
        seen.append(
            (CodeBreak.objects.count(), SealedAuditEntry.objects.filter(action="envelope.opened").count())
        )
        return real(*given)

    real = revealing.open_seal
    monkeypatch.setattr(revealing, "open_seal", look)
    break_code(page, people[0].number)
    assert seen == [(1, 1)]
    assert CodeBreak.objects.get().reason == "Anaphylaxis"


def test_the_blinded_trail_says_that_a_code_was_broken_and_nothing_else(
    page: Client, people: list[Participant]
) -> None:
    break_code(page, people[0].number)
    entry = AuditEntry.objects.get(action="code.broken")
    assert (entry.subject, entry.actor, entry.body) == (people[0].number, "doctor", "{}")


def test_a_wrong_password_opens_nothing_and_is_noted(page: Client, people: list[Participant]) -> None:
    answer = break_code(page, people[0].number, "guess")
    assert (answer.status_code, "not your password" in answer.content.decode()) == (403, True)
    assert not CodeBreak.objects.exists()
    assert SealedAuditEntry.objects.filter(action="code_break.wrong_password", actor="doctor").count() == 1
    assert not SealedAuditEntry.objects.filter(action="act.refused").exists()  # once is enough


def test_nobody_is_locked_out_however_often_the_password_was_wrong(
    page: Client, people: list[Participant]
) -> None:
    for _ in range(25):
        assert break_code(page, people[0].number, "guess").status_code == 403
    assert break_code(page, people[0].number).status_code == 200


@pytest.mark.parametrize(
    "empty", [{"number": ""}, {"reason": ""}, {"password": ""}], ids=["number", "reason", "password"]
)
def test_an_empty_answer_is_asked_for_again(
    page: Client, people: list[Participant], empty: dict[str, str]
) -> None:
    answer = break_code(page, **{"number": people[0].number} | empty)
    assert answer.status_code == 422
    assert not CodeBreak.objects.exists()


def test_a_mistyped_number_is_said_beside_the_form(page: Client, people: list[Participant]) -> None:
    answer = break_code(page, people[0].number[:-1] + "X")
    assert (answer.status_code, CodeBreak.objects.exists()) == (404, False)
    assert "problem-list" in answer.content.decode()


def test_who_is_not_randomised_has_no_code(page: Client, world: TrialFixture) -> None:
    answer = break_code(page, world.participant().number)
    assert "not randomised" in answer.content.decode()


def test_it_works_with_redis_mail_and_the_clinic_dead(
    page: Client, people: list[Participant], settings: Any
) -> None:
    settings.CELERY_BROKER_URL = "redis://127.0.0.1:1/0"
    settings.EMAIL_BACKEND = "nowhere.Backend"
    assert break_code(page, people[0].number).status_code == 200


def test_without_the_key_the_page_points_to_the_printed_sheet(
    page: Client, people: list[Participant], settings: Any, tmp_path: Any
) -> None:
    settings.VELUM_KEYS = tmp_path
    answer = break_code(page, people[0].number)
    assert (answer.status_code, "printed code-break sheet" in answer.content.decode()) == (503, True)


def test_the_answer_may_not_be_kept_by_the_browser(page: Client, people: list[Participant]) -> None:
    answer = break_code(page, people[0].number)
    assert answer.headers["Cache-Control"] == "no-store"
    assert "UNBLINDED" in answer.content.decode()


def test_after_a_code_break_the_others_are_as_secret_as_before(
    page: Client, todo: tuple[PreparationView, ...], people: list[Participant]
) -> None:
    break_code(page, people[0].number)
    opened = SealedAuditEntry.objects.filter(action="envelope.opened").values_list("subject", flat=True)
    assert set(opened) == {people[0].number}


# --- Whose code it is --------------------------------------------------------------------------------


def randomization_number(participant: Participant) -> str:
    return str(Participant.objects.get(pk=participant.pk).envelope.number)


WAYS = {
    "as printed": lambda number: number,
    "in small letters": str.lower,
    "without a dash": lambda number: number.replace("-", ""),
    "with spaces": lambda number: f"  {number.replace('-', ' ')} ",
    "with spaces that do not break": lambda number: number.replace("-", "\u00a0"),
    "with narrow spaces": lambda number: number.replace("-", "\u202f"),
    "with dashes that do not break": lambda number: number.replace("-", "\u2011"),
    "with long dashes": lambda number: number.replace("-", "\u2013"),
    "with what nobody sees": lambda number: f"\ufeff{number.replace('-', chr(0x200B) + '-')}",
    "one sign at a time": lambda number: " ".join(number),
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("which", ["participant", "randomisation"])
def test_either_number_finds_the_person_however_it_is_typed(
    page: Client, people: list[Participant], way: str, which: str
) -> None:
    number = people[1].number if which == "participant" else randomization_number(people[1])
    shown = ask(page, WAYS[way](number)).content.decode()
    assert people[1].number in shown and randomization_number(people[1]) in shown


def test_before_anything_is_opened_the_page_shows_who_it_is(
    page: Client, people: list[Participant], active: RandomizationList
) -> None:
    shown = ask(page, people[1].number).content.decode()
    for fact in (people[1].number, randomization_number(people[1]), "Montpellier", "Tuesday 6 October 2015"):
        assert fact in shown
    assert not [label for label in labels(active).values() if label in shown]
    assert not CodeBreak.objects.exists()
    assert not SealedAuditEntry.objects.filter(action="envelope.opened").exists()


@pytest.mark.parametrize("which", ["participant", "randomisation"])
def test_a_wrong_check_digit_is_named(page: Client, people: list[Participant], which: str) -> None:
    number = people[1].number if which == "participant" else randomization_number(people[1])
    wrong = f"{number[:-1]}{(int(number[-1]) + 1) % 10}"
    answer = ask(page, wrong)
    assert (answer.status_code, "check digit" in answer.content.decode()) == (404, True)
    assert "Anaphylaxis" in answer.content.decode()


def test_the_times_are_said_to_be_the_sites(page: Client, people: list[Participant]) -> None:
    assert "site time (Europe/Paris)" in break_code(page, people[0].number).content.decode()


# --- Sent again, and sent late -----------------------------------------------------------------------


def test_reloading_the_answer_is_no_second_code_break(page: Client, people: list[Participant]) -> None:
    found = ask(page, people[0].number)
    first, again = give_password(page, found), give_password(page, found)
    assert (first.status_code, again.status_code) == (200, 200)
    assert "no second code break" in again.content.decode()
    assert CodeBreak.objects.count() == AuditEntry.objects.filter(action="code.broken").count() == 1
    purposes = [
        json.loads(row.body)["purpose"] for row in SealedAuditEntry.objects.filter(action="envelope.opened")
    ]
    assert purposes == ["code_break", "code_break_again"]


def test_a_reload_shows_nothing_without_the_password(
    page: Client, people: list[Participant], active: RandomizationList
) -> None:
    found = ask(page, people[0].number)
    give_password(page, found)
    looked = page.get(found.request["PATH_INFO"]).content.decode()
    assert not [label for label in labels(active).values() if label in looked]
    assert give_password(page, found, "guess").status_code == 403


def test_asking_anew_is_a_code_break_of_its_own(page: Client, people: list[Participant]) -> None:
    break_code(page, people[0].number)
    break_code(page, people[0].number)
    assert CodeBreak.objects.count() == 2


def test_what_was_typed_waits_when_the_session_has_ended(
    page: Client, doctor: Delegation, people: list[Participant], enter: Callable[[Delegation], Client]
) -> None:
    token = page.get(ADDRESS).context["form"].initial["asker"]
    page.logout()
    sent = {"number": people[1].number, "reason": "Coma after a fall", "asker": token}
    assert page.post(ADDRESS, sent).url == f"/accounts/login/?next={ADDRESS}"
    again = enter(doctor).get(ADDRESS).content.decode()
    assert people[1].number in again and "Coma after a fall" in again and "has waited for you" in again


def test_it_waits_for_that_person_alone_and_ten_minutes(
    page: Client,
    doctor: Delegation,
    people: list[Participant],
    world: TrialFixture,
    enter: Callable[[Delegation], Client],
) -> None:
    found = ask(page, people[1].number, reason="Coma after a fall")
    other = enter(world.person(Role.INVESTIGATOR, "other"))
    assert "Coma after a fall" not in other.get(ADDRESS).content.decode()
    assert give_password(other, found).status_code == 410
    with time_machine.travel(timezone.now() + timedelta(minutes=10), tick=False):
        late = enter(doctor)
        assert "Coma after a fall" not in late.get(ADDRESS).content.decode()
        assert give_password(late, found).status_code == 410
    assert not CodeBreak.objects.exists()


@pytest.mark.parametrize("token", ["", "made-up", "MTI:1abc:deadbeef"])
def test_a_stranger_leaves_nothing_behind(page: Client, people: list[Participant], token: str) -> None:
    from django.core.cache import cache

    sent = {"number": people[1].number, "reason": "Coma after a fall", "asker": token}
    assert Client().post(ADDRESS, sent).status_code == 302
    assert "Coma after a fall" not in page.get(ADDRESS).content.decode()
    assert cache.get("code-break-question:break:None") is None


def test_neither_arm_nor_number_stands_in_what_the_browser_keeps(
    page: Client, people: list[Participant], active: RandomizationList
) -> None:
    break_code(page, people[1].number)
    kept = str(dict(page.session)) + str(page.cookies)
    assert not [word for word in (people[1].number, *labels(active).values()) if word in kept]


def test_what_a_code_break_writes_waits_for_no_row_of_the_clinic(
    page: Client, people: list[Participant]
) -> None:
    """A foreign key locks the row that it points at; what the outbox writes later may wait a second."""
    later = {"trial_auditentry", "randomization_codebreaknotice"}
    lockable = {table for table, rights in CLINIC.items() if "U" in granted(rights)}
    with CaptureQueriesContext(connection) as asked:
        break_code(page, people[0].number, PASSWORD)
    written = {found[1] for one in asked if (found := re.match(r'INSERT INTO "(\w+)"', one["sql"]))} - later
    assert {"sealed_codebreak", "sealed_sealedsignature"} <= written
    held = [
        f"{model._meta.db_table}.{field.name}"
        for model in apps.get_models()
        if model._meta.db_table in written
        for field in model._meta.fields
        if isinstance(field, ForeignKey) and field.db_constraint
        if field.related_model._meta.db_table in lockable | {"trial_trial", "trial_delegation"}
    ]
    assert not held
