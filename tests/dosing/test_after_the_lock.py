"""After the data lock nobody adds or changes a fact about a participant: each act, each table, the tick."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.core import mail
from django.db import DatabaseError, connection, transaction
from django.db.models import ForeignKey, Model

from dosing.models import Deviation, Reminder, ReminderState
from dosing.services.status import hold
from dosing.tick import tick
from randomization.closing import lock_data
from randomization.corrections import (
    enter_paper_randomization,
    flag_randomized_in_error,
    record_true_stratum,
)
from randomization.models import CodeBreakNotice
from randomization.services import ListNotActive
from tests.dosing.test_one_entry_each import ACTS, Act
from tests.site_fixture import MONDAY, SiteFixture, paris
from tests.trial_fixture import START
from trial.models import AuditEntry, Participant
from trial.permissions import Role
from trial.policies import DataLocked
from trial.walls.trigger_registry import listed

GOES_ON = {
    "trial.installed",
    "site.opened",
    "site.closed",
    "delegation.granted",
    "delegation.ended",
    "token.created",
    "feed.revoked",
    "contact.erased",
}
"""Acts that add no fact about a participant: another trial, a site's days, duties, what is taken back."""


def lock(ward: SiteFixture) -> None:
    manager = ward.world.person(Role.TRIAL_MANAGER)
    lock_data(trial=ward.world.trial, by=manager, at=START + timedelta(days=60), statement="All is in.")


def correcting_the_stratum(ward: SiteFixture) -> Act:
    who = ward.randomized()
    return lambda: record_true_stratum(
        participant=who, strata={}, reason="Read again.", by=ward.investigator, at=START
    )


def flagging(ward: SiteFixture) -> Act:
    who = ward.randomized()
    return lambda: flag_randomized_in_error(participant=who, reason="I1.", by=ward.investigator, at=START)


def entering_paper(ward: SiteFixture) -> Act:
    who = ward.eligible()
    said = {"number": "R0001", "happened_at": START, "reason": "Power cut."}
    return lambda: enter_paper_randomization(participant=who, by=ward.investigator, at=START, **said)


CORRECTIONS = [
    (correcting_the_stratum, "record_true_stratum", "randomization.stratum_corrected"),
    (flagging, "flag_randomized_in_error", "randomization.flagged_in_error"),
    (entering_paper, "enter_paper_randomization", "envelope.drawn"),
]


def ours() -> list[type[Model]]:
    labels = {"trial", "randomization", "dosing"}
    return [model for model in apps.get_models() if model._meta.app_label in labels]


def everything() -> dict[str, list[Any]]:
    """Every row of every table of ours."""
    return {model._meta.db_table: sorted(map(repr, model._default_manager.values())) for model in ours()}


@pytest.mark.parametrize(
    ("prepare", "service", "action"), [*ACTS, *CORRECTIONS], ids=lambda row: getattr(row, "__name__", None)
)
def test_each_act_is_refused_after_the_lock_or_is_named_as_one_that_goes_on(
    ward: SiteFixture, prepare: Callable[[SiteFixture], Act], service: str, action: str
) -> None:
    act = prepare(ward)
    lock(ward)
    if action in GOES_ON:
        act()
        assert AuditEntry.objects.filter(action=action).exists()
        return
    before = everything()
    with pytest.raises((DataLocked, ListNotActive)) as refused, transaction.atomic():
        act()
    assert str(refused.value)
    assert everything() == before


# --- the database itself ---------------------------------------------------------------------------


def about_a_participant() -> Iterator[str]:
    """Every table of ours whose rows name a participant, or a row that does."""
    models = ours()
    named: set[type[Model]] = {Participant}
    while more := {model for model in models if model not in named and points_to(model) & named}:
        named |= more
    return (model._meta.db_table for model in named)


def points_to(model: type[Model]) -> set[Any]:
    return {field.related_model for field in model._meta.local_fields if isinstance(field, ForeignKey)}


def guarded() -> set[str]:
    return {place.table for place in listed(connection.vendor) if place.name == f"{place.table}_locked"}


def test_the_database_guards_every_table_that_is_about_a_participant() -> None:
    """A new table turns this red until it is guarded, or named here with the reason why it need not be."""
    assert set(about_a_participant()) - guarded() == {"randomization_codebreaknotice"}
    assert guarded() <= set(about_a_participant())


def test_sql_of_ones_own_adds_and_changes_nothing(ward: SiteFixture) -> None:
    who = ward.booked(email="anne@example.org")
    visit = ward.visit(who, "V1")
    lock(ward)
    with pytest.raises(DatabaseError, match="locked"), transaction.atomic():
        Participant.objects.filter(pk=who.pk).update(birth_month=MONDAY.replace(day=1))
    with pytest.raises(DatabaseError, match="locked"), transaction.atomic():
        Reminder.objects.filter(participant=who).update(due_at=START)
    visit.pk, visit.sequence, visit._state.adding = None, 2, True
    with pytest.raises(DatabaseError, match="locked"), transaction.atomic():
        visit.save(force_insert=True)
    with pytest.raises(DatabaseError, match="locked"), transaction.atomic():
        Participant.objects.create(
            trial=ward.world.trial, site=ward.site, number="X", screened_by=ward.nurse, screened_at=START
        )


def test_a_notice_of_a_code_break_is_written_all_the_same(ward: SiteFixture) -> None:
    who = ward.booked()
    lock(ward)
    CodeBreakNotice.objects.create(participant=who, by=ward.investigator, at=START)


# --- the clock's tick ------------------------------------------------------------------------------


def test_the_tick_mails_nobody_and_drafts_nothing(ward: SiteFixture) -> None:
    who = ward.booked(email="anne@example.org")
    held = ward.booked()
    until = MONDAY + timedelta(days=1)
    hold(participant=held, reason="Fever.", until=until, by=ward.investigator, at=START)
    open_ones = Reminder.objects.filter(participant=who, state=ReminderState.OPEN)
    assert open_ones.exists()
    lock(ward)
    assert not open_ones.exists()
    Reminder.objects.filter(participant=who).update(state=ReminderState.OPEN)  # as if one had been missed
    before = everything()

    assert tick(at=paris("2015-10-12 08:00")) == 0
    assert tick(at=paris("2015-10-20 08:00")) == 0

    after = everything()
    changed = {table for table in before if after[table] != before[table]}
    assert changed <= {"dosing_heartbeat", "dosing_zonerules"}
    assert mail.outbox == []


def test_without_the_lock_the_same_tick_mails_and_drafts(ward: SiteFixture) -> None:
    ward.booked(email="anne@example.org")
    held = ward.booked()
    until = MONDAY + timedelta(days=1)
    hold(participant=held, reason="Fever.", until=until, by=ward.investigator, at=START)

    assert tick(at=paris("2015-10-11 18:00")) + tick(at=paris("2015-10-20 08:00")) > 0

    assert Deviation.objects.filter(participant=held).exists()


def test_a_reminder_that_was_taken_before_the_lock_is_not_sent_after_it(
    ward: SiteFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    sending = importlib.import_module("dosing.reminders.sending")
    ward.booked(email="anne@example.org")
    real = sending._claim

    def locked_meanwhile(*args: Any, **options: Any) -> Any:
        claimed = real(*args, **options)
        if claimed:
            lock(ward)
        return claimed

    monkeypatch.setattr(sending, "_claim", locked_meanwhile)
    assert sending.send_due(at=paris("2015-10-11 18:00")) == 0
    assert mail.outbox == []
