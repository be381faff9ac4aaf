"""Consent comes first and once; an address is kept apart, and only with a consent of its own."""

from __future__ import annotations

from datetime import date

import pytest

from dosing.services.status import withdraw
from tests.site_fixture import SiteFixture, paris
from tests.trial_fixture import START
from trial.models import AuditEntry, Consent, ContactDetails, EligibilityCheck
from trial.permissions import Role
from trial.policies import NotPermitted
from trial.queries import contact_of
from trial.refusals import InvalidInput
from trial.screening.services import (
    ConsentRecorded,
    NoConsent,
    WrongStatus,
    record_consent,
    record_contact,
    screen,
    withdraw_contact,
)


def test_no_criterion_is_judged_before_the_consent(ward: SiteFixture) -> None:
    participant = screen(site=ward.site, by=ward.nurse, at=START)
    with pytest.raises(NoConsent):
        ward.check(participant)
    assert not EligibilityCheck.objects.exists()
    assert ward.again(participant).birth_month is None


def test_no_address_is_kept_before_the_consent(ward: SiteFixture) -> None:
    participant = screen(site=ward.site, by=ward.nurse, at=START)
    with pytest.raises(NoConsent):
        ward.contact(participant, "anne@example.org")
    assert not ContactDetails.objects.exists()


def test_a_consent_signed_later_opens_the_way(ward: SiteFixture) -> None:
    participant = screen(site=ward.site, by=ward.nurse, at=START)
    record_consent(participant=participant, signed_on=START.date(), by=ward.nurse, at=START)
    assert ward.check(participant).eligible


def test_a_consent_is_recorded_once(ward: SiteFixture) -> None:
    participant = ward.consented()
    with pytest.raises(ConsentRecorded):
        record_consent(participant=participant, signed_on=date(2015, 10, 1), by=ward.nurse, at=START)
    assert Consent.objects.get().signed_on == START.date()


def test_nobody_signs_tomorrow(ward: SiteFixture) -> None:
    participant = screen(site=ward.site, by=ward.nurse, at=START)
    with pytest.raises(InvalidInput) as refusal:
        record_consent(participant=participant, signed_on=date(2015, 10, 6), by=ward.nurse, at=START)
    assert list(refusal.value.errors) == ["signed_on"]
    assert not Consent.objects.exists()


def test_just_after_midnight_at_the_site_the_new_day_has_come(ward: SiteFixture) -> None:
    at = paris("2015-10-06 00:05")
    participant = screen(site=ward.site, by=ward.nurse, at=at, consent_signed_on=date(2015, 10, 6))
    assert ward.again(participant).signed_on == date(2015, 10, 6)


def test_an_address_lies_in_a_table_of_its_own_and_in_no_audit_entry(ward: SiteFixture) -> None:
    participant = ward.consented()
    ward.contact(participant, "anne.durand@example.org")
    assert contact_of(participant).email == "anne.durand@example.org"
    assert not AuditEntry.objects.filter(body__contains="durand").exists()
    assert AuditEntry.objects.last().action == "contact.recorded"


def test_a_new_address_replaces_the_one_before_without_removing_it(ward: SiteFixture) -> None:
    participant = ward.consented()
    ward.contact(participant, "old@example.org")
    ward.contact(participant, "new@example.org")
    assert contact_of(participant).email == "new@example.org"
    assert ContactDetails.objects.count() == 2


def test_when_the_consent_to_reminders_ends_no_address_counts_any_more(ward: SiteFixture) -> None:
    participant = ward.consented()
    ward.contact(participant, "anne@example.org")
    withdraw_contact(participant=participant, by=ward.nurse, at=START)
    assert contact_of(participant) is None


@pytest.mark.parametrize(
    "email", ["", "anne", "anne@", "a@example.org, b@example.org", "a@example.org\nBcc: b@x.org"]
)
def test_what_is_not_one_address_is_refused(ward: SiteFixture, email: str) -> None:
    participant = ward.consented()
    with pytest.raises(InvalidInput) as refusal:
        ward.contact(participant, email)
    assert list(refusal.value.errors) == ["email"]
    assert not ContactDetails.objects.exists()


def test_consent_to_reminders_lies_not_in_the_future(ward: SiteFixture) -> None:
    with pytest.raises(InvalidInput):
        record_contact(
            participant=ward.consented(),
            email="anne@example.org",
            language="fr",
            consented_on=date(2015, 10, 6),
            by=ward.nurse,
            at=START,
        )


@pytest.mark.parametrize("scope", ["contact", "trial", "death"])
def test_no_address_is_kept_of_whom_nobody_may_write_to(ward: SiteFixture, scope: str) -> None:
    participant = ward.booked(email="anne@example.org")
    day = START.date() if scope == "death" else None
    withdraw(participant=participant, scope=scope, reason="Said so.", day=day, by=ward.nurse, at=START)
    with pytest.raises(WrongStatus):
        ward.contact(ward.again(participant), "anne@example.org")
    assert not ContactDetails.objects.exclude(email="").exists()


def test_a_monitor_neither_consents_nor_keeps_addresses(ward: SiteFixture) -> None:
    participant, monitor = ward.consented(), ward.world.person(Role.MONITOR)
    with pytest.raises(NotPermitted):
        record_consent(participant=participant, signed_on=START.date(), by=monitor, at=START)
