"""The pharmacy door's API: what is opened is recorded first, and nothing that is opened is kept."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine

from dosing.pharmacy.models import PreparationStep, StockEntry
from dosing.pharmacy.worklist import PreparationView
from randomization.models import RandomizationList
from randomization.sealed.models import CodeBreak, SealedAnswer, SealedAuditEntry
from randomization.sealed.opening import revealing
from randomization.sealed.verification import code_break_faults
from randomization.services import draw_envelope
from tests.at_once import at_once
from tests.caller import Caller, plain_document
from tests.randomization.test_verify import tampering
from tests.trial_fixture import LEFT, TrialFixture, leave, new_trial
from trial.models import ApiToken, Delegation, IdempotentRequest, Participant
from trial.people.delegating import create_token
from trial.permissions import Role

PASSWORD = "correct horse battery"


@pytest.fixture(autouse=True)
def clock(at: datetime) -> Iterator[time_machine.Traveller]:
    with time_machine.travel(at, tick=False) as traveller:
        yield traveller


@pytest.fixture
def one(pharmacist: Delegation) -> Caller:
    return Caller(pharmacist)


@pytest.fixture
def two(colleague: Delegation) -> Caller:
    return Caller(colleague)


@pytest.fixture
def doctor(world: TrialFixture) -> Caller:
    doctor = world.person(Role.INVESTIGATOR, "doctor")
    doctor.user.set_password(PASSWORD)
    doctor.user.save()
    return Caller(doctor)


def test_a_token_of_the_clinics_door_breaks_no_code(
    doctor: Caller, world: TrialFixture, active: RandomizationList, at: datetime
) -> None:
    """The clinic's process sees such a token, and may set the password: together they would be enough."""
    number = draw_envelope(participant=world.participant(), by=world.nurse, at=at).participant.number
    seen = Caller(None)
    seen.token = create_token(
        delegation=world.person(Role.INVESTIGATOR, "doctor"),
        name="ward",
        expires_at=at + timedelta(days=1),
        door="clinic",
        at=at,
    )
    asked = (f"participants/{number}/code-break/", {"reason": "x", "password": PASSWORD})
    assert refusal(seen.post(*asked)) == (403, "not_permitted")
    assert not CodeBreak.objects.exists()
    ApiToken.objects.update(door="pharmacy")  # a planted fault: as if any token opened both doors
    assert seen.post(*asked).status_code == 201


