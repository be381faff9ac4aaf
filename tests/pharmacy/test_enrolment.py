"""A second factor is set up with a code of this door: who writes passwords at the clinic gets no further."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from django.contrib.auth.hashers import make_password
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import NoReverseMatch, reverse

from randomization.sealed.enrolment import codes, views
from randomization.sealed.enrolment.codes import (
    LIFETIME,
    EnrolmentCodeUseless,
    SecondFactorInUse,
    find_code,
    make_code,
    use_code,
)
from randomization.sealed.models import EnrolmentCode, EnrolmentCodeUse, SealedAuditEntry
from tests.sealed.test_lists import dump
from tests.trial_fixture import TrialFixture
from trial.models import Delegation, User
from trial.pages.middleware import Door
from trial.permissions import DOORS, Role
from trial.policies import NotPermitted
from trial.walls.database import _guard

PASSWORD = "seven-quiet-herons-42"
NOW = datetime(2015, 10, 5, 7, 30, tzinfo=UTC)
ENROL, CODES = "/accounts/2fa/totp/activate/", "/accounts/2fa/recovery-codes/"


@pytest.fixture(autouse=True)
def clock(db: None) -> Iterator[time_machine.Traveller]:
    """NOW, standing still; and nobody has tried anything yet."""
    cache.clear()
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@contextmanager
def the_clinics_rights() -> Iterator[None]:
    """What is done within is done with the rights of the clinic's process."""
    if connection.vendor == "postgresql":
        with the_role("velum_clinic"):
            yield
        return
    _guard(connection)
    try:
        yield
    finally:
        connection.execute_wrappers.pop(0)
        connection.connection.set_authorizer(None)


@contextmanager
def the_role(name: str) -> Iterator[None]:
    """What is done within is done as that database role (PostgreSQL)."""
    call_command("grant_roles", stdout=StringIO())
    with connection.cursor() as cursor:
        cursor.execute(f"SET ROLE {name}")
        try:
            yield
        finally:
            cursor.execute("RESET ROLE")


def set_password(user: User, password: str = PASSWORD) -> None:
    """As the clinic's process can."""
    with the_clinics_rights():
        User.objects.filter(pk=user.pk).update(password=make_password(password))


def log_in(user: User, password: str = PASSWORD) -> Client:
    """A browser that got as far as a password gets here, and has given it once more where that is asked."""
    browser = Client()
    browser.post("/accounts/login/", {"login": user.username, "password": password})
    browser.post("/accounts/reauthenticate/", {"password": password})
    return browser


def enrol(browser: Client, code: str | None, digits: str = "") -> Any:
    """Set up an app of one's own on the page."""
    page = browser.get(ENROL).content.decode()
    seed = re.search(r"\b[A-Z2-7]{32}\b", page)
    assert seed, page
    typed = {"code": digits or app_shows(seed[0])} | ({} if code is None else {"enrolment_code": code})
    return browser.post(ENROL, typed)


