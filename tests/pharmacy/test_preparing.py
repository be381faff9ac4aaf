"""The steps of a syringe: two people, the right lot, a fixed grid, and stop means stop."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from django.db import DatabaseError, transaction

from dosing.models import InjectionOutcome, Readiness
from dosing.pharmacy.contents import ContentDamaged
from dosing.pharmacy.ledger import CannotUseLot, lots_of
from dosing.pharmacy.models import (
    Announcement,
    Preparation,
    PreparationStep,
    StepBox,
    StockBox,
    StockEntry,
)
from dosing.pharmacy.preparing import (
    discard,
    mark_checked,
    mark_prepared,
    release,
)
from dosing.pharmacy.publishing import publish_due
from dosing.pharmacy.readiness import visible_from
from dosing.pharmacy.steps import NotItsDay, SamePreparer, WrongPreparationStep
from dosing.pharmacy.stock import quarantine, receive_lot
from dosing.pharmacy.worklist import PreparationView, preparation, preparations
from dosing.services.booking import book_first_injection
from dosing.services.judging import OnHold, SaidOfInjection, TreatmentEnded
from dosing.services.recording import record_injection
from dosing.services.status import hold, withdraw
from randomization.models import Envelope, RandomizationList
from randomization.sealed.models import Seal, SealedAuditEntry
from randomization.sealed.vault.envelope_contents import open_secret
from randomization.sealed.vault.keys import pharmacy_key
from tests.pharmacy.conftest import DAY
from tests.randomization.test_verify import tampering
from tests.trial_fixture import TrialFixture
from trial.models import AuditEntry, Delegation, Participant, Site, User
from trial.permissions import Role
from trial.policies import NotPermitted
from trial.queries import NotFound
from trial.refusals import InvalidInput

Views = tuple[PreparationView, ...]


def made(view: PreparationView, by: Delegation, at: datetime, lot: str = "") -> PreparationStep:
    return mark_prepared(preparation=view.id, lot=lot or view.lots[0].id, by=by, at=at)


def handed_out(view: PreparationView, maker: Delegation, checker: Delegation, at: datetime) -> None:
    made(view, maker, at)
    mark_checked(preparation=view.id, by=checker, at=at)
    release(preparation=view.id, by=maker, at=at)


def test_everybody_is_prepared_what_their_envelope_says(
    todo: Views, people: list[Participant], active: RandomizationList
) -> None:
    protocol = active.trial.protocol_version.protocol
    arms = [record.arm for record in open_secret(active, pharmacy_key()).records(active)][: len(people)]
    assert set(arms) == {arm.code for arm in protocol.arms}
    assert [view.recipe for view in todo] == [protocol.arm(code).preparations[0] for code in arms]


def test_only_lots_of_the_right_product_are_offered(todo: Views, stocked: dict[str, str]) -> None:
    for view in todo:
        assert view.recipe
        assert [lot.number for lot in view.lots] == [stocked[view.recipe.product]]


def test_one_entry_names_everybody_before_anything_is_shown(
    people: list[Participant], todo: Views, pharmacist: Delegation
) -> None:
    (entry,) = SealedAuditEntry.objects.filter(action="envelopes.opened")
    assert list(json.loads(entry.body)["participants"]) == [person.number for person in people]
    assert entry.actor == pharmacist.user.username


def test_nobody_prepares_for_a_day_on_which_nothing_is_planned(
    todo: Views, pharmacist: Delegation, at: datetime
) -> None:
    assert preparations(day=DAY + timedelta(days=5), by=pharmacist, at=at) == ()


def test_who_prepared_does_not_check(todo: Views, pharmacist: Delegation, at: datetime) -> None:
    made(todo[0], pharmacist, at)
    with pytest.raises(SamePreparer, match="second person"):
        mark_checked(preparation=todo[0].id, by=pharmacist, at=at)


def test_a_second_duty_does_not_make_a_second_person(
    world: TrialFixture, todo: Views, pharmacist: Delegation, at: datetime
) -> None:
    made(todo[0], pharmacist, at)
    other = Delegation.objects.create(
        user=pharmacist.user, trial=world.trial, site=world.site, role=Role.PHARMACIST, granted_at=at
    )
    with pytest.raises(SamePreparer):
        mark_checked(preparation=todo[0].id, by=other, at=at)


def test_the_steps_are_taken_in_their_order(
    todo: Views, pharmacist: Delegation, colleague: Delegation, at: datetime
) -> None:
    with pytest.raises(WrongPreparationStep, match="not prepared yet"):
        mark_checked(preparation=todo[0].id, by=colleague, at=at)
    made(todo[0], pharmacist, at)
    with pytest.raises(WrongPreparationStep, match="not checked yet"):
        release(preparation=todo[0].id, by=pharmacist, at=at)
    with pytest.raises(WrongPreparationStep, match="prepared already"):
        made(todo[0], colleague, at)


def test_a_lot_of_the_other_product_is_refused(todo: Views, pharmacist: Delegation, at: datetime) -> None:
    active = next(view for view in todo if view.recipe and view.recipe.concentration)
    placebo = next(view for view in todo if view.recipe and not view.recipe.concentration)
    with pytest.raises(CannotUseLot, match="this syringe needs Aldesleukin"):
        made(active, pharmacist, at, lot=placebo.lots[0].id)
    assert not Preparation.objects.exists()


def lot_called(world: TrialFixture, number: str) -> str:
    return next(lot.id for lot in lots_of(world.site).values() if lot.number == number)


def received(
    world: TrialFixture, by: Delegation, at: datetime, product: str, number: str, **other: Any
) -> str:
    """One more delivery; the id of its lot."""
    delivery = {"expiry": date(2017, 4, 30), "quantity": 5} | other
    receive_lot(site=world.site, product=product, lot_number=number, by=by, at=at, **delivery)
    return lot_called(world, number)


def product_of(view: PreparationView) -> str:
    assert view.recipe
    return view.recipe.product


def test_a_lot_that_expires_before_the_injection_is_refused(
    world: TrialFixture, todo: Views, pharmacist: Delegation, at: datetime
) -> None:
    old = received(world, pharmacist, at, product_of(todo[0]), "OLD", expiry=DAY - timedelta(days=1))
    with pytest.raises(CannotUseLot, match="expires on Mon 5 Oct 2015"):
        made(todo[0], pharmacist, at, lot=old)


def test_a_lot_is_good_up_to_its_last_day(
    world: TrialFixture, todo: Views, pharmacist: Delegation, at: datetime
) -> None:
    last = received(world, pharmacist, at, product_of(todo[0]), "LAST", expiry=DAY)
    assert made(todo[0], pharmacist, at, lot=last).step == "prepared"


def test_the_first_to_expire_is_offered_first(
    world: TrialFixture, todo: Views, stocked: dict[str, str], pharmacist: Delegation, at: datetime
) -> None:
    received(world, pharmacist, at, product_of(todo[0]), "SOON", expiry=date(2015, 12, 31))
    lots = preparation(preparation=todo[0].id, by=pharmacist, at=at).lots
    assert [lot.number for lot in lots] == ["SOON", stocked[product_of(todo[0])]]


def test_a_lot_in_quarantine_is_refused(todo: Views, pharmacist: Delegation, at: datetime) -> None:
    lot = todo[0].lots[0].id
    quarantine(lot=UUID(lot), reason="Refrigerator at 12 °C overnight", by=pharmacist, at=at)
    with pytest.raises(CannotUseLot, match="quarantine"):
        made(todo[0], pharmacist, at, lot=lot)


def test_quarantine_after_preparing_still_stops_the_release(
    todo: Views, pharmacist: Delegation, colleague: Delegation, at: datetime
) -> None:
    made(todo[0], pharmacist, at)
    mark_checked(preparation=todo[0].id, by=colleague, at=at)
    quarantine(lot=UUID(todo[0].lots[0].id), reason="Recall", by=pharmacist, at=at)
    with pytest.raises(CannotUseLot, match="quarantine"):
        release(preparation=todo[0].id, by=pharmacist, at=at)
    assert not Announcement.objects.exists()


def test_an_empty_lot_is_refused(
    world: TrialFixture, todo: Views, pharmacist: Delegation, at: datetime
) -> None:
    one, two = [view for view in todo if product_of(view) == "Aldesleukin"][:2]
    single = received(world, pharmacist, at, "Aldesleukin", "ONE", quantity=1)
    made(one, pharmacist, at, lot=single)
    with pytest.raises(CannotUseLot, match="Nothing is left"):
        made(two, pharmacist, at, lot=single)


def test_a_hold_stops_preparation(
    world: TrialFixture, people: list[Participant], todo: Views, pharmacist: Delegation, at: datetime
) -> None:
    doctor = world.person(Role.INVESTIGATOR)
    hold(participant=people[0], reason="Fever", until=None, by=doctor, at=at)
    assert people[0].number not in [view.participant for view in preparations(day=DAY, by=pharmacist, at=at)]
    with pytest.raises(OnHold, match="on hold"):
        made(todo[0], pharmacist, at)


def test_a_hold_after_the_check_stops_the_release_and_stays_in_view(
    world: TrialFixture,
    people: list[Participant],
    todo: Views,
    pharmacist: Delegation,
    colleague: Delegation,
    at: datetime,
) -> None:
    made(todo[0], pharmacist, at)
    mark_checked(preparation=todo[0].id, by=colleague, at=at)
    hold(participant=people[0], reason="Fever", until=None, by=world.person(Role.INVESTIGATOR), at=at)
    with pytest.raises(OnHold):
        release(preparation=todo[0].id, by=pharmacist, at=at)
    assert "on hold" in preparations(day=DAY, by=pharmacist, at=at)[0].stopped


def test_the_list_says_how_the_day_stands_at_the_clinic(
    world: TrialFixture, people: list[Participant], todo: Views, pharmacist: Delegation, at: datetime
) -> None:
    """To come, on hold, stopped."""
    made(todo[0], pharmacist, at)
    told = [preparation(preparation=todo[0].id, by=pharmacist, at=at).day_state]
    doctor = world.person(Role.INVESTIGATOR)
    hold(participant=people[0], reason="Fever", until=None, by=doctor, at=at)
    told.append(preparation(preparation=todo[0].id, by=pharmacist, at=at).day_state)
    withdraw(participant=people[0], scope="treatment", reason="Tired", by=doctor, at=at)
    told.append(preparation(preparation=todo[0].id, by=pharmacist, at=at).day_state)
    assert told == ["planned", "hold", "stopped"]


@pytest.mark.parametrize("scope", ["treatment", "trial"])
def test_nothing_is_prepared_after_a_withdrawal(
    world: TrialFixture,
    people: list[Participant],
    todo: Views,
    pharmacist: Delegation,
    at: datetime,
    scope: str,
) -> None:
    withdraw(participant=people[0], scope=scope, reason="Tired", by=world.person(Role.INVESTIGATOR), at=at)
    with pytest.raises(TreatmentEnded):
        made(todo[0], pharmacist, at)


def test_a_syringe_is_made_the_day_before_at_the_earliest(
    booked: Callable[[], Participant], stocked: dict[str, str], pharmacist: Delegation, at: datetime
) -> None:
    booked()
    (view,) = preparations(day=DAY + timedelta(days=1), by=pharmacist, at=at)
    with pytest.raises(NotItsDay, match="on the day before"):
        made(view, pharmacist, at)
    with pytest.raises(NotItsDay, match="has passed"):
        made(view, pharmacist, at + timedelta(days=3))


def test_a_syringe_whose_day_moved_is_only_good_for_discarding(
    world: TrialFixture, people: list[Participant], todo: Views, pharmacist: Delegation, at: datetime
) -> None:
    made(todo[0], pharmacist, at)
    book_first_injection(participant=people[0], day=DAY + timedelta(days=6), by=world.nurse, at=at)
    (view,) = [row for row in preparations(day=DAY, by=pharmacist, at=at) if row.state]
    assert "calendar" in view.stopped
    discard(preparation=view.id, reason="Moved", by=pharmacist, at=at)
    assert view.id not in [row.id for row in preparations(day=DAY, by=pharmacist, at=at)]


# --- What the clinic learns ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("hours", "minutes"), [(0, 0), (6, 0), (12, 17), (21, 29)], ids=["at once", "afternoon", "night", "early"]
)
def test_whenever_the_pharmacist_acts_before_seven_the_clinic_sees_seven(
    todo: Views, pharmacist: Delegation, colleague: Delegation, at: datetime, hours: int, minutes: int
) -> None:
    handed_out(todo[0], pharmacist, colleague, at + timedelta(hours=hours, minutes=minutes))
    assert Announcement.objects.get().due_at == datetime(2015, 10, 6, 5, 0, tzinfo=UTC)
    assert not Readiness.objects.exists()


@pytest.mark.parametrize(("minute", "shown"), [(1, 15), (14, 15), (15, 30), (44, 45), (59, 60)])
def test_later_than_seven_the_clinic_sees_the_next_full_quarter(minute: int, shown: int) -> None:
    moment = visible_from(DAY, ZoneInfo("Europe/Paris"), datetime(2015, 10, 6, 6, minute, 30, tzinfo=UTC))
    assert moment == datetime(2015, 10, 6, 6, 0, tzinfo=UTC) + timedelta(minutes=shown)


def test_seven_is_seven_by_the_sites_clock_after_the_clock_change() -> None:
    moment = visible_from(date(2015, 10, 26), ZoneInfo("Europe/Paris"), datetime(2015, 10, 25, 9, tzinfo=UTC))
    assert moment == datetime(2015, 10, 26, 6, 0, tzinfo=UTC)


def test_the_blinded_trail_learns_nothing_of_the_pharmacy(
    todo: Views, pharmacist: Delegation, colleague: Delegation, at: datetime
) -> None:
    before = AuditEntry.objects.count()
    handed_out(todo[0], pharmacist, colleague, at)
    discard(preparation=todo[0].id, reason="Dropped", by=pharmacist, at=at)
    assert AuditEntry.objects.count() == before


def test_a_syringe_that_is_discarded_is_not_ready_any_more(
    todo: Views, pharmacist: Delegation, colleague: Delegation, at: datetime
) -> None:
    seven = datetime(2015, 10, 6, 5, 0, tzinfo=UTC)
    handed_out(todo[0], pharmacist, colleague, at)
    publish_due(at=seven)
    discard(preparation=todo[0].id, reason="Dropped", by=pharmacist, at=seven)
    assert not Readiness.objects.exists()
    handed_out(todo[0], pharmacist, colleague, seven)
    publish_due(at=seven + timedelta(minutes=15))
    assert Readiness.objects.count() == 1


def test_discarding_needs_a_reason_and_a_syringe(todo: Views, pharmacist: Delegation, at: datetime) -> None:
    with pytest.raises(InvalidInput):
        discard(preparation=todo[0].id, reason=" ", by=pharmacist, at=at)
    with pytest.raises(WrongPreparationStep, match="none is prepared"):
        discard(preparation=todo[0].id, reason="Dropped", by=pharmacist, at=at)


def test_an_injection_that_is_recorded_needs_no_syringe(
    world: TrialFixture, people: list[Participant], todo: Views, pharmacist: Delegation, at: datetime
) -> None:
    record_injection(
        participant=people[0],
        number=1,
        said=SaidOfInjection(outcome=InjectionOutcome.MISSED, reason="Fever"),
        by=world.nurse,
        at=at + timedelta(days=1),
    )
    views = preparations(day=DAY, by=pharmacist, at=at + timedelta(days=1))
    assert people[0].number not in [view.participant for view in views]


# --- What a dump of the database shows -------------------------------------------------------------


def test_every_arm_leaves_the_same_rows_of_the_same_length(
    todo: Views, pharmacist: Delegation, colleague: Delegation, at: datetime
) -> None:
    traces = {}
    for view in todo:
        before = row_counts()
        handed_out(view, pharmacist, colleague, at)
        traces[view.participant] = tuple(now - then for now, then in zip(row_counts(), before, strict=True))
    assert set(traces.values()) == {(1, 3, 6, 1, 2)}
    boxes = [*StepBox.objects.values_list("box", flat=True), *StockBox.objects.values_list("box", flat=True)]
    assert {len(box) for box in boxes} == {1072}


def row_counts() -> list[int]:
    models = (Preparation, PreparationStep, StepBox, StockEntry, StockBox)
    return [model.objects.count() for model in models]


def test_a_long_note_is_as_long_as_none(todo: Views, pharmacist: Delegation, at: datetime) -> None:
    mark_prepared(preparation=todo[0].id, lot=todo[0].lots[0].id, by=pharmacist, at=at, note="é" * 160)
    mark_prepared(preparation=todo[1].id, lot=todo[1].lots[0].id, by=pharmacist, at=at)
    assert {len(box) for box in StepBox.objects.values_list("box", flat=True)} == {1072}


def test_a_note_that_would_not_fit_is_refused_and_changes_nothing(
    todo: Views, pharmacist: Delegation, at: datetime
) -> None:
    note = "é" * 900
    with pytest.raises(InvalidInput, match="too long"):
        mark_prepared(preparation=todo[0].id, lot=todo[0].lots[0].id, by=pharmacist, at=at, note=note)
    assert not Preparation.objects.exists()


def test_the_sealed_trail_names_no_product_and_no_lot(
    todo: Views, pharmacist: Delegation, colleague: Delegation, at: datetime
) -> None:
    for view in todo:
        handed_out(view, pharmacist, colleague, at)
    said = " ".join(f"{row.action} {row.subject} {row.body}" for row in SealedAuditEntry.objects.all())
    assert not [word for word in ("Aldesleukin", "lacebo", "MIU", "A1147", "G5-208") if word in said]


def test_what_was_prepared_cannot_be_rewritten(todo: Views, pharmacist: Delegation, at: datetime) -> None:
    made(todo[0], pharmacist, at)
    for model in (Preparation, PreparationStep, StepBox, StockEntry, StockBox):
        with pytest.raises(DatabaseError), transaction.atomic():
            model.objects.all().delete()


def test_a_box_moved_to_another_syringe_does_not_open(
    todo: Views, pharmacist: Delegation, at: datetime
) -> None:
    for view in todo[:2]:
        made(view, pharmacist, at)
    one, two = StepBox.objects.filter(recipient="pharmacy").order_by("pk")
    with tampering():
        StepBox.objects.filter(pk=one.pk).update(box=two.box)
    with pytest.raises(ContentDamaged, match="cannot be opened"):
        preparations(day=DAY, by=pharmacist, at=at)


# --- Who, and what lies ahead ----------------------------------------------------------------------


@pytest.mark.parametrize("role", [role for role in Role if role != Role.PHARMACIST])
def test_only_a_pharmacist_sees_or_does_anything(
    world: TrialFixture, todo: Views, at: datetime, role: Role
) -> None:
    other = world.person(role, f"other-{role}")
    with pytest.raises(NotPermitted):
        preparations(day=DAY, by=other, at=at)
    with pytest.raises(NotPermitted):
        made(todo[0], other, at)


def test_a_pharmacist_of_another_site_finds_nothing(world: TrialFixture, todo: Views, at: datetime) -> None:
    elsewhere = Site.objects.create(
        trial=world.trial, number="02", name="B", city="Lyon", zone="Europe/Paris"
    )
    user = User.objects.create(username="lyon")
    by = Delegation.objects.create(
        user=user, trial=world.trial, site=elsewhere, role=Role.PHARMACIST, granted_at=at
    )
    assert preparations(day=DAY, by=by, at=at) == ()
    with pytest.raises(NotFound):
        made(todo[0], by, at)


def test_what_the_pharmacist_sees_does_not_depend_on_envelopes_not_yet_drawn(
    people: list[Participant], todo: Views, pharmacist: Delegation, at: datetime
) -> None:
    """Every seal of an undrawn envelope is spoilt; the list of the day is the same."""
    undrawn = Seal.objects.filter(envelope__in=Envelope.objects.filter(participant=None))
    with tampering():
        assert undrawn.update(box=b"x" * 304) == 2 * (36 - len(people))
    assert preparations(day=DAY, by=pharmacist, at=at) == todo


def test_one_damaged_envelope_does_not_keep_the_others_from_being_prepared(
    people: list[Participant], todo: Views, pharmacist: Delegation, at: datetime
) -> None:
    with tampering():
        Seal.objects.filter(envelope__participant=people[0]).update(box=b"x" * 304)
    first, *others = preparations(day=DAY, by=pharmacist, at=at)
    assert (first.recipe, "cannot be opened" in first.fault) == (None, True)
    assert others == list(todo[1:])
