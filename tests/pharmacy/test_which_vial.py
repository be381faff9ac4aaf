"""Given without release: the pharmacist's card, and the vial that answers it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
import time_machine
from django.test import Client

from dosing.models import Deviation, Readiness
from dosing.pharmacy.ledger import lots_of
from dosing.pharmacy.preparing import account_for
from dosing.pharmacy.steps import WrongPreparationStep
from dosing.pharmacy.unreleased import unaccounted
from dosing.pharmacy.worklist import PreparationView, preparations
from dosing.services.judging import SaidOfInjection
from dosing.services.recording import record_injection
from dosing.tick import tick
from tests.pharmacy.conftest import DAY
from tests.trial_fixture import TrialFixture
from trial.models import AuditEntry, Delegation, Participant

NINE = datetime.fromisoformat("2015-10-06T09:00:00+02:00")
AFTER = NINE + timedelta(minutes=16)


def say(world: TrialFixture, who: Participant, outcome: str = "given", **more: object) -> None:
    moment = NINE if outcome == "given" else None
    said = SaidOfInjection(outcome=outcome, happened_at=moment, without_release=True, **more)  # type: ignore[arg-type]
    record_injection(participant=who, number=1, said=said, by=world.nurse, at=NINE + timedelta(minutes=1))


def on_hand(world: TrialFixture) -> int:
    return sum(lot.on_hand for lot in lots_of(world.site).values())


@pytest.fixture
def given(
    world: TrialFixture,
    people: list[Participant],
    stocked: dict[str, str],
    pharmacist: Delegation,
    at: datetime,
) -> PreparationView:
    """Everybody's dose was given at nine, and one syringe alone had shown as ready."""
    view = preparations(day=DAY, by=pharmacist, at=at)[0]
    seven = datetime.fromisoformat("2015-10-06T07:00:00+02:00")
    Readiness.objects.create(participant=people[2], number=1, date=DAY, visible_from=seven)
    for who in people:
        say(world, who)
    return view


def test_the_card_comes_with_the_deviation_and_for_nobody_whose_syringe_showed(
    given: PreparationView, people: list[Participant], pharmacist: Delegation
) -> None:
    assert unaccounted(pharmacist) == ()
    tick(at=AFTER)
    cards = unaccounted(pharmacist)
    assert [one.participant.number for one in cards] == [who.number for who in people[:2]]
    assert [(one.number, one.date, one.given_at) for one in cards] == [(1, DAY, NINE)] * 2


def test_the_vial_is_taken_from_the_stock_and_the_clinic_learns_nothing(
    given: PreparationView, world: TrialFixture, pharmacist: Delegation
) -> None:
    tick(at=AFTER)
    entries, drafts = AuditEntry.objects.count(), Deviation.objects.count()
    before = on_hand(world)
    account_for(preparation=given.id, lot=given.lots[0].id, by=pharmacist, at=AFTER)
    assert on_hand(world) == before - 1
    assert given.id not in [one.id for one in unaccounted(pharmacist)]
    assert (AuditEntry.objects.count(), Deviation.objects.count()) == (entries, drafts)
    assert Readiness.objects.count() == 1
    with pytest.raises(WrongPreparationStep, match="recorded for this injection already"):
        account_for(preparation=given.id, lot=given.lots[0].id, by=pharmacist, at=AFTER)


def test_no_vial_is_said_of_a_dose_that_was_released_or_is_not_drafted(
    given: PreparationView, people: list[Participant], pharmacist: Delegation, at: datetime
) -> None:
    with pytest.raises(WrongPreparationStep, match="not one that was given without release"):
        account_for(preparation=given.id, lot=given.lots[0].id, by=pharmacist, at=AFTER)


def test_the_card_goes_when_the_record_is_corrected_to_missed(
    given: PreparationView, world: TrialFixture, people: list[Participant], pharmacist: Delegation
) -> None:
    tick(at=AFTER)
    who = next(one for one in people if one.number == given.participant)
    say(world, who, "missed", correction=True, reason="The wrong person")
    assert given.id not in [one.id for one in unaccounted(pharmacist)]


def test_the_list_shows_the_card_and_its_page_takes_the_vial(
    given: PreparationView, enter: Callable[[Delegation], Client], pharmacist: Delegation
) -> None:
    tick(at=AFTER)
    with time_machine.travel(AFTER, tick=False):
        page = enter(pharmacist)
        assert f"/preparations/{given.id}/account/" in page.get("/preparations/").content.decode()
        sent = page.post(f"/preparations/{given.id}/account/", {"lot": given.lots[0].id})
        assert sent.status_code == 302
    assert given.id not in [one.id for one in unaccounted(pharmacist)]