def app_shows(seed: str) -> str:
    """The six digits of the moment."""
    return format_hotp_value(hotp_value(seed, int(time.time()) // 30))


def has_factor(user: User) -> bool:
    return Authenticator.objects.filter(user=user).exists()


def trail() -> list[str]:
    """What was done, without who came to the door."""
    acts = SealedAuditEntry.objects.filter(chain__kind="acts").order_by("sequence")
    return list(acts.values_list("action", flat=True))


def attack(user: User) -> tuple[bool, int]:
    """The way through the wall: set the password, log in, set up an app. Enrolled? And a page of the work?"""
    set_password(user)
    browser = log_in(user)
    enrol(browser, None)
    return has_factor(user), browser.get("/preparations/").status_code


@pytest.fixture
def printed(pharmacist: Delegation) -> str:
    """The pharmacist's code; the pharmacist has a password and no second factor."""
    set_password(pharmacist.user)
    return make_code(user=pharmacist.user, at=NOW)


def test_a_password_set_by_the_clinic_opens_nothing(pharmacist: Delegation, printed: str) -> None:
    assert attack(pharmacist.user) == (False, 302)


def test_without_this_guard_it_would(pharmacist: Delegation, monkeypatch: pytest.MonkeyPatch) -> None:
    """A planted fault: the page does not ask for a code, as the library's own would not."""
    monkeypatch.setattr(views, "used_second_factor", lambda request: True)
    assert attack(pharmacist.user) == (True, 200)


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT digest FROM sealed_enrolmentcode",
        "INSERT INTO sealed_enrolmentcode DEFAULT VALUES",
        "INSERT INTO sealed_enrolmentcodeuse DEFAULT VALUES",
        "INSERT INTO mfa_authenticator DEFAULT VALUES",
        "DELETE FROM mfa_authenticator",
        "SELECT * FROM velum_sessions_pharmacy",
        "DELETE FROM velum_cache_pharmacy",
        "UPDATE trial_user SET is_superuser = TRUE",
        "UPDATE trial_user SET email = 'x'",
        "UPDATE trial_delegation SET role = 'pharmacist'",
        "UPDATE trial_apitoken SET door = 'pharmacy'",
    ],
)
def test_the_clinics_rights_are_not_enough_to(statement: str) -> None:
    words = "permission denied" if connection.vendor == "postgresql" else "not authorized|prohibited"
    refused = pytest.raises(DatabaseError, match=words)
    with the_clinics_rights(), refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_with_the_code_the_app_is_set_up_and_the_door_is_open(pharmacist: Delegation, printed: str) -> None:
    browser = log_in(pharmacist.user)
    answer = enrol(browser, printed)
    assert (answer.status_code, answer.headers["Location"]) == (302, CODES)
    assert "recovery" in browser.get(CODES).content.decode().lower()
    assert browser.get("/preparations/").status_code == 200
    assert trail()[-2:] == ["enrolment_code.made", "second_factor.enrolled"]


@pytest.mark.parametrize(
    "grouped", [str.lower, lambda code: code.replace("-", " "), lambda code: f" {code} "]
)
def test_it_may_be_typed_in_small_letters_and_other_groups(
    pharmacist: Delegation, printed: str, grouped: Callable[[str], str]
) -> None:
    enrol(log_in(pharmacist.user), grouped(printed))
    assert has_factor(pharmacist.user)


def test_letters_that_look_like_digits_are_read_as_digits(
    pharmacist: Delegation, monkeypatch: pytest.MonkeyPatch
) -> None:
    digits = iter("01" * 8)
    monkeypatch.setattr(codes.secrets, "choice", lambda signs: next(digits))
    make_code(user=pharmacist.user, at=NOW)
    assert find_code(user=pharmacist.user, typed="oLoI-OlOi-0101-o1o1", at=NOW)


def test_it_works_once(pharmacist: Delegation, printed: str) -> None:
    code = find_code(user=pharmacist.user, typed=printed, at=NOW)
    use_code(code=code, at=NOW)
    with pytest.raises(EnrolmentCodeUseless, match="has been used"):
        find_code(user=pharmacist.user, typed=printed, at=NOW)
    with pytest.raises(EnrolmentCodeUseless), transaction.atomic():
        use_code(code=code, at=NOW)
    assert EnrolmentCodeUse.objects.count() == 1


def test_it_ends_after_its_time(pharmacist: Delegation, printed: str) -> None:
    assert find_code(user=pharmacist.user, typed=printed, at=NOW + LIFETIME - timedelta(seconds=1))
    with pytest.raises(EnrolmentCodeUseless, match="is over"):
        find_code(user=pharmacist.user, typed=printed, at=NOW + LIFETIME)


def test_a_new_code_makes_the_earlier_one_useless(pharmacist: Delegation, printed: str) -> None:
    newer = make_code(user=pharmacist.user, at=NOW)
    with pytest.raises(EnrolmentCodeUseless, match="made for you last"):
        find_code(user=pharmacist.user, typed=printed, at=NOW)
    assert find_code(user=pharmacist.user, typed=newer, at=NOW)


def test_a_colleagues_code_is_of_no_use(pharmacist: Delegation, colleague: Delegation, printed: str) -> None:
    make_code(user=colleague.user, at=NOW)
    with pytest.raises(EnrolmentCodeUseless):
        find_code(user=colleague.user, typed=printed, at=NOW)


def test_a_wrong_code_is_refused_in_words_and_changes_nothing(pharmacist: Delegation, printed: str) -> None:
    page = enrol(log_in(pharmacist.user), "0000-0000-0000-0000").content.decode()
    assert "made for you last. Ask the administrator for a new one." in page
    assert trail()[-1] == "enrolment_code.refused"
    assert not has_factor(pharmacist.user)
    enrol(log_in(pharmacist.user), printed)
    assert has_factor(pharmacist.user)


