"""Deviations: drafted where an act departs, never otherwise; classified and closed by a person."""

from __future__ import annotations

import csv
import json
from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction

from dosing.core.deviations import Departure
from dosing.models import Deviation, DeviationKind, DeviationReview
from dosing.reading.deviations import as_csv, as_rows, deviations_for
from dosing.services.reviewing import DeviationClosed, review_deviation
from dosing.services.status import hold, release
from dosing.tick import tick
from tests.site_fixture import MONDAY, SiteFixture, paris
from tests.trial_fixture import START
from trial.models import AuditEntry, Participant
from trial.permissions import Role
from trial.policies import NotPermitted
from trial.queries import NotFound
from trial.refusals import InvalidInput

LATE = paris("2015-10-13 09:00")


def late(ward: SiteFixture) -> Participant:
    """Somebody whose first injection came a day late."""
    participant = ward.booked()
    ward.inject(participant, 1, happened_at=LATE, at=LATE, deviation_reason="The train.")
    return participant


def review(ward: SiteFixture, participant: Participant, **more: object) -> DeviationReview:
    words = {"number": 1, "important": True, "assessment": "Day 1.", "closed": True, "by": ward.investigator}
    return review_deviation(participant=participant, at=LATE, **(words | more))  # type: ignore[arg-type]


def test_every_departure_of_the_core_has_its_word() -> None:
    assert {kind.value for kind in Departure} == set(DeviationKind.values)


def test_what_goes_as_planned_is_no_deviation(ward: SiteFixture) -> None:
    participant = ward.booked()
    ward.inject(participant, 1)
    ward.visit(participant, "V1")
    assert not Deviation.objects.exists()


def test_a_late_injection_is_drafted_with_plan_fact_reason_and_version(ward: SiteFixture) -> None:
    late(ward)
    rows = {row.kind: row for row in Deviation.objects.all()}
    assert set(rows) == {"injection_late", "day_1_too_late"}
    row = rows["injection_late"]
    assert (row.event, row.planned, row.happened_on) == ("injection:1", MONDAY, MONDAY + timedelta(days=1))
    assert row.reason == "The train." and row.protocol_version == ward.world.trial.protocol_version


def test_the_entry_of_the_act_names_its_deviations(ward: SiteFixture) -> None:
    late(ward)
    assert json.loads(AuditEntry.objects.get(action="injection.recorded").body)["deviations"] == [1, 2]


def test_missed_and_partial_are_drafted_and_a_correction_that_departs_again(ward: SiteFixture) -> None:
    participant = ward.booked()
    ward.inject(participant, 1, outcome="missed", happened_at=None, reason="Refused.")
    ward.inject(participant, 1, outcome="partial", reason="Half of it.", correction=True)
    assert list(Deviation.objects.values_list("kind", "record")) == [
        ("injection_missed", 1),
        ("injection_partial", 2),
    ]
    assert [row.corrected for row in as_rows(deviations_for(ward.nurse))] == [True, False]


def test_two_injections_on_one_day(ward: SiteFixture) -> None:
    participant = ward.booked()
    ward.inject(participant, 1)
    at = paris(f"{MONDAY} 18:00")
    ward.inject(participant, 2, happened_at=at, at=at, deviation_reason="By mistake.")
    assert set(Deviation.objects.values_list("kind", flat=True)) == {"injection_early", "same_day"}


def test_a_moved_visit_departs_only_when_it_takes_place_outside_its_window(ward: SiteFixture) -> None:
    participant = ward.booked()
    day = MONDAY + timedelta(days=12)
    more = {"outcome": "moved", "day": day, "reason": "Away.", "deviation_reason": "Away."}
    ward.visit(participant, "V2", at=paris("2015-10-16 09:00"), **more)
    assert not Deviation.objects.exists()
    ward.visit(participant, "V2", day=day, at=paris(f"{day} 09:00"), deviation_reason="Away.")
    assert list(Deviation.objects.values_list("kind", "event")) == [("visit_late", "visit:V2")]


