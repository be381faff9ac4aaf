"""Emergency unblinding on its page: one arm, recorded first, never locked out, whatever else is dead."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from dosing.pharmacy.worklist import PreparationView
from randomization.models import RandomizationList
from randomization.sealed.models import CodeBreak, SealedAuditEntry
from randomization.sealed.opening import revealing
from randomization.sealed.vault.envelope_contents import open_secret
from randomization.sealed.vault.keys import pharmacy_key
from tests.trial_fixture import TrialFixture
from trial.models import AuditEntry, Delegation, Participant
from trial.permissions import Role

PASSWORD = "correct horse battery"
ADDRESS = "/code-break/"


@pytest.fixture
def doctor(world: TrialFixture) -> Delegation:
    doctor = world.person(Role.INVESTIGATOR, "doctor")
    doctor.user.set_password(PASSWORD)
    doctor.user.save()
    return doctor


@pytest.fixture
def page(doctor: Delegation, enter: Callable[[Delegation], Client]) -> Client:
    return enter(doctor)


def asked(number: str, **other: str) -> dict[str, str]:
    return {"number": number, "reason": "Anaphylaxis", "password": PASSWORD} | other


def labels(active: RandomizationList) -> dict[str, str]:
    return {arm.code: arm.label.en for arm in active.trial.protocol_version.protocol.arms}


def test_the_arm_of_this_participant_is_shown_and_no_other(
    page: Client, people: list[Participant], active: RandomizationList
) -> None:
    arms = [record.arm for record in open_secret(active, pharmacy_key()).records(active)]
    answer = page.post(ADDRESS, asked(people[1].number)).content.decode()
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
    page.post(ADDRESS, asked(people[0].number))
    assert seen == [(1, 1)]
    assert CodeBreak.objects.get().reason == "Anaphylaxis"


def test_the_blinded_trail_says_that_a_code_was_broken_and_nothing_else(
    page: Client, people: list[Participant]
) -> None:
    page.post(ADDRESS, asked(people[0].number))
    entry = AuditEntry.objects.get(action="code.broken")
    assert (entry.subject, entry.actor, entry.body) == (people[0].number, "doctor", "{}")


def test_a_wrong_password_opens_nothing_and_is_noted(page: Client, people: list[Participant]) -> None:
    answer = page.post(ADDRESS, asked(people[0].number, password="guess"))
    assert (answer.status_code, "not your password" in answer.content.decode()) == (403, True)
    assert not CodeBreak.objects.exists()
    assert SealedAuditEntry.objects.filter(action="code_break.wrong_password", actor="doctor").count() == 1


def test_nobody_is_locked_out_however_often_the_password_was_wrong(
    page: Client, people: list[Participant]
) -> None:
    for _ in range(25):
        assert page.post(ADDRESS, asked(people[0].number, password="guess")).status_code == 403
    assert page.post(ADDRESS, asked(people[0].number)).status_code == 200


@pytest.mark.parametrize("missing", ["number", "reason", "password"])
def test_an_empty_answer_is_asked_for_again(page: Client, people: list[Participant], missing: str) -> None:
    answer = page.post(ADDRESS, asked(people[0].number) | {missing: ""})
    assert answer.status_code == 422
    assert not CodeBreak.objects.exists()


def test_a_mistyped_number_is_said_beside_the_form(page: Client, people: list[Participant]) -> None:
    answer = page.post(ADDRESS, asked(people[0].number[:-1] + "X"))
    assert (answer.status_code, CodeBreak.objects.exists()) == (404, False)
    assert "problem-list" in answer.content.decode()


def test_who_is_not_randomised_has_no_code(page: Client, world: TrialFixture) -> None:
    answer = page.post(ADDRESS, asked(world.participant().number))
    assert "not randomised" in answer.content.decode()


def test_it_works_with_redis_mail_and_the_clinic_dead(
    page: Client, people: list[Participant], settings: Any
) -> None:
    settings.CELERY_BROKER_URL = "redis://127.0.0.1:1/0"
    settings.EMAIL_BACKEND = "nowhere.Backend"
    assert page.post(ADDRESS, asked(people[0].number)).status_code == 200


def test_without_the_key_the_page_points_to_the_printed_sheet(
    page: Client, people: list[Participant], settings: Any, tmp_path: Any
) -> None:
    settings.VELUM_KEYS = tmp_path
    answer = page.post(ADDRESS, asked(people[0].number))
    assert (answer.status_code, "printed code-break sheet" in answer.content.decode()) == (503, True)


def test_the_answer_may_not_be_kept_by_the_browser(page: Client, people: list[Participant]) -> None:
    answer = page.post(ADDRESS, asked(people[0].number))
    assert answer.headers["Cache-Control"] == "no-store"
    assert "UNBLINDED" in answer.content.decode()


def test_after_a_code_break_the_others_are_as_secret_as_before(
    page: Client, todo: tuple[PreparationView, ...], people: list[Participant]
) -> None:
    page.post(ADDRESS, asked(people[0].number))
    opened = SealedAuditEntry.objects.filter(action="envelope.opened").values_list("subject", flat=True)
    assert set(opened) == {people[0].number}