def test_without_a_code_the_page_says_who_makes_one(pharmacist: Delegation, printed: str) -> None:
    page = enrol(log_in(pharmacist.user), None).content.decode()
    assert "If you have none, ask the administrator." in page
    assert 'href="/emergency/"' in page


def test_the_refusal_is_said_in_french(pharmacist: Delegation, printed: str) -> None:
    User.objects.filter(pk=pharmacist.user_id).update(language="fr")
    page = enrol(log_in(pharmacist.user), "0000").content.decode()
    assert "l’administrateur" in page
    assert "Ask the administrator" not in page


def test_wrong_digits_do_not_use_the_code_up(pharmacist: Delegation, printed: str) -> None:
    enrol(log_in(pharmacist.user), printed, digits="12345")
    assert not EnrolmentCodeUse.objects.exists()
    enrol(log_in(pharmacist.user), printed)
    assert has_factor(pharmacist.user)


def test_guessing_ends_after_five_attempts_for_five_minutes(
    pharmacist: Delegation, printed: str, clock: time_machine.Traveller
) -> None:
    """Right digits do not set the count back: whoever guesses has an app of their own."""
    browser = log_in(pharmacist.user)
    for guess in range(5):
        clock.shift(timedelta(seconds=15))
        enrol(browser, f"guess {guess}")
    assert "Too many attempts" in enrol(browser, printed).content.decode()
    assert not has_factor(pharmacist.user)
    clock.shift(timedelta(minutes=5))
    enrol(log_in(pharmacist.user), printed)
    assert has_factor(pharmacist.user)


def test_only_its_digest_is_kept(pharmacist: Delegation, printed: str) -> None:
    assert len(EnrolmentCode.objects.get().digest) == 64
    assert printed.encode() not in dump()
    assert printed.replace("-", "").encode() not in dump()


def test_a_code_is_written_once(printed: str) -> None:
    with pytest.raises(DatabaseError, match="written once"), transaction.atomic():
        EnrolmentCode.objects.update(expires_at=NOW + timedelta(days=999))


def test_a_session_from_before_the_second_factor_ends(pharmacist: Delegation, printed: str) -> None:
    """Or whoever had the password then could read the recovery codes now."""
    early = log_in(pharmacist.user)
    enrol(log_in(pharmacist.user), printed)
    for address in (CODES, "/accounts/2fa/totp/deactivate/", "/accounts/password/change/", "/preparations/"):
        answer = early.get(address)
        assert (answer.status_code, answer.headers["Location"][:16]) == (302, "/accounts/login/")