def held(ward: SiteFixture) -> Participant:
    participant = ward.booked()
    ward.inject(participant, 1)
    until = MONDAY + timedelta(days=3)
    at = paris(f"{MONDAY} 12:00")
    hold(participant=participant, reason="Fever.", until=until, by=ward.investigator, at=at)
    return participant


def test_a_hold_beyond_its_last_day_is_noticed_once_by_the_tick(ward: SiteFixture) -> None:
    held(ward)
    tick(at=paris("2015-10-15 23:59"))
    assert not Deviation.objects.exists()
    tick(at=paris("2015-10-16 00:01"))
    tick(at=paris("2015-10-16 00:02"))
    assert list(Deviation.objects.values_list("kind", "drafted_by")) == [("hold_too_long", None)]
    assert AuditEntry.objects.filter(action="deviation.drafted").count() == 1


def test_or_by_the_release(ward: SiteFixture) -> None:
    participant, at = held(ward), paris("2015-10-17 09:00")
    release(participant=participant, reason="Well.", by=ward.investigator, at=at)
    tick(at=at)
    assert Deviation.objects.get().kind == "hold_too_long"


def test_on_hold_what_was_injected_all_the_same_is_drafted(ward: SiteFixture) -> None:
    participant, at = held(ward), paris("2015-10-13 09:00")
    ward.inject(participant, 2, happened_at=at, at=at, deviation_reason="Nobody knew.")
    assert Deviation.objects.get().kind == "while_stopped"


def test_a_person_classifies_and_closes_with_a_reason(ward: SiteFixture) -> None:
    participant = late(ward)
    with pytest.raises(InvalidInput):
        review(ward, participant, assessment=" ")
    review(ward, participant, important=False, closed=False)
    review(ward, participant)
    view = as_rows(deviations_for(ward.nurse))[0]
    assert (view.state, view.important, view.assessment) == ("closed", True, "Day 1.")
    with pytest.raises(DeviationClosed):
        review(ward, participant)


@pytest.mark.parametrize("role", [Role.STUDY_NURSE, Role.MONITOR])
def test_whoever_may_not_review_does_not(ward: SiteFixture, role: Role) -> None:
    participant = late(ward)
    with pytest.raises(NotPermitted):
        review(ward, participant, by=ward.world.person(role))


def test_a_deviation_that_is_not_there_is_not_found(ward: SiteFixture) -> None:
    with pytest.raises(NotFound):
        review(ward, late(ward), number=9)


def test_another_sites_deviations_are_out_of_reach(ward: SiteFixture) -> None:
    late(ward)
    there = ward.worker(Role.INVESTIGATOR, "there", ward.second_site())
    assert not deviations_for(there).exists()


def test_a_draft_and_a_word_on_it_are_written_once(ward: SiteFixture) -> None:
    review(ward, late(ward))
    for rows in (Deviation.objects, DeviationReview.objects):
        with pytest.raises(DatabaseError), transaction.atomic():
            rows.all().delete()


def test_the_table_holds_every_deviation_and_no_formula(ward: SiteFixture) -> None:
    participant = ward.booked()
    ward.inject(participant, 1, outcome="missed", happened_at=None, reason="=1+1")
    (row,) = csv.DictReader(as_csv(as_rows(deviations_for(ward.nurse))).splitlines())
    assert (row["participant"], row["kind"], row["state"]) == (
        participant.number,
        "injection_missed",
        "draft",
    )
    assert row["reason"] == "'=1+1"


def test_reading_many_takes_as_many_queries_as_reading_one(
    ward: SiteFixture, django_assert_num_queries: object
) -> None:
    for _ in range(3):
        participant = ward.booked()
        ward.inject(participant, 1, outcome="missed", happened_at=None, reason="Refused.")
    with django_assert_num_queries(5):  # type: ignore[operator]
        as_rows(deviations_for(ward.nurse))
    assert START < LATE
