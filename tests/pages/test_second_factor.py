"""The clinic door's own second factor: set up, asked for, required by setting; apart from the pharmacy's."""

from __future__ import annotations

import re
import time
from datetime import timedelta

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.core.exceptions import ImproperlyConfigured
from django.test import Client
from pytest_django import Settings

from tests.site_fixture import SiteFixture
from tests.trial_fixture import START
from trial.installation import passkey_host, yes_or_no
from trial.models import ClinicFactor, User

PASSWORD = "amber-birch-cedar-17"
ENROL, ASKED = "/accounts/2fa/totp/activate/", "/accounts/2fa/authenticate/"


def log_in(user: User) -> Client:
    """A browser that gave the password."""
    user.set_password(PASSWORD)
    user.save()
    browser = Client()
    browser.post("/accounts/login/", {"login": user.username, "password": PASSWORD})
    return browser


def shown(seed: str) -> str:
    """The six digits of the moment."""
    return format_hotp_value(hotp_value(seed, int(time.time()) // 30))


def set_up(browser: Client) -> str:
    """Set up an app, and return its seed."""
    browser.post("/accounts/reauthenticate/", {"password": PASSWORD})
    page = browser.get(ENROL).content.decode()
    seed = re.search(r"\b[A-Z2-7]{32}\b", page)
    assert seed, page
    assert "nrolment code" not in page
    assert browser.post(ENROL, {"code": shown(seed[0])}).status_code == 302
    return seed[0]


def opens(browser: Client) -> bool:
    return browser.get("/today/").status_code == 200


def test_it_is_kept_in_the_clinics_own_table_and_enciphered(ward: SiteFixture) -> None:
    seed = set_up(log_in(ward.nurse.user))
    rows = ClinicFactor.objects.order_by("type")
    assert [row.type for row in rows] == ["recovery_codes", "totp"]
    assert Authenticator._meta.db_table == ClinicFactor._meta.db_table == "trial_clinicfactor"
    assert seed not in str([row.data for row in rows])


def test_whoever_has_set_one_up_is_asked_for_it(ward: SiteFixture) -> None:
    seed = set_up(log_in(ward.nurse.user))
    with time_machine.travel(START + timedelta(minutes=1), tick=False):
        browser = log_in(ward.nurse.user)
        assert not opens(browser)
        assert browser.get(ASKED).status_code == 200
        browser.post(ASKED, {"code": shown(seed)})
        assert opens(browser)


def test_the_code_that_set_it_up_does_not_log_in(ward: SiteFixture) -> None:
    seed = set_up(log_in(ward.nurse.user))
    browser = log_in(ward.nurse.user)
    browser.post(ASKED, {"code": shown(seed)})
    assert not opens(browser)


def test_a_colleagues_code_is_of_no_use(ward: SiteFixture) -> None:
    set_up(log_in(ward.nurse.user))
    other = set_up(log_in(ward.investigator.user))
    with time_machine.travel(START + timedelta(minutes=1), tick=False):
        browser = log_in(ward.nurse.user)
        browser.post(ASKED, {"code": shown(other)})
        assert not opens(browser)


def test_a_recovery_code_lets_in_once(ward: SiteFixture) -> None:
    set_up(log_in(ward.nurse.user))
    code = Authenticator.objects.get(type="recovery_codes").wrap().get_unused_codes()[0]
    found = []
    for _time in range(2):
        browser = log_in(ward.nurse.user)
        browser.post(ASKED, {"code": code})
        found.append(opens(browser))
    assert found == [True, False]


def test_without_the_setting_nobody_has_to(ward: SiteFixture, settings: Settings) -> None:
    assert not settings.VELUM_SECOND_FACTOR
    assert opens(log_in(ward.nurse.user))


def test_with_the_setting_nobody_comes_in_without_one(ward: SiteFixture, settings: Settings) -> None:
    settings.VELUM_SECOND_FACTOR = True
    browser = log_in(ward.nurse.user)
    for address in ("/today/", "/participants/", "/"):
        assert browser.get(address).headers["Location"] == ENROL
    set_up(browser)
    assert opens(browser)


def test_a_session_from_before_ends_on_the_accounts_pages(ward: SiteFixture) -> None:
    """Or whoever had the password then could read the recovery codes now."""
    early = log_in(ward.nurse.user)
    opens(early)
    set_up(log_in(ward.nurse.user))
    assert early.get("/accounts/2fa/recovery-codes/").headers["Location"].startswith("/accounts/login/")


def test_its_page_says_at_which_door_it_is_good(ward: SiteFixture) -> None:
    browser = log_in(ward.nurse.user)
    set_up(browser)
    page = browser.get("/accounts/2fa/").content.decode()
    assert "good at the clinic door only" in page and "Passkeys" in page
    assert (
        "From then on your password alone" in browser.get("/accounts/2fa/totp/deactivate/").content.decode()
    )


def test_a_passkey_is_set_up_by_whoever_came_with_a_second_factor(ward: SiteFixture) -> None:
    browser = log_in(ward.nurse.user)
    browser.post("/accounts/reauthenticate/", {"password": PASSWORD})
    assert browser.get("/accounts/2fa/webauthn/add/").headers["Location"] == ENROL
    set_up(browser)
    page = browser.get("/accounts/2fa/webauthn/add/").content.decode()
    assert '"rp": {"name": "Velum clinic", "id": "localhost"}' in page


@pytest.mark.parametrize(
    "answer", ["", "x", "{}", "[]", "1", '{"id": 1}', '{"rawId": "", "response": {}}', "null"]
)
def test_an_answer_that_no_browser_gives_is_refused_in_words(ward: SiteFixture, answer: str) -> None:
    browser = log_in(ward.nurse.user)
    set_up(browser)
    browser.get("/accounts/2fa/webauthn/add/")
    for address in ("/accounts/2fa/webauthn/add/", "/accounts/2fa/webauthn/reauthenticate/"):
        assert browser.post(address, {"credential": answer}, follow=True).status_code == 200
    assert not Authenticator.objects.filter(type="webauthn").exists()
    later = log_in(ward.nurse.user)
    assert later.post(ASKED, {"credential": answer}).status_code == 200
    assert not opens(later)


@pytest.mark.parametrize("text", ["maybe", "2", "", "oui"])
def test_a_wrong_setting_ends_in_a_sentence(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv("VELUM_CLINIC_SECOND_FACTOR", text)
    with pytest.raises(ImproperlyConfigured, match="Set it to yes or no"):
        yes_or_no("VELUM_CLINIC_SECOND_FACTOR", default=False)


@pytest.mark.parametrize(
    ("hosts", "wanted", "found"),
    [
        (["clinic.example", "127.0.0.1"], None, "clinic.example"),
        (["127.0.0.1", "clinic.example"], None, "clinic.example"),
        (["127.0.0.1", "[::1]"], None, ""),
        (["a.example", "b.example"], "b.example", "b.example"),
    ],
)
def test_passkeys_belong_to_one_name_of_the_door(
    monkeypatch: pytest.MonkeyPatch, hosts: list[str], wanted: str | None, found: str
) -> None:
    if wanted:
        monkeypatch.setenv("VELUM_PASSKEY_HOST", wanted)
    assert passkey_host(hosts) == found


@pytest.mark.parametrize("wanted", ["other.example", "127.0.0.1", "https://clinic.example"])
def test_another_name_ends_in_a_sentence(monkeypatch: pytest.MonkeyPatch, wanted: str) -> None:
    monkeypatch.setenv("VELUM_PASSKEY_HOST", wanted)
    with pytest.raises(ImproperlyConfigured, match="one of the host names in VELUM_HOSTS"):
        passkey_host(["clinic.example", "127.0.0.1"])