def refusal(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def openings() -> int:
    return SealedAuditEntry.objects.filter(action="envelope.opened").count()


@pytest.mark.parametrize("how", LEFT)
def test_who_has_left_is_not_let_in(one: Caller, pharmacist: Delegation, how: str) -> None:
    assert one.get("stock/").status_code == 200
    leave(pharmacist, how)
    assert refusal(one.get("stock/")) == (401, "not_authenticated")


def test_the_list_of_a_day_says_what_goes_into_each_syringe(
    one: Caller, todo: tuple[PreparationView, ...]
) -> None:
    rows = one.get("preparations/?day=2015-10-06").json()["preparations"]
    assert {row["recipe"]["product"] for row in rows} == {"Aldesleukin", "Placebo (vehicle alone)"}
    assert [row["id"] for row in rows] == [str(view.id) for view in todo]
    assert one.get("preparations/").json()["preparations"] == []


def test_a_syringe_goes_from_hand_to_hand(
    one: Caller, two: Caller, todo: tuple[PreparationView, ...]
) -> None:
    path = f"preparations/{todo[0].id}/"
    made = one.post(path, {"step": "prepared", "lot": todo[0].lots[0].id})
    assert made.json()["step"] == "prepared"
    assert refusal(one.post(path, {"step": "checked"})) == (409, "same_preparer")
    assert two.post(path, {"step": "checked"}).status_code == 201
    assert two.post(path, {"step": "released"}).status_code == 201
    shown = one.get(path).json()
    assert (shown["state"], shown["made"]["lot_number"]) == ("released", todo[0].lots[0].number)


def test_a_step_sent_again_is_taken_once(one: Caller, todo: tuple[PreparationView, ...]) -> None:
    path, body = f"preparations/{todo[0].id}/", {"step": "prepared", "lot": todo[0].lots[0].id}
    first, again = one.post(path, body, key="once"), one.post(path, body, key="once")
    assert (again.status_code, again.content) == (201, first.content)
    assert PreparationStep.objects.count() == 1


def test_an_act_whose_answer_cannot_be_kept_does_not_happen(
    one: Caller, todo: tuple[PreparationView, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_args: object, **_options: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("trial.rest.idempotency.keep", fail)
    body = {"step": "prepared", "lot": todo[0].lots[0].id}
    assert refusal(one.post(f"preparations/{todo[0].id}/", body)) == (500, "internal_error")
    assert not PreparationStep.objects.exists()


STEPS: list[tuple[dict[str, Any], tuple[int, str]]] = [
    ({"step": "prepared"}, (422, "invalid")),
    ({"step": "discarded"}, (422, "invalid")),
    ({"step": "checked", "reason": "x"}, (422, "invalid")),
    ({"step": "thrown"}, (422, "invalid")),
    ({"step": "prepared", "lot": "A1147"}, (422, "invalid")),
    ({"step": "prepared", "lot": "00000000-0000-4000-8000-000000000000"}, (409, "lot_not_usable")),
    ({"step": "checked"}, (409, "wrong_preparation_step")),
    ({"step": "discarded", "reason": "dropped"}, (409, "wrong_preparation_step")),
    ({"step": "checked", "arm": "x"}, (422, "unknown_field")),
]


def test_a_bad_step_is_refused_and_nothing_is_written(
    one: Caller, todo: tuple[PreparationView, ...], subtests: pytest.Subtests
) -> None:
    for body, expected in STEPS:
        with subtests.test(body=str(body)):
            assert refusal(one.post(f"preparations/{todo[0].id}/", body)) == expected
    assert not PreparationStep.objects.exists()


def test_an_unknown_syringe_is_not_found(one: Caller, active: RandomizationList) -> None:
    path = "preparations/00000000-0000-4000-8000-000000000000/"
    assert refusal(one.get(path)) == (404, "not_found")
    assert refusal(one.post(path, {"step": "checked"})) == (404, "not_found")


def test_the_stock_is_received_set_aside_and_destroyed(one: Caller, world: TrialFixture) -> None:
    delivery = {"product": "Aldesleukin", "lot_number": "B2", "expiry": "2017-01-31", "quantity": 10}
    assert one.post("stock/receipts/", delivery).json()["movement"] == "received"
    lot = one.get("stock/").json()["lots"][0]["lot"]
    path = f"stock/{lot['id']}/movements/"
    assert one.post(path, {"movement": "quarantined", "reason": "9 °C"}).status_code == 201
    assert refusal(one.post(path, {"movement": "quarantined", "reason": "9 °C"})) == (409, "wrong_lot_state")
    assert one.post(path, {"movement": "destroyed", "quantity": 4, "reason": "9 °C"}).status_code == 201
    account = one.get("stock/").json()["lots"][0]
    assert (account["lot"]["on_hand"], account["difference"]) == (6, 0)


def test_a_delivery_sent_again_is_counted_once(one: Caller, world: TrialFixture) -> None:
    delivery = {"product": "Aldesleukin", "lot_number": "B2", "expiry": "2017-01-31", "quantity": 10}
    for _ in range(3):
        assert one.post("stock/receipts/", delivery, key="once").status_code == 201
    assert StockEntry.objects.count() == 1


def test_bad_stock_is_refused(one: Caller, stocked: dict[str, str], subtests: pytest.Subtests) -> None:
    good = {"product": "Aldesleukin", "lot_number": "B2", "expiry": "2017-01-31", "quantity": 10}
    before = StockEntry.objects.count()
    for change, expected in [
        ({"product": "Water"}, (422, "invalid")),
        ({"expiry": "2015-02-30"}, (422, "invalid")),
        ({"expiry": "2015-01-01"}, (422, "invalid")),
        ({"quantity": 0}, (422, "invalid")),
        ({"quantity": 2**70}, (422, "invalid")),
        ({"lot_number": "A1147", "expiry": "2018-01-31"}, (409, "lot_clash")),
    ]:
        with subtests.test(change=str(change)):
            assert refusal(one.post("stock/receipts/", good | change)) == expected
    assert StockEntry.objects.count() == before


@pytest.mark.parametrize(
    "quantity",
    [12.5, "12,5", "12.5", "1,200", "1_2", "１２", "١٢", "+12", "12 vials", "", True, None, [12], "1e1"],
)
def test_a_count_of_vials_that_is_no_whole_number_is_refused(
    one: Caller, world: TrialFixture, quantity: object
) -> None:
    delivery = {"product": "Aldesleukin", "lot_number": "B2", "expiry": "2017-01-31", "quantity": quantity}
    assert refusal(one.post("stock/receipts/", delivery)) == (422, "invalid")
    assert not StockEntry.objects.exists()


@pytest.mark.parametrize("quantity", [12, "12", 12.0])
def test_a_whole_number_of_vials_is_taken(one: Caller, world: TrialFixture, quantity: object) -> None:
    delivery = {"product": "Aldesleukin", "lot_number": "B2", "expiry": "2017-01-31", "quantity": quantity}
    assert one.post("stock/receipts/", delivery).status_code == 201
    assert one.get("stock/").json()["lots"][0]["lot"]["on_hand"] == 12


def test_an_allocation_is_recorded_before_it_is_shown(
    one: Caller, people: list[Participant], monkeypatch: pytest.MonkeyPatch
) -> None:
    before, seen = openings(), []
    read = revealing.open_seal
    monkeypatch.setattr(revealing, "open_seal", lambda *args: (seen.append(openings()), read(*args))[1])
    shown = [one.get(f"participants/{person.number}/allocation/").json() for person in people]
    assert {row["arm"]["code"] for row in shown} == {"PLACEBO", "IL2-1MIU", "IL2-2MIU"}
    assert seen == [before + 1, before + 2, before + 3]


def test_who_is_not_randomised_has_no_allocation(
    one: Caller, world: TrialFixture, active: RandomizationList
) -> None:
    number = world.participant().number
    assert refusal(one.get(f"participants/{number}/allocation/")) == (409, "not_randomized")


def test_only_the_right_role_opens(one: Caller, doctor: Caller, people: list[Participant]) -> None:
    person = f"participants/{people[0].number}"
    assert refusal(doctor.get(f"{person}/allocation/")) == (403, "not_permitted")
    assert refusal(one.post(f"{person}/code-break/", {})) == (403, "not_permitted")
    assert refusal(doctor.get("preparations/")) == (403, "not_permitted")
    assert refusal(doctor.get("stock/")) == (403, "not_permitted")


def test_a_nurse_is_not_let_in_at_the_pharmacy_door(world: TrialFixture, doctor: Caller) -> None:
    caller = Caller(None)
    caller.token = doctor.token
    with tampering():  # no service gives a person of this door a blinded role
        Delegation.objects.filter(user__username="doctor").update(role=Role.STUDY_NURSE)
    assert refusal(caller.get("openapi.json")) == (403, "not_permitted")


def broken(caller: Caller, person: Participant, key: str = "once", **change: str) -> Any:
    body = {"reason": "Anaphylaxis", "password": PASSWORD} | change
    return caller.post(f"participants/{person.number}/code-break/", body, key=key)


def test_a_code_break_needs_the_password_and_a_reason(doctor: Caller, people: list[Participant]) -> None:
    assert refusal(broken(doctor, people[0], password="wrong")) == (403, "wrong_password")
    assert refusal(broken(doctor, people[0], reason=" ")) == (422, "invalid")
    assert refusal(broken(doctor, people[0], key="")) == (400, "idempotency_key_required")
    assert not CodeBreak.objects.exists()
    assert SealedAuditEntry.objects.filter(action="code_break.wrong_password").count() == 1


def test_a_code_break_sent_again_is_one_code_break_opened_twice(
    doctor: Caller, people: list[Participant], clock: time_machine.Traveller
) -> None:
    first = broken(doctor, people[0])
    clock.shift(timedelta(minutes=5))
    again = broken(doctor, people[0])
    assert (again.status_code, again.content) == (201, first.content)
    assert (CodeBreak.objects.count(), openings()) == (1, 2)
    assert list(code_break_faults(people[0].trial)) == []


def test_a_key_of_another_code_break_is_refused(doctor: Caller, people: list[Participant]) -> None:
    broken(doctor, people[0])
    assert refusal(broken(doctor, people[1])) == (422, "idempotency_key_reused")
    assert refusal(broken(doctor, people[0], reason="Other")) == (422, "idempotency_key_reused")


def test_no_arm_no_lot_and_no_password_is_kept(
    one: Caller, doctor: Caller, todo: tuple[PreparationView, ...], people: list[Participant]
) -> None:
    one.post(f"preparations/{todo[0].id}/", {"step": "prepared", "lot": todo[0].lots[0].id})
    broken(doctor, people[0])
    kept = " ".join(SealedAnswer.objects.values_list("body", flat=True))
    assert SealedAnswer.objects.count() == 2
    assert not [word for word in ("PLACEBO", "IL2", "MIU", "A1147", "G5-208", PASSWORD) if word in kept]
    assert not IdempotentRequest.objects.exists()


def test_the_document_speaks_of_this_door_only() -> None:
    paths = {path.rpartition("{trial}")[2] for path in plain_document()["paths"]}
    assert "/participants/{number}/allocation/" in paths
    assert "/participants/{number}/randomization/" not in paths


@pytest.mark.django_db(transaction=True)
def test_four_deliveries_at_once_with_one_key_are_one() -> None:
    caller = Caller(new_trial().person(Role.PHARMACIST))
    delivery = {"product": "Aldesleukin", "lot_number": "B2", "expiry": "2017-01-31", "quantity": 10}
    answers: list[Any] = list(at_once(*[lambda: caller.post("stock/receipts/", delivery, key="once")] * 4))
    assert [answer.status_code for answer in answers] == [201] * 4
    assert len({answer.content for answer in answers}) == 1
    assert StockEntry.objects.count() == 1
