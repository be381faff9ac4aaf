"""Single sign-on at the pharmacy door: its own links and second factor, whatever the clinic writes."""

from __future__ import annotations

import datetime

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client
from pytest_django import Settings

from randomization.sealed.models import CodeBreak, SealedAuditEntry, SealedSignOnLink
from tests.pharmacy.asking import ask, give_password
from tests.pharmacy.test_clinic_writes import as_the_clinic, write_everything
from tests.servers.hospital import Hospital
from tests.signing_on import (
    ASKED,
    PASSWORD,
    came_by_sign_on,
    code_of,
    come_in,
    linked,
    sign_on,
    switch_on,
    with_app,
)
from tests.terminal import typed
from tests.trial_fixture import TrialFixture
from trial.models import AuditEntry, Delegation, Participant, SignOnLink, User
from trial.permissions import Role


@pytest.fixture
def doctor(world: TrialFixture) -> Delegation:
    found = world.person(Role.INVESTIGATOR, "doctor")
    with_app(found.user)
    return found


@pytest.fixture
def there(hospital: Hospital, settings: Settings) -> Hospital:
    switch_on(settings, hospital)
    cache.clear()
    return hospital


def opens(browser: Client) -> bool:
    return browser.get("/code-break/").status_code == 200


def test_the_second_factor_of_this_door_is_asked_for_all_the_same(
    doctor: Delegation, there: Hospital
) -> None:
    linked(doctor.user, there)
    browser, answer = sign_on(there)
    assert answer.headers["Location"] == ASKED and not opens(browser)
    assert browser.post(ASKED, {"code": "000000"}).status_code == 200 and not opens(browser)
    assert browser.post(ASKED, {"code": code_of(doctor.user)}).status_code == 302 and opens(browser)


def test_links_refusals_and_log_ins_stand_in_the_sealed_trail_alone(
    doctor: Delegation, there: Hospital
) -> None:
    linked(doctor.user, there)
    there.say(claims={"iss": "https://evil.example"})
    _browser, answer = sign_on(there)
    assert answer.status_code == 403
    found = SealedAuditEntry.objects.filter(action__startswith="sign_on.").values_list("action", flat=True)
    assert set(found) == {"sign_on.linked", "sign_on.wrong_issuer"}
    assert not AuditEntry.objects.filter(action__startswith="sign_on.").exists()


def test_a_link_of_the_clinic_opens_nothing_here(doctor: Delegation, there: Hospital) -> None:
    SignOnLink.objects.create(
        user=doctor.user, issuer=there.issuer, subject="staff-amelie", at=doctor.granted_at
    )
    browser, answer = sign_on(there)
    assert answer.status_code == 403 and not opens(browser)
    assert not SealedSignOnLink.objects.exists()


def test_whatever_the_clinic_writes_the_hospital_lets_nobody_else_in_here(
    doctor: Delegation, world: TrialFixture, there: Hospital
) -> None:
    """Rows of links about everybody, in the name of whoever sits at the hospital's computer."""
    attacker, _other = "staff-zoe", world.person(Role.MONITOR, "the-monitor")
    with as_the_clinic():
        assert write_everything(doctor.granted_at) > 20
        for user in User.objects.all():
            SignOnLink.objects.bulk_create(
                [SignOnLink(user=user, issuer=there.issuer, subject=attacker, at=doctor.granted_at)]
            )
    there.say(user="zoe", mail=doctor.user.email)
    browser, answer = sign_on(there)
    assert answer.status_code == 403 and "No account here is linked" in answer.content.decode()
    assert not opens(browser)


def test_a_planted_leak_is_seen(doctor: Delegation, there: Hospital, settings: Settings) -> None:
    """Were the clinic's links believed here, its row would lead as far as the second factor."""
    settings.VELUM_SIGN_ON_LINKS = "trial.SignOnLink"
    with as_the_clinic():
        row = SignOnLink(user=doctor.user, issuer=there.issuer, subject="staff-zoe", at=doctor.granted_at)
        SignOnLink.objects.bulk_create([row])
    there.say(user="zoe", mail=doctor.user.email)
    _browser, answer = sign_on(there)
    assert answer.headers["Location"] == ASKED


def test_without_a_second_factor_of_this_door_nobody_comes_in(doctor: Delegation, there: Hospital) -> None:
    """An enrolment code alone must not be enough: the password that it seals would be the clinic's."""
    from allauth.mfa.models import Authenticator

    linked(doctor.user, there)
    Authenticator.objects.filter(user=doctor.user).delete()
    browser, answer = sign_on(there)
    assert answer.status_code == 403 and "no authenticator app or passkey" in answer.content.decode()
    assert browser.get("/accounts/2fa/totp/activate/").status_code == 302


def test_an_arm_is_opened_by_a_code_of_the_second_factor(
    doctor: Delegation, there: Hospital, people: list[Participant]
) -> None:
    linked(doctor.user, there)
    browser = come_in(doctor.user, there)
    found = ask(browser, people[0].number)
    assert "Code of your second factor" in found.content.decode()
    answer = give_password(browser, found, "000000")
    assert answer.status_code == 403 and not CodeBreak.objects.exists()
    answer = give_password(browser, found, code_of(doctor.user))
    assert answer.status_code == 200 and CodeBreak.objects.get().participant == people[0]


@pytest.mark.parametrize("wrong", [0, 12])
def test_in_an_emergency_the_password_opens_as_well_and_wrong_codes_hold_nobody_up(
    doctor: Delegation, people: list[Participant], wrong: int, at: datetime.datetime
) -> None:
    browser = Client()
    with time_machine.travel(at, tick=False):
        came_by_sign_on(browser, doctor.user)
        found = ask(browser, people[0].number)
        for _time in range(wrong):
            assert give_password(browser, found, "000000").status_code == 403
        assert give_password(browser, found, PASSWORD).status_code == 200
    noted = SealedAuditEntry.objects.filter(action="code_break.wrong_password").count()
    assert noted == wrong


def test_no_session_lasts_longer_than_a_working_day(doctor: Delegation, there: Hospital) -> None:
    linked(doctor.user, there)
    browser = come_in(doctor.user, there)
    assert opens(browser)
    began = browser.session["began"]
    with time_machine.travel(began + 8 * 3600, tick=True):
        session = browser.session
        session.set_expiry(3600)
        session.save()
        assert not opens(browser)


def test_an_administrator_ends_the_link_of_this_door_and_it_lets_nobody_in_any_more(
    doctor: Delegation, there: Hospital, world: TrialFixture
) -> None:
    """The clinic's own link stays as it is: each door ends its own, with an entry of its own."""
    linked(doctor.user, there)
    SignOnLink.objects.create(
        user=doctor.user, issuer=there.issuer, subject="staff-amelie", at=doctor.granted_at
    )
    world.person(Role.ADMINISTRATOR, "anna")
    words = ("--trial", "nct02059759", "--by", "anna", "--user", "doctor", "--reason", "Another person now.")
    assert "At the pharmacy door doctor logs in with the Velum password" in typed("end_sign_on", *words)
    _browser, answer = sign_on(there)
    assert answer.status_code == 403
    assert SealedAuditEntry.objects.filter(action="sign_on.unlinked", actor="anna").exists()
    assert not AuditEntry.objects.filter(action="sign_on.unlinked").exists()
    assert SignOnLink.objects.filter(user=doctor.user, ended=False).exists()
