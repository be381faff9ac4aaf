"""A consent whose day is corrected after the draw: the truth is kept, and what it contradicts is drafted."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta

import pytest

from dosing.models import Deviation
from dosing.pages.agenda import agenda
from dosing.reading.deviations import as_rows, deviations_for
from dosing.services.reviewing import review_deviation
from randomization.corrections import enter_paper_randomization
from randomization.models import Envelope
from randomization.queries import envelope_of, randomized_at
from randomization.services import draw_envelope
from tests.site_fixture import MONDAY, SiteFixture, paris
from tests.trial_fixture import START
from trial.models import AuditEntry, Participant
from trial.refusals import InvalidInput, NotConfirmed
from trial.screening.consent_correction import correct_consent

DRAWN = START.date()
NOON = paris(f"{MONDAY} 12:00")


def corrected(
    ward: SiteFixture,
    participant: Participant,
    day: date,
    reason: str = "Misread.",
    **confirmed: object,
) -> tuple[int, ...]:
    by, again = ward.nurse, ward.again(participant)
    given = {"signed_on": day, "reason": reason, "by": by, "at": NOON, "confirmed": confirmed}
    return correct_consent(participant=again, **given).deviations


def kinds() -> dict[str, Deviation]:
    return {row.kind: row for row in Deviation.objects.all()}


def test_a_consent_signed_after_the_draw_is_recorded_and_drafted(ward: SiteFixture) -> None:
    participant, day = ward.randomized(), DRAWN + timedelta(days=1)
    assert corrected(ward, participant, day) == (1,)
    (row,) = Deviation.objects.all()
    assert (row.kind, row.event, row.record) == ("consent_after_draw", "consent", 2)
    assert (row.earliest, row.happened_on, row.reason) == (day, DRAWN, "Misread.")
    assert ward.again(participant).signed_on == day


def test_envelope_status_and_calendar_stay(ward: SiteFixture) -> None:
    participant = ward.booked()
    before = envelope_of(participant), ward.status(participant), participant.plans.get().pk
    corrected(ward, participant, DRAWN + timedelta(days=1))
    assert (envelope_of(participant), ward.status(participant), participant.plans.get().pk) == before


@pytest.mark.parametrize("days", [0, 1, 20])
def test_a_day_before_the_draw_that_contradicts_nothing_is_no_deviation(ward: SiteFixture, days: int) -> None:
    participant = ward.booked()
    corrected(ward, participant, DRAWN - timedelta(days=days + 1))
    assert not Deviation.objects.exists()


def test_a_consent_after_injection_and_visit_names_the_first_of_each(ward: SiteFixture) -> None:
    participant = ward.booked(DRAWN + timedelta(days=1))
    for number in (2, 1):
        ward.inject(participant, number)
    ward.visit(participant, "V1")
    corrected(ward, participant, MONDAY)
    rows = kinds()
    assert rows["injection_no_consent"].happened_on == DRAWN + timedelta(days=1)
    assert {"consent_after_draw", "visit_no_consent", "consent_off_period"} <= set(rows)


def test_an_injection_entered_later_from_before_the_consent_departs_as_well(ward: SiteFixture) -> None:
    participant = ward.booked(DRAWN + timedelta(days=1))
    corrected(ward, participant, MONDAY)
    ward.inject(participant, 1)
    assert kinds()["injection_no_consent"].event == "injection:1"


def test_a_visit_entered_later_from_before_the_consent_departs_as_well(ward: SiteFixture) -> None:
    participant = ward.booked(DRAWN + timedelta(days=1))
    corrected(ward, participant, MONDAY)
    ward.visit(participant, "V1")
    assert kinds()["visit_no_consent"].event == "visit:V1"


def test_a_consent_before_the_screening_period_of_day_1_is_drafted(ward: SiteFixture) -> None:
    first = MONDAY - timedelta(days=28)
    participant = ward.booked()
    corrected(ward, participant, first)
    assert not Deviation.objects.exists()
    early = first - timedelta(days=1)
    with pytest.raises(NotConfirmed):
        corrected(ward, participant, early)
    corrected(ward, participant, early, signed_on=early)
    (row,) = Deviation.objects.all()
    assert (row.kind, row.earliest, row.latest) == (
        "consent_off_period",
        first,
        MONDAY - timedelta(days=1),
    )


def test_who_is_not_eligible_on_the_corrected_day_is_drafted_with_the_criteria(ward: SiteFixture) -> None:
    """On riluzole since 30 June: on 30 September that is not more than three months."""
    ward.world.blinded_list()
    participant = ward.consented()
    ward.check(participant, I5a="2015-06-30")
    draw_envelope(participant=ward.again(participant), by=ward.nurse, at=START)
    corrected(ward, participant, date(2015, 9, 30), "The paper says September.")
    assert kinds()["consent_ineligible"].reason == "The paper says September. · I5"


def test_the_entry_names_its_deviations_and_before_the_draw_there_is_none(ward: SiteFixture) -> None:
    corrected(ward, ward.eligible(), DRAWN + timedelta(days=1))
    corrected(ward, ward.randomized(), DRAWN + timedelta(days=1))
    entries = AuditEntry.objects.filter(action="participant.consent_corrected").order_by("id")
    assert [json.loads(entry.body)["deviations"] for entry in entries] == [[], [1]]


def test_what_a_second_correction_puts_right_is_marked_and_stays(ward: SiteFixture) -> None:
    participant = ward.randomized()
    corrected(ward, participant, DRAWN + timedelta(days=2))
    corrected(ward, participant, DRAWN + timedelta(days=1), "Not that day either.")
    corrected(ward, participant, DRAWN, "The scan was of somebody else.")
    assert list(Deviation.objects.values_list("kind", "record")) == [
        ("consent_after_draw", 2),
        ("consent_after_draw", 3),
    ]
    assert [view.corrected for view in as_rows(deviations_for(ward.nurse))] == [True, True]


def test_it_is_presumed_important_until_a_person_has_judged_it(ward: SiteFixture) -> None:
    participant = ward.booked()
    corrected(ward, participant, DRAWN + timedelta(days=1))
    ward.inject(participant, 1, outcome="missed", happened_at=None, reason="Ill.")
    views = as_rows(deviations_for(ward.nurse))
    assert [(view.kind, view.presumed_important, view.important) for view in views] == [
        ("consent_after_draw", True, None),
        ("injection_missed", False, None),
    ]


def on_paper(ward: SiteFixture, happened_at: datetime, *, before_consent: bool) -> Envelope:
    """A draw on paper of somebody who signed on the day after START, entered a day later still."""
    ward.world.blinded_list()
    participant = ward.eligible(at=START + timedelta(days=1))
    return enter_paper_randomization(
        participant=participant,
        number=Envelope.objects.get(position=1).number,
        happened_at=happened_at,
        reason="The network was down.",
        by=ward.investigator,
        at=START + timedelta(days=2),
        before_consent=before_consent,
    )


def test_a_draw_on_paper_from_before_the_consent_is_entered_with_a_deviation(ward: SiteFixture) -> None:
    """The truth, in the order in which it happened; later papers can be entered after it."""
    drawn = on_paper(ward, START + timedelta(hours=1), before_consent=True)
    (row,) = Deviation.objects.all()
    assert (row.kind, row.event, row.record) == ("consent_after_draw", "consent", 1)
    assert (row.earliest, row.happened_on) == (DRAWN + timedelta(days=1), DRAWN)
    assert (row.reason, randomized_at(drawn)) == ("The network was down.", START + timedelta(hours=1))
    entry = AuditEntry.objects.get(action="envelope.drawn")
    assert json.loads(entry.body)["deviations"] == [row.number]


@pytest.mark.parametrize(("days", "said"), [(0, False), (1, True)])
def test_what_is_said_of_the_consent_has_to_be_so(ward: SiteFixture, days: int, said: bool) -> None:
    """Not said and so; said and not so. Nothing is drawn, and nothing drafted."""
    with pytest.raises(InvalidInput) as refusal:
        on_paper(ward, START + timedelta(days=days, hours=1), before_consent=said)
    assert list(refusal.value.errors) == ["before_consent"]
    assert not Deviation.objects.exists()
    assert not Envelope.objects.exclude(participant=None).exists()


def test_the_deviation_of_an_early_paper_is_marked_once_the_consent_is_corrected(ward: SiteFixture) -> None:
    drawn = on_paper(ward, START + timedelta(hours=1), before_consent=True)
    assert drawn.participant
    corrected(ward, drawn.participant, DRAWN, "The form says the fifth.")
    assert [view.corrected for view in as_rows(deviations_for(ward.nurse))] == [True]


def test_today_leads_who_can_judge_to_it_until_somebody_has(ward: SiteFixture) -> None:
    """Once for each participant; what is missed or late is no such matter, and a nurse does not judge."""
    participant, other = ward.booked(), ward.booked()
    corrected(ward, participant, MONDAY)
    ward.inject(participant, 1, outcome="missed", happened_at=None, reason="Ill.")
    ward.inject(other, 1, outcome="missed", happened_at=None, reason="Ill.")
    assert [line.number for line in agenda(ward.investigator, at=NOON).waiting] == [participant.number]
    assert agenda(ward.nurse, at=NOON).waiting == []
    said = {"important": True, "assessment": "Told to the committee.", "closed": False, "at": NOON}
    for row in Deviation.objects.filter(participant=participant):
        review_deviation(participant=participant, number=row.number, by=ward.investigator, **said)
    assert agenda(ward.investigator, at=NOON).waiting == []
