"""A prepared question gives what its query gives, whatever is asked, and composes no SQL a second time."""

from __future__ import annotations

from typing import Any
from unittest.mock import patch

import pytest
from django.db import connection, transaction
from django.db.models import QuerySet
from django.db.models.sql.compiler import SQLCompiler
from django.test.utils import CaptureQueriesContext

from tests.site_fixture import SiteFixture
from tests.trial_fixture import START, TrialFixture
from trial.models import AuditEntry, Delegation
from trial.models.prepared import Prepared
from trial.permissions import Role
from trial.policies import delegations_of
from trial.queries import find_participant
from trial.screening.services import screen

pytestmark = pytest.mark.django_db


def entries_of(site: Any, since: Any) -> QuerySet[AuditEntry]:
    return AuditEntry.objects.filter(chain__site=site, at__gte=since).select_related("chain").order_by("pk")


def test_it_gives_what_its_query_gives_for_keys_and_moments(ward: SiteFixture) -> None:
    asked: Prepared[AuditEntry] = Prepared(entries_of)
    screen(site=ward.site, by=ward.nurse, at=START)

    found = [asked(site=ward.site, since=START), asked(site=ward.site.pk, since=START)]

    assert found == [list(entries_of(ward.site, START))] * 2
    assert len(found[0]) > 0


def test_each_question_has_its_own_values(world: TrialFixture) -> None:
    asked: Prepared[str] = Prepared(
        lambda name: Delegation.objects.filter(user__username=name).values_list("role", flat=True)
    )
    world.person(Role.STUDY_NURSE, "nurse.a")
    world.person(Role.MONITOR, "monitor.a")

    answers = [asked.first(name=name) for name in ("nurse.a", "monitor.a", "nobody")]

    assert answers == ["study_nurse", "monitor", None]


def test_a_list_is_as_many_places_as_it_holds_and_an_empty_one_finds_nobody(world: TrialFixture) -> None:
    asked: Prepared[Delegation] = Prepared(lambda roles: Delegation.objects.filter(role__in=roles))
    world.person(Role.STUDY_NURSE, "nurse.a")
    world.person(Role.MONITOR, "monitor.a")

    numbers = [len(asked(roles=roles)) for roles in ([], [Role.MONITOR], [Role.MONITOR, Role.STUDY_NURSE])]

    assert numbers == [
        Delegation.objects.filter(role__in=roles).count()
        for roles in ([], [Role.MONITOR], [Role.MONITOR, Role.STUDY_NURSE])
    ]
    assert numbers[0] < numbers[1] < numbers[2]


def test_what_is_asked_again_is_not_composed_again(world: TrialFixture) -> None:
    user = world.person(Role.STUDY_NURSE, "nurse.a").user
    delegations_of(user, roles=list(Role))

    with patch.object(SQLCompiler, "compile", side_effect=AssertionError("composed again")):
        found = delegations_of(user, roles=list(Role))

    assert [duty.role for duty in found] == [Role.STUDY_NURSE]


def test_a_row_written_since_is_found(world: TrialFixture) -> None:
    """The question is kept, never its answer."""
    user = world.person(Role.STUDY_NURSE, "nurse.a").user
    before = len(delegations_of(user, roles=list(Role)))
    Delegation.objects.filter(user=user).update(ended_at=world.site.trial.installed_at)

    assert (before, delegations_of(user, roles=list(Role))) == (1, [])


def test_no_value_is_refused_rather_than_compared_with(world: TrialFixture) -> None:
    asked: Prepared[Delegation] = Prepared(lambda site: Delegation.objects.filter(site=site))

    with pytest.raises(ValueError, match="no value for site"):
        asked(site=None)


@pytest.mark.django_db(transaction=True)
def test_a_row_is_locked_within_a_transaction_only(ward: SiteFixture) -> None:
    number = screen(site=ward.site, by=ward.nurse, at=START).number
    with transaction.atomic():
        held = find_participant(ward.nurse, number, lock=True)

    with pytest.raises(transaction.TransactionManagementError):
        find_participant(ward.nurse, number, lock=True)
    assert held.number == number


def test_it_costs_one_statement(world: TrialFixture) -> None:
    user = world.person(Role.STUDY_NURSE, "nurse.a").user
    with CaptureQueriesContext(
        connection,
    ) as seen:
        delegations_of(user, roles=list(Role))

    assert len(seen) == 1