def test_without_that_it_would_show_the_recovery_codes(
    pharmacist: Delegation, printed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A planted fault: earlier sessions go on."""
    monkeypatch.setattr(Door, "_earlier_log_in", staticmethod(lambda request: None))
    early = log_in(pharmacist.user)
    enrol(log_in(pharmacist.user), printed)
    shown = early.get(CODES).content.decode()
    codes = Authenticator.objects.get(type="recovery_codes").wrap().get_unused_codes()
    assert codes[0] in shown


def test_recovery_codes_are_not_made_without_a_second_factor(pharmacist: Delegation, printed: str) -> None:
    log_in(pharmacist.user).post(f"{CODES}generate/")
    assert not has_factor(pharmacist.user)


def test_a_forgotten_password_is_no_way_in() -> None:
    """No page sends a link or a code by mail, so an address that others can read opens nothing."""
    names = ("account_reset_password", "account_email", "account_request_login_code")
    assert [name for name in names if resolves(name)] == []


def resolves(name: str) -> bool:
    with suppress(NoReverseMatch):
        return bool(reverse(name))
    return False


def test_whoever_has_a_second_factor_notices_nothing(pharmacist: Delegation, printed: str) -> None:
    """A new password set by the clinic leads to the question for the second factor, and no further."""
    TOTP.activate(pharmacist.user, generate_totp_secret())
    set_password(pharmacist.user, "another-quiet-heron-7")
    browser = log_in(pharmacist.user, "another-quiet-heron-7")
    assert browser.get(ENROL).headers["Location"].startswith("/accounts/login/")
    assert browser.get("/accounts/2fa/authenticate/").status_code == 200
    assert browser.get("/preparations/").headers["Location"].startswith("/accounts/login/")


def test_a_telephone_is_replaced_with_a_recovery_code_and_no_other(
    pharmacist: Delegation, clock: time_machine.Traveller
) -> None:
    set_password(pharmacist.user)
    TOTP.activate(pharmacist.user, generate_totp_secret())
    spare = RecoveryCodes.activate(pharmacist.user).get_unused_codes()[0]
    browser = log_in(pharmacist.user)
    browser.post("/accounts/2fa/authenticate/", {"code": spare})
    browser.post("/accounts/reauthenticate/", {"password": PASSWORD})
    browser.post("/accounts/2fa/totp/deactivate/")
    assert not has_factor(pharmacist.user)
    enrol(browser, None)
    assert has_factor(pharmacist.user)


# --- Commands ------------------------------------------------------------------------------------


def said(*command: str) -> str:
    out = StringIO()
    call_command(*command, stdout=out)
    return out.getvalue()


def account(world: TrialFixture, role: Role) -> str:
    return said("create_account", "somebody", f"--trial={world.trial.pk}", f"--role={role}")


@pytest.mark.parametrize("role", sorted(DOORS["pharmacy"]))
def test_create_account_prints_a_code_that_works(world: TrialFixture, role: Role) -> None:
    """Once the person has set the password, at the clinic door by a link."""
    code = account(world, role).split()[-1]
    user = User.objects.get(username="somebody")
    assert not user.has_usable_password()
    user.set_password(PASSWORD)
    user.save()
    enrol(log_in(user), code)
    assert has_factor(user)


@pytest.mark.parametrize("role", sorted(set(Role) - DOORS["pharmacy"]))
def test_create_account_prints_none_for_whom_this_door_does_not_let_in(
    world: TrialFixture, role: Role
) -> None:
    assert "nrolment" not in account(world, role)
    assert not EnrolmentCode.objects.exists()


def test_a_further_duty_of_somebody_with_a_second_factor_makes_no_code(
    world: TrialFixture, pharmacist: Delegation
) -> None:
    TOTP.activate(pharmacist.user, generate_totp_secret())
    words = ("create_account", pharmacist.user.username, f"--trial={world.trial.pk}", "--role=pharmacist")
    assert "nrolment" not in said(*words)


def test_the_command_makes_a_new_code(pharmacist: Delegation, printed: str) -> None:
    newer = said("enrolment_code", pharmacist.user.username).strip()
    enrol(log_in(pharmacist.user), newer)
    assert has_factor(pharmacist.user)


def test_a_lost_second_factor_is_removed_only_when_that_is_said(pharmacist: Delegation) -> None:
    TOTP.activate(pharmacist.user, generate_totp_secret())
    RecoveryCodes.activate(pharmacist.user)
    with pytest.raises(CommandError, match="has a second factor"):
        said("enrolment_code", pharmacist.user.username)
    assert has_factor(pharmacist.user)
    assert said("enrolment_code", pharmacist.user.username, "--lost").count("-") == 3
    assert not has_factor(pharmacist.user)
    assert trail()[-2:] == ["second_factor.removed", "enrolment_code.made"]


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no database roles")
def test_the_pharmacys_own_role_is_enough_for_a_new_code_and_its_use(pharmacist: Delegation) -> None:
    set_password(pharmacist.user)
    TOTP.activate(pharmacist.user, generate_totp_secret())
    with the_role("velum_pharmacy"):
        newer = said("enrolment_code", pharmacist.user.username, "--lost").strip()
        enrol(log_in(pharmacist.user), newer)
    assert has_factor(pharmacist.user)


def test_there_is_no_code_for_whom_this_door_does_not_let_in(world: TrialFixture) -> None:
    with pytest.raises(NotPermitted, match="no duty behind the pharmacy door"):
        make_code(user=world.nurse.user, at=NOW)
    with pytest.raises(CommandError, match="no duty behind the pharmacy door"):
        said("enrolment_code", world.nurse.user.username, "--lost")
    with pytest.raises(CommandError, match="There is no account nobody"):
        said("enrolment_code", "nobody")


def test_whoever_has_a_second_factor_gets_no_code(pharmacist: Delegation) -> None:
    TOTP.activate(pharmacist.user, generate_totp_secret())
    with pytest.raises(SecondFactorInUse):
        make_code(user=pharmacist.user, at=NOW)
