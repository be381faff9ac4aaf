"""Somebody logs in through the hospital, in tests of either door; the provider is a real one."""

from __future__ import annotations

import time
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from allauth.mfa.utils import decrypt
from django.test import Client

from tests.servers.hospital import CLIENT, SECRET, Hospital, path_of
from trial.models import User

PASSWORD = "amber-birch-cedar-17"
BEGIN, LINK, ASKED = "/accounts/sign-on/", "/accounts/sign-on/link/", "/accounts/2fa/authenticate/"


def switch_on(settings: Any, hospital: Hospital) -> None:
    """The settings of a door that has a provider."""
    settings.VELUM_SIGN_ON_ISSUER = hospital.issuer
    settings.VELUM_SIGN_ON_CLIENT, settings.VELUM_SIGN_ON_SECRET = CLIENT, SECRET
    settings.VELUM_SIGN_ON_NAME = "St. Erasme"


def with_app(user: User, name: str = "amelie") -> User:
    """The person with a password, a second factor at this door, and the hospital's mail address."""
    user.email = f"{name}@hospital.example"
    user.set_password(PASSWORD)
    user.save()
    TOTP.activate(user, generate_totp_secret())
    return user


def code_of(user: User, *, later: int = 0) -> str:
    """The six digits of the person's app, or those of a later half minute."""
    seed = decrypt(Authenticator.objects.get(user=user, type="totp").data["secret"])
    return str(format_hotp_value(hotp_value(seed, int(time.time()) // 30 + later)))


def forget_codes(user: User) -> None:
    """As if the half minute of the last code were over."""
    row = Authenticator.objects.get(user=user, type="totp")
    row.data.pop("last_step", None)
    row.save()


def log_in(user: User) -> Client:
    """By password, then the second factor."""
    browser = Client()
    browser.post("/accounts/login/", {"login": user.username, "password": PASSWORD})
    answer = browser.post(ASKED, {"code": code_of(user)})
    assert answer.status_code == 302, answer.content.decode()
    forget_codes(user)
    return browser


def back(browser: Client, hospital: Hospital, there: str) -> Any:
    """Through the hospital and back: the page that asks for itself again, and then the answer."""
    address = path_of(hospital.logs_in(there))
    first = browser.get(address)
    assert first.status_code == 200 and 'http-equiv="refresh"' in first.content.decode()
    return browser.get(address + "&here=1")


def sign_on(hospital: Hospital, browser: Client | None = None, query: str = "") -> tuple[Client, Any]:
    """The log-in through the hospital, as far as the second factor."""
    browser = browser or Client()
    begun = browser.get(BEGIN + query)
    assert begun.status_code == 302, begun.content.decode()
    return browser, back(browser, hospital, begun.headers["Location"])


def linked(user: User, hospital: Hospital, browser: Client | None = None) -> Client:
    """A session in which the person has linked the account."""
    browser = browser or log_in(user)
    page = browser.post(LINK, {"password": PASSWORD})
    assert page.status_code == 200, page.content.decode()
    answer = back(browser, hospital, page.context["address"])
    assert answer.headers["Location"] == LINK, answer.content.decode()
    return browser


def come_in(user: User, hospital: Hospital) -> Client:
    """Log in through the hospital, second factor included."""
    browser, answer = sign_on(hospital)
    assert answer.headers["Location"] == ASKED, answer.content.decode()
    assert browser.post(ASKED, {"code": code_of(user)}).status_code == 302
    forget_codes(user)
    return browser


def came_by_sign_on(browser: Client, user: User) -> None:
    """A session that began at the hospital's log-in and has a second factor, without going there."""
    browser.force_login(user)
    session = browser.session
    session["account_authentication_methods"] = [{"method": "sign_on"}, {"method": "mfa"}]
    session["account_authentication_methods_user"] = str(user.pk)
    session.save()
