"""Given without release: the question goes by what the clinic is shown, and by nothing else."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from dosing.models import Deviation, InjectionRecord, PlannedInjection, Readiness
from dosing.services.judging import NotReleased
from dosing.services.releases import made_by_pharmacy
from dosing.tick import tick
from randomization.closing import lock_data
from tests.site_fixture import MONDAY, SiteFixture, paris
from trial.models import AuditEntry, Participant, ProtocolVersion
from trial.permissions import Role

NINE = paris("2015-10-12 09:00")


@pytest.fixture
def participant(ward: SiteFixture) -> Participant:
    """Day 1 is Monday 12 October 2015."""
    return ward.booked()


def shows(person: Participant, since: str, day: date = MONDAY, number: int = 1) -> None:
    """The row that the pharmacy's publisher writes."""
    Readiness.objects.create(participant=person, number=number, date=day, visible_from=paris(since))


def asked(ward: SiteFixture, person: Participant, **more: object) -> str:
    """What is asked when nobody has said that it was not released; nothing changes."""
    entries = AuditEntry.objects.count()
    with pytest.raises(NotReleased) as question:
        ward.inject(person, 1, without_release=False, **more)
    assert list(question.value.errors) == ["without_release"]
    assert (AuditEntry.objects.count(), InjectionRecord.objects.count()) == (entries, 0)
    return str(question.value)


def test_a_syringe_that_does_not_show_as_ready_is_asked_about(
    ward: SiteFixture, participant: Participant
) -> None:
    assert asked(ward, participant).startswith("The pharmacy has not released this syringe.")
    row = ward.inject(participant, 1, without_release=True)
    assert InjectionRecord.objects.get(pk=row.pk).without_release is True
    assert '"without_release":true' in AuditEntry.objects.get(action="injection.recorded").body


def test_one_that_shows_is_not_asked_about_whatever_was_said(
    ward: SiteFixture, participant: Participant
) -> None:
    shows(participant, "2015-10-12 07:00")
    assert ward.inject(participant, 1, without_release=True).without_release is False


def test_a_row_that_shows_only_later_is_not_looked_at(ward: SiteFixture, participant: Participant) -> None:
    shows(participant, "2015-10-12 09:15")
    five_to = {"happened_at": NINE, "at": NINE + timedelta(minutes=14)}
    assert "has not released" in asked(ward, participant, **five_to)


def test_a_late_entry_goes_by_the_quarter_of_the_injection(
    ward: SiteFixture, participant: Participant
) -> None:
    shows(participant, "2015-10-12 09:15")
    evening = paris("2015-10-12 18:00")
    assert "only after that moment" in asked(
        ward, participant, at=evening, happened_at=NINE - timedelta(minutes=1)
    )
    assert ward.inject(participant, 1, at=evening, without_release=False).without_release is False


def test_a_syringe_of_another_day_or_injection_does_not_count(
    ward: SiteFixture, participant: Participant
) -> None:
    shows(participant, "2015-10-12 07:00", number=2)
    shows(participant, "2015-10-11 07:00", day=MONDAY - timedelta(days=1))
    asked(ward, participant)


def test_a_dose_given_before_its_day_is_asked_about_because_nothing_shows_yet(
    ward: SiteFixture, participant: Participant
) -> None:
    sunday = NINE - timedelta(days=1)
    asked(ward, participant, happened_at=sunday, at=sunday + timedelta(hours=1), deviation_reason="Strike")


def test_a_missed_dose_is_not_asked_about(ward: SiteFixture, participant: Participant) -> None:
    row = ward.inject(participant, 1, outcome="missed", reason="Fever", without_release=False)
    assert row.without_release is None


def test_nobody_is_asked_where_the_pharmacy_prepares_nothing(
    ward: SiteFixture, participant: Participant, monkeypatch: pytest.MonkeyPatch
) -> None:
    planned = PlannedInjection.objects.select_related("plan__protocol_version").get(
        plan__participant=participant, number=1
    )
    assert made_by_pharmacy(planned)
    protocol = planned.plan.protocol_version.protocol
    bare = replace(protocol, arms=tuple(replace(arm, preparations=()) for arm in protocol.arms))
    monkeypatch.setattr(ProtocolVersion, "protocol", bare)
    assert ward.inject(participant, 1, without_release=False).without_release is None


