"""A password that the clinic's process wrote opens nothing behind the pharmacy door, and locks nobody out."""

from __future__ import annotations

from datetime import datetime

import pytest
from allauth.account.adapter import get_adapter
from allauth.core.context import request_context
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.core.management import call_command
from django.db import connection
from django.test import Client, RequestFactory

from randomization.sealed.enrolment.passwords import forget_password
from randomization.sealed.models import PharmacyPassword
from trial.models import Delegation, User
from trial.people.confirming import knows_secret

OWN, PLANTED = "amber-birch-cedar-17", "planted-by-the-clinic-99"


@pytest.fixture
def enrolled(pharmacist: Delegation) -> User:
    """A pharmacist with a password and a second factor."""
    user = pharmacist.user
    user.set_password(OWN)
    user.save()
    TOTP.activate(user, generate_totp_secret())
    return user


def written_by_the_clinic(user: User, password: str) -> User:
    """What the clinic's role may do: UPDATE trial_user SET password. The account as it then reads."""
    other = User(username="x")
    other.set_password(password)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE trial_user SET password = %s WHERE id = %s", [other.password, user.pk])
    return User.objects.get(pk=user.pk)


def test_a_written_password_is_not_the_persons_here(enrolled: User) -> None:
    user = written_by_the_clinic(enrolled, PLANTED)
    assert knows_secret(user, OWN) and not knows_secret(user, PLANTED)


def test_the_log_in_takes_the_sealed_password_and_no_other(enrolled: User) -> None:
    written_by_the_clinic(enrolled, PLANTED)
    planted = Client().post("/accounts/login/", {"login": "pharma.one", "password": PLANTED})
    assert planted.status_code == 200  # asked again
    own = Client().post("/accounts/login/", {"login": "pharma.one", "password": OWN})
    assert own.status_code == 302 and "2fa" in own.url


def test_a_session_here_goes_on_whatever_the_clinic_writes(enrolled: User) -> None:
    client = Client()
    client.force_login(enrolled)
    before = client.get("/accounts/password/change/").status_code
    written_by_the_clinic(enrolled, PLANTED)
    assert client.get("/accounts/password/change/").status_code == before
    assert client.session.get("_auth_user_id") or before == 302


def test_without_a_sealed_copy_the_planted_password_would_open(enrolled: User) -> None:
    """The leak, planted: with no copy here, the log-in follows the clinic's word."""
    forget_password(enrolled, at=enrolled.date_joined)
    user = written_by_the_clinic(enrolled, PLANTED)
    assert knows_secret(user, PLANTED)


def test_a_change_at_this_door_counts_here_from_the_moment_of_its_request(
    enrolled: User, at: datetime
) -> None:
    request = RequestFactory().post("/accounts/password/change/")
    request.at, request.user = at, enrolled
    with request_context(request):
        get_adapter().set_password(enrolled, "another-quiet-lantern-43")
    user = written_by_the_clinic(enrolled, PLANTED)
    assert knows_secret(user, "another-quiet-lantern-43") and not knows_secret(user, OWN)
    assert PharmacyPassword.objects.filter(user=user).latest("id").at == at


def test_what_is_saved_outside_any_request_seals_nothing(enrolled: User) -> None:
    enrolled.set_password(PLANTED)
    enrolled.save(update_fields=["password"])
    assert knows_secret(enrolled, OWN) and not knows_secret(enrolled, PLANTED)


def test_a_new_factor_does_not_take_over_what_the_clinic_wrote(enrolled: User) -> None:
    user = written_by_the_clinic(enrolled, PLANTED)
    call_command("enrolment_code", "pharma.one", "--lost")
    TOTP.activate(user, generate_totp_secret())
    assert knows_secret(User.objects.get(pk=user.pk), OWN)
    assert PharmacyPassword.objects.filter(user=user).count() == 1


def test_whoever_has_no_factor_yet_comes_with_the_accounts_password(
    pharmacist: Delegation, at: datetime
) -> None:
    user = pharmacist.user
    user.set_password(OWN)
    user.save()
    assert not PharmacyPassword.objects.exists()
    assert knows_secret(user, OWN)
