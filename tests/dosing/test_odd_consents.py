"""A consent whose day is odd: asked about, and drafted as a deviation if it is kept."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, timedelta

import pytest

from dosing.models import Deviation
from dosing.reading.deviations import as_rows, deviations_for
from tests.site_fixture import MONDAY, SiteFixture, paris
from tests.trial_fixture import START
from trial.models import AuditEntry, Consent, ConsentCorrection, Participant, Site
from trial.refusals import NotConfirmed
from trial.screening.consent_correction import correct_consent
from trial.screening.services import record_consent, screen

TODAY = START.date()
OPENED = date(2015, 9, 1)
FIRST = TODAY - timedelta(days=28)
"""The first day of a screening period whose day 1 is today."""
EARLY = FIRST - timedelta(days=1)
UNOPENED = OPENED - timedelta(days=1)

Write = Callable[..., object]


def by_screening(ward: SiteFixture, day: date, **confirmed: object) -> Participant:
    given = (
        {"consent_signed_on": day} if not confirmed else {"consent_signed_on": day, "confirmed": confirmed}
    )
    return screen(site=ward.site, by=ward.nurse, at=START, **given)


def by_recording(ward: SiteFixture, day: date, **confirmed: object) -> Participant:
    person = screen(site=ward.site, by=ward.nurse, at=START)
    record_consent(participant=person, signed_on=day, by=ward.nurse, at=START, confirmed=confirmed)
    return person


def by_correcting(ward: SiteFixture, day: date, **confirmed: object) -> Participant:
    person = ward.consented()
    correct_consent(
        participant=person, signed_on=day, reason="Misread.", by=ward.nurse, at=START, confirmed=confirmed
    )
    return person


WAYS = pytest.mark.parametrize(
    ("way", "field"),
    [(by_screening, "consent_signed_on"), (by_recording, "signed_on"), (by_correcting, "signed_on")],
)


@WAYS
@pytest.mark.parametrize("day", [EARLY, UNOPENED, date(2014, 10, 5), date(1925, 10, 5)])
def test_an_odd_day_is_asked_about_and_nothing_is_written(
    ward: SiteFixture, way: Write, field: str, day: date
) -> None:
    people, entries = Participant.objects.count(), AuditEntry.objects.count()
    with pytest.raises(NotConfirmed) as asked:
        way(ward, day)
    assert list(asked.value.errors) == [field]
    assert not Deviation.objects.exists()
    assert not Consent.objects.filter(signed_on=day).exists()
    assert not ConsentCorrection.objects.exists()
    if way is by_screening:
        assert (Participant.objects.count(), AuditEntry.objects.count()) == (people, entries)


@WAYS
@pytest.mark.parametrize("day", [FIRST, TODAY, TODAY - timedelta(days=5)])
def test_a_day_within_the_period_is_not_asked_about(
    ward: SiteFixture, way: Write, field: str, day: date
) -> None:
    if way is not by_correcting or day != TODAY:  # there is nothing to correct
        way(ward, day)
    assert not Deviation.objects.exists()


@WAYS
def test_the_confirmed_day_is_kept_and_drafted_once(ward: SiteFixture, way: Write, field: str) -> None:
    way(ward, EARLY, **{field: EARLY.isoformat()})
    (row,) = Deviation.objects.all()
    record = 2 if way is by_correcting else 1
    assert (row.kind, row.event, row.record) == ("consent_off_period", "consent", record)
    assert (row.earliest, row.happened_on) == (FIRST, EARLY)


@WAYS
@pytest.mark.parametrize("said", [FIRST.isoformat(), "", True, "yes", TODAY.isoformat()])
def test_only_the_very_day_confirms(ward: SiteFixture, way: Write, field: str, said: object) -> None:
    with pytest.raises(NotConfirmed):
        way(ward, EARLY, **{field: said})
    assert not Deviation.objects.exists()


@WAYS
def test_a_day_before_the_opening_is_drafted_for_each_way_in_which_it_is_odd(
    ward: SiteFixture, way: Write, field: str
) -> None:
    way(ward, UNOPENED, **{field: UNOPENED.isoformat()})
    assert set(Deviation.objects.values_list("kind", "earliest")) == {
        ("consent_before_site", OPENED),
        ("consent_off_period", FIRST),
    }


def test_the_entry_says_what_was_confirmed_and_names_the_deviations(ward: SiteFixture) -> None:
    by_screening(ward, EARLY, consent_signed_on=EARLY)
    by_recording(ward, EARLY, signed_on=EARLY)
    by_correcting(ward, EARLY, signed_on=EARLY)
    said = [
        json.loads(AuditEntry.objects.filter(action=action).last().body)
        for action in ("participant.consented", "participant.consent_corrected")
    ]
    assert [body["confirmed"] for body in said] == [{"signed_on": "2015-09-06"}] * 2
    assert [body["deviations"] for body in said] == [[1], [1]]
    screened = [json.loads(row.body) for row in AuditEntry.objects.filter(action="participant.screened")]
    assert [body.get("deviations") for body in screened] == [[1], None, None]


def test_a_site_that_opened_later_than_the_trial_counts_for_itself(ward: SiteFixture) -> None:
    second = ward.second_site()
    Site.objects.filter(pk=second.pk).update(opened_on=TODAY)
    second.refresh_from_db()
    with pytest.raises(NotConfirmed, match="unlikely") as asked:
        screen(site=second, by=ward.nurse, at=START, consent_signed_on=TODAY - timedelta(days=1))
    assert "the site opened on 5 October 2015" in str(asked.value.errors["consent_signed_on"])


def test_a_day_before_the_registered_start_is_before_the_trial_where_sites_opened_later(
    ward: SiteFixture,
) -> None:
    """The record says 30 September; the site opens a week later, and the first of all counts."""
    Site.objects.update(opened_on=TODAY + timedelta(days=2))
    ward.site.refresh_from_db()
    at, day = paris("2015-10-09 12:00"), date(2015, 9, 29)
    with pytest.raises(NotConfirmed) as asked:
        screen(site=ward.site, by=ward.nurse, at=at, consent_signed_on=day)
    said = str(asked.value.errors["consent_signed_on"])
    assert "the trial began on 30 September 2015, the site opened on 7 October 2015" in said
    person = screen(
        site=ward.site,
        by=ward.nurse,
        at=at,
        consent_signed_on=day,
        confirmed={"consent_signed_on": "2015-09-29"},
    )
    kinds = Deviation.objects.filter(participant=person).values_list("kind", flat=True)
    assert list(kinds) == ["consent_before_trial", "consent_before_site"]


def test_what_a_correction_puts_right_is_marked_and_drafted_no_more(ward: SiteFixture) -> None:
    person = by_screening(ward, UNOPENED, consent_signed_on=UNOPENED)
    correct_consent(
        participant=ward.again(person), signed_on=TODAY, reason="Wrong year.", by=ward.nurse, at=START
    )
    assert Deviation.objects.count() == 2
    assert [view.corrected for view in as_rows(deviations_for(ward.nurse))] == [True, True]


def test_a_correction_to_another_odd_day_is_drafted_anew(ward: SiteFixture) -> None:
    person, other = by_screening(ward, EARLY, consent_signed_on=EARLY), EARLY - timedelta(days=1)
    again = ward.again(person)
    correct_consent(
        participant=again,
        signed_on=other,
        reason="Misread.",
        by=ward.nurse,
        at=START,
        confirmed={"signed_on": other},
    )
    views = as_rows(deviations_for(ward.nurse))
    assert [(view.kind, view.happened_on, view.corrected) for view in views] == [
        ("consent_off_period", EARLY, True),
        ("consent_off_period", other, False),
    ]


def test_after_the_booking_the_period_counts_from_day_1_however_late_the_correction(
    ward: SiteFixture,
) -> None:
    """Half a year later a day three weeks before day 1 is as good as it was."""
    person, at = ward.booked(), paris("2016-04-01 12:00")
    good, early = MONDAY - timedelta(days=21), MONDAY - timedelta(days=29)
    said = {"participant": ward.again(person), "reason": "Misread.", "by": ward.nurse, "at": at}
    assert correct_consent(signed_on=good, **said).deviations == ()
    with pytest.raises(NotConfirmed):
        correct_consent(signed_on=early, **said)


def test_after_the_draw_the_period_counts_from_the_draw(ward: SiteFixture) -> None:
    person, at = ward.randomized(), paris("2016-04-01 12:00")
    said = {"participant": ward.again(person), "reason": "Misread.", "by": ward.nurse, "at": at}
    assert correct_consent(signed_on=FIRST, **said).deviations == ()
    with pytest.raises(NotConfirmed):
        correct_consent(signed_on=EARLY, **said)
    done = correct_consent(signed_on=EARLY, confirmed={"signed_on": EARLY}, **said)
    assert done.deviations == (1,)


def test_who_was_not_eligible_is_judged_by_the_day_of_the_check(ward: SiteFixture) -> None:
    person = ward.consented()
    ward.check(person, I1="no")
    said = {"participant": ward.again(person), "reason": "Misread.", "by": ward.nurse}
    late = paris("2016-04-01 12:00")
    assert correct_consent(signed_on=FIRST, at=late, **said).deviations == ()


def test_a_day_before_the_site_opened_is_presumed_important(ward: SiteFixture) -> None:
    by_screening(ward, UNOPENED, consent_signed_on=UNOPENED)
    views = {view.kind: view.presumed_important for view in as_rows(deviations_for(ward.nurse))}
    assert views == {"consent_before_site": True, "consent_off_period": False}