def test_whoever_corrects_is_asked_again(ward: SiteFixture, participant: Participant) -> None:
    ward.inject(participant, 1)
    with pytest.raises(NotReleased):
        ward.inject(participant, 1, correction=True, reason="Thigh", without_release=False)


def test_the_answer_is_kept_for_each_record(ward: SiteFixture, participant: Participant) -> None:
    ward.inject(participant, 1)
    ward.inject(participant, 1, correction=True, outcome="missed", reason="The wrong person")
    kept = InjectionRecord.objects.order_by("sequence").values_list("without_release", flat=True)
    assert list(kept) == [True, None]


def kinds() -> list[tuple[str, str, int]]:
    return list(Deviation.objects.order_by("id").values_list("kind", "event", "record"))


DRAFTED = [("without_release", "injection:1", 1)]
QUARTER = paris("2015-10-12 09:15:20")


@pytest.fixture
def neighbour(ward: SiteFixture) -> Participant:
    """Somebody of the same site whose syringe shows at seven: the pharmacy works with Velum."""
    person = ward.booked()
    shows(person, "2015-10-12 07:00")
    return person


def test_at_the_next_full_quarter_a_deviation_is_drafted_and_never_twice(
    ward: SiteFixture, participant: Participant, neighbour: Participant
) -> None:
    ward.inject(participant, 1)
    tick(at=QUARTER - timedelta(seconds=1))
    assert kinds() == []
    for seconds in (0, 60, 3600):
        tick(at=QUARTER + timedelta(seconds=seconds))
    assert kinds() == DRAFTED
    draft = Deviation.objects.get()
    assert (draft.drafted_by, draft.happened_on, draft.planned) == (None, MONDAY, MONDAY)
    assert AuditEntry.objects.filter(action="deviation.drafted").count() == 1


@pytest.mark.parametrize(("since", "drafted"), [("09:15", []), ("09:30", DRAFTED)])
def test_only_where_the_release_came_after_the_quarter_of_the_injection(
    ward: SiteFixture,
    participant: Participant,
    neighbour: Participant,
    since: str,
    drafted: list[tuple[str, str, int]],
) -> None:
    ward.inject(participant, 1)
    shows(participant, f"2015-10-12 {since}")
    tick(at=QUARTER + timedelta(hours=3))
    assert kinds() == drafted


@pytest.mark.parametrize("to", [{"outcome": "missed"}, {"happened_at": paris("2015-10-12 08:40")}])
def test_what_was_corrected_is_judged_by_the_record_that_counts(
    ward: SiteFixture, participant: Participant, neighbour: Participant, to: dict[str, object]
) -> None:
    ward.inject(participant, 1)
    ward.inject(participant, 1, correction=True, reason="Read it wrongly", **to)
    tick(at=QUARTER + timedelta(hours=3))
    missed = to.get("outcome") == "missed"
    assert [row for row in kinds() if row[0] == "without_release"] == (
        [] if missed else [("without_release", "injection:1", 2)]
    )


def test_locked_data_stay_as_they_are(
    ward: SiteFixture, participant: Participant, neighbour: Participant
) -> None:
    ward.inject(participant, 1)
    manager = ward.world.person(Role.TRIAL_MANAGER)
    lock_data(trial=ward.world.trial, by=manager, at=QUARTER - timedelta(minutes=1), statement="All is in.")
    tick(at=QUARTER + timedelta(hours=3))
    assert kinds() == []


def test_a_dose_a_day_early_waits_until_its_syringe_would_show(
    ward: SiteFixture, participant: Participant, neighbour: Participant
) -> None:
    sunday = NINE - timedelta(days=1)
    ward.inject(participant, 1, happened_at=sunday, at=sunday, deviation_reason="Strike")
    tick(at=paris("2015-10-12 07:00:19"))
    assert "without_release" not in [row[0] for row in kinds()]
    tick(at=paris("2015-10-12 07:00:20"))
    assert "without_release" in [row[0] for row in kinds()]


def test_where_nothing_ever_showed_nothing_is_drafted(ward: SiteFixture, participant: Participant) -> None:
    ward.inject(participant, 1)
    tick(at=QUARTER + timedelta(hours=3))
    assert kinds() == []
