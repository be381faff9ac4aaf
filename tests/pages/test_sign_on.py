"""Single sign-on at the clinic door, against a real provider in a process of its own."""

from __future__ import annotations

import copy
import datetime
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs

import pytest
import time_machine
from django.core.cache import cache
from django.core.checks import run_checks
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from tests.servers.hospital import Hospital, path_of
from tests.servers.processes import free_port
from tests.signing_on import (
    ASKED,
    BEGIN,
    LINK,
    PASSWORD,
    back,
    code_of,
    forget_codes,
    linked,
    log_in,
    sign_on,
    switch_on,
    with_app,
)
from tests.site_fixture import SiteFixture
from trial.models import AuditEntry, ClinicFactor, SignOnLink, User
from trial.people.sign_on.id_token import key_named
from trial.people.sign_on.refusals import SignOnRefused, Why
from trial.people.sign_on.wire import Bounded, one_question
from trial.walls.logs import without_secrets

pytestmark = pytest.mark.usefixtures("_now")


@pytest.fixture
def _now() -> Iterator[None]:
    """The provider has a clock of its own, which nobody here can stop: the door's shows the same."""
    now = time_machine.escape_hatch.datetime.datetime.now(tz=datetime.UTC)
    with time_machine.travel(now, tick=True):
        yield


@pytest.fixture
def nurse(ward: SiteFixture, hospital: Hospital, settings: Settings) -> User:
    switch_on(settings, hospital)
    cache.clear()
    return with_app(ward.nurse.user)


def opens(browser: Client) -> bool:
    return browser.get("/today/").status_code == 200


def acts(prefix: str = "sign_on.") -> list[str]:
    found = AuditEntry.objects.filter(action__startswith=prefix).order_by("at", "pk")
    return list(dict.fromkeys(found.values_list("action", flat=True)))


def test_whoever_has_linked_the_two_logs_in_there_and_gives_the_second_factor_here(
    nurse: User, hospital: Hospital
) -> None:
    linked(nurse, hospital)
    browser, answer = sign_on(hospital)
    assert answer.headers["Location"] == ASKED
    assert not opens(browser)
    assert browser.post(ASKED, {"code": code_of(nurse)}).status_code == 302
    assert opens(browser)
    done = AuditEntry.objects.filter(action="log_in.done").order_by("at").last()
    assert done is not None and '"way": "sign_on"' in done.body.replace('":"', '": "')
    assert acts() == ["sign_on.linked"]


def test_nobody_comes_in_who_has_not_linked_the_two(nurse: User, hospital: Hospital) -> None:
    """The mail address is the right one and confirmed; that alone opens nothing, and makes no account."""
    accounts = User.objects.count()
    browser, answer = sign_on(hospital)
    assert answer.status_code == 403
    assert "No account here is linked to your account at the hospital." in answer.content.decode()
    assert not opens(browser) and browser.get(ASKED).status_code == 302
    assert (acts(), User.objects.count()) == (["sign_on.not_linked"], accounts)


LIES = {
    "another issuer": ({"claims": {"iss": "https://evil.example"}}, "wrong_issuer", "another log-in"),
    "another audience": ({"claims": {"aud": "payroll"}}, "wrong_audience", "another service"),
    "an audience beside ours, asked for by another": (
        {"claims": {"aud": ["velum", "payroll"], "azp": "payroll"}}, "wrong_audience", "another service",
    ),
    "two audiences, and nobody who asked": (
        {"claims": {"aud": ["velum", "payroll"]}}, "wrong_audience", "another service",
    ),
    "another nonce": ({"claims": {"nonce": "of-yesterday"}}, "wrong_nonce", "another question"),
    "no nonce": ({"without": ["nonce"]}, "wrong_nonce", "another question"),
    "no mail": ({"without": ["email"]}, "no_mail", "no mail address that it has confirmed"),
    "a mail that nobody confirmed": ({"confirmed": False}, "no_mail", "no mail address"),
    "a mail that is confirmed by a word": ({"confirmed": "true"}, "no_mail", "no mail address"),
    "somebody else's mail": ({"mail": "boss@hospital.example"}, "other_mail", "not the one of the account"),
    "an answer that has run out": ({"claims": {"exp": 1700000000}}, "wrong_moment", "too old"),
    "an answer of yesterday": ({"claims": {"iat": 1700000000}}, "wrong_moment", "too old"),
    "an answer of tomorrow": ({"claims": {"iat": 4100000000}}, "wrong_moment", "from the future"),
    "another signature": ({"forge": "signature"}, "wrong_signature", "not signed with a key"),
    "no signature": ({"forge": "none"}, "wrong_signature", "not signed with a key"),
    "a secret as signature": ({"forge": "hmac"}, "wrong_signature", "not signed with a key"),
    "a key that the hospital has not": ({"forge": "key"}, "wrong_signature", "not signed with a key"),
    "nobody": ({"claims": {"sub": ""}}, "unreadable", "cannot be read"),
    "another person at the computer": ({"user": "zoe"}, "not_linked", "No account here is linked"),
}  # fmt: skip


def test_a_provider_that_lies_opens_nothing_and_is_entered(
    nurse: User, hospital: Hospital, subtests: pytest.Subtests
) -> None:
    linked(nurse, hospital)
    for lie, (said, kind, words) in LIES.items():
        with subtests.test(lie):
            hospital.say(**said)
            browser, answer = sign_on(hospital)
            page = answer.content.decode()
            assert answer.status_code == 403 and words in page, page
            assert "Log in with your Velum password" in page
            assert not opens(browser) and browser.get(ASKED).status_code == 302
            assert f"sign_on.{kind}" in acts()


@pytest.mark.parametrize("lie", ["another issuer", "no mail"])
def test_a_provider_that_lies_links_nothing(nurse: User, hospital: Hospital, lie: str) -> None:
    browser = log_in(nurse)
    said, kind, _words = LIES[lie]
    hospital.say(**said)
    page = browser.post(LINK, {"password": PASSWORD})
    answer = back(browser, hospital, page.context["address"])
    assert answer.status_code == 403 and "Nothing was linked" in answer.content.decode()
    assert not SignOnLink.objects.exists()
    assert acts() == [f"sign_on.{kind}"]


@pytest.mark.parametrize(
    ("language", "words"), [("en-gb", "an answer that cannot be read"), ("fr", "illisible")]
)
def test_the_sentence_is_in_the_readers_language(
    nurse: User, hospital: Hospital, language: str, words: str
) -> None:
    hospital.say(claims={"sub": ""})
    browser = Client()
    browser.post("/language/", {"language": language, "next": "/"})
    _browser, answer = sign_on(hospital, browser)
    assert words in answer.content.decode()


@pytest.mark.parametrize(
    "change",
    [
        lambda there: there.replace("state=", "state=x"),
        lambda there: there.partition("&state=")[0],
    ],
)
def test_an_answer_that_this_browser_did_not_ask_for_opens_nothing(
    nurse: User, hospital: Hospital, change: Any
) -> None:
    linked(nurse, hospital)
    browser = Client()
    there = browser.get(BEGIN).headers["Location"]
    address = change(path_of(hospital.logs_in(there)))
    answer = browser.get(address + "&here=1")
    assert answer.status_code == 403 and "This browser did not ask" in answer.content.decode()
    assert acts()[-1] == "sign_on.wrong_state"


def test_an_answer_brought_by_another_browser_opens_nothing(nurse: User, hospital: Hospital) -> None:
    """Somebody who hands on the address of their own answer logs nobody in as them."""
    linked(nurse, hospital)
    address = path_of(hospital.logs_in(Client().get(BEGIN).headers["Location"])) + "&here=1"
    victim = Client()
    assert victim.get(address).status_code == 403
    victim.get(BEGIN)
    assert victim.get(address).status_code == 403
    assert victim.get(ASKED).status_code == 302


def test_an_answer_is_good_once(nurse: User, hospital: Hospital) -> None:
    linked(nurse, hospital)
    browser = Client()
    address = path_of(hospital.logs_in(browser.get(BEGIN).headers["Location"])) + "&here=1"
    cookies = copy.copy(browser.cookies)
    assert browser.get(address).headers["Location"] == ASKED
    again = Client()
    again.cookies = cookies
    answer = again.get(address)
    assert answer.status_code == 403 and "did not let you in" in answer.content.decode()


def test_a_ticket_is_good_for_ten_minutes(nurse: User, hospital: Hospital) -> None:
    linked(nurse, hospital)
    browser = Client()
    address = path_of(hospital.logs_in(browser.get(BEGIN).headers["Location"])) + "&here=1"
    with time_machine.travel(timezone.now() + datetime.timedelta(minutes=10), tick=True):
        assert browser.get(address).status_code == 403
    assert acts()[-1] == "sign_on.wrong_state"


def test_whoever_is_shut_out_there_is_told_so(nurse: User, hospital: Hospital) -> None:
    browser = Client()
    state = parse_qs(browser.get(BEGIN).headers["Location"].partition("?")[2])["state"][0]
    answer = browser.get(f"{BEGIN}back/?error=access_denied&state={state}&here=1")
    assert answer.status_code == 403 and "did not let you in" in answer.content.decode()
    assert acts() == ["sign_on.refused_there"]


def test_a_shut_account_and_one_without_a_second_factor_do_not_come_in(
    nurse: User, hospital: Hospital
) -> None:
    linked(nurse, hospital)
    ClinicFactor.objects.filter(user=nurse, type="totp").delete()
    _browser, answer = sign_on(hospital)
    assert "no authenticator app or passkey" in answer.content.decode()
    User.objects.filter(pk=nurse.pk).update(is_active=False)
    _browser, answer = sign_on(hospital)
    assert "is shut" in answer.content.decode()
    assert acts() == ["sign_on.linked", "sign_on.no_second_factor", "sign_on.account_shut"]


def test_an_ended_link_opens_nothing_and_the_password_does(nurse: User, hospital: Hospital) -> None:
    browser = linked(nurse, hospital)
    assert "Linked on" in browser.get(LINK).content.decode()
    assert browser.post(LINK, {"password": "wrong", "end": "1"}).status_code == 403
    assert browser.post(LINK, {"password": PASSWORD, "end": "1"}).status_code == 302
    assert "Your account is not linked." in browser.get(LINK).content.decode()
    _browser, answer = sign_on(hospital)
    assert answer.status_code == 403
    assert opens(log_in(nurse))
    assert acts() == ["sign_on.linked", "sign_on.unlinked", "sign_on.not_linked"]


def test_one_account_there_is_one_person_here(ward: SiteFixture, nurse: User, hospital: Hospital) -> None:
    linked(nurse, hospital)
    other = with_app(ward.investigator.user)
    browser = log_in(other)
    page = browser.post(LINK, {"password": PASSWORD})
    answer = back(browser, hospital, page.context["address"])
    assert answer.status_code == 409 and "somebody else" in answer.content.decode()
    assert not SignOnLink.objects.filter(user=other).exists()


def test_linking_wants_the_password_and_a_session_with_a_second_factor(
    nurse: User, hospital: Hospital
) -> None:
    browser = log_in(nurse)
    assert browser.post(LINK, {"password": "wrong"}).status_code == 403
    assert "sign_on_go" not in str([t.name for t in browser.post(LINK, {}).templates])
    alone = Client()
    alone.force_login(nurse)
    assert alone.get(LINK).status_code == 302


def test_a_link_is_for_whoever_asked_for_it(ward: SiteFixture, nurse: User, hospital: Hospital) -> None:
    """Another person, logged in with the same browser meanwhile, is not linked by the answer."""
    browser = log_in(nurse)
    page = browser.post(LINK, {"password": PASSWORD})
    other = log_in(with_app(ward.investigator.user))
    ticket = next(name for name in browser.cookies if name.endswith("sign-on"))
    other.cookies[ticket] = browser.cookies[ticket].value
    assert back(other, hospital, page.context["address"]).status_code == 403
    assert not SignOnLink.objects.exists()


def test_a_provider_that_describes_itself_as_another_is_not_asked(
    nurse: User, hospital: Hospital, settings: Settings
) -> None:
    """Whatever answers at that address has to be the provider that was set: nobody is sent to it."""
    settings.VELUM_SIGN_ON_ISSUER = hospital.issuer + "/"
    answer = Client().get(BEGIN)
    assert answer.status_code == 403 and "another log-in than the one" in answer.content.decode()
    assert acts() == ["sign_on.wrong_issuer"]


def test_a_provider_that_is_gone_holds_nobody_up(
    nurse: User, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Asked once, and then not for half a minute; the log-in page asks nothing, and takes the password."""
    settings.VELUM_SIGN_ON_ISSUER = f"http://127.0.0.1:{free_port()}/o"
    asked, ask = [], Bounded.request
    monkeypatch.setattr(Bounded, "request", lambda *given, **named: asked.append(1) or ask(*given, **named))
    page = Client().get("/accounts/login/").content.decode()
    assert "Log in through St. Erasme" in page and not asked
    for _time in range(3):
        answer = Client().get(BEGIN)
        assert answer.status_code == 503 and "does not answer" in answer.content.decode()
    assert len(asked) == 1
    assert opens(log_in(nurse))


def test_one_question_goes_out_at_a_time(nurse: User, hospital: Hospital) -> None:
    """Whoever comes meanwhile is asked again by their own browser, and told after some tries."""
    with one_question(timezone.now()):
        page = Client().get(BEGIN)
        assert page.status_code == 200 and 'content="1;' in page.content.decode()
        last = Client().get(BEGIN + "?here=15")
        assert last.status_code == 503 and "Somebody else is logging in" in last.content.decode()
    assert Client().get(BEGIN).status_code == 302


def test_what_is_no_token_is_refused_as_unreadable() -> None:
    for token in ("", "no.token", "eyJhbGciOiJSUzI1NiJ9", "....."):
        with pytest.raises(SignOnRefused) as reason:
            key_named(token, [{"kty": "RSA"}])
        assert reason.value.why == Why.UNREADABLE


def test_without_the_setting_there_is_no_such_page(ward: SiteFixture) -> None:
    for address in (BEGIN, BEGIN + "back/"):
        assert Client().get(address).status_code == 404
    page = Client().get("/accounts/login/").content.decode()
    assert "account at the hospital" not in page


@pytest.mark.parametrize(
    ("issuer", "good"),
    [
        ("https://login.hospital.example/realms/staff", True),
        ("http://127.0.0.1:8080/o", True),
        ("http://login.hospital.example", False),
        ("https://login.hospital.example#x", False),
        ("https://me:word@login.hospital.example", False),
        ("login.hospital.example", False),
        ("https://[", False),
    ],
)
def test_settings_that_do_not_fit_are_named_and_switch_nothing_on(
    ward: SiteFixture, settings: Settings, issuer: str, good: bool
) -> None:
    settings.VELUM_SIGN_ON_ISSUER = issuer
    settings.VELUM_SIGN_ON_CLIENT, settings.VELUM_SIGN_ON_SECRET = "velum", "secret"
    assert [fault.id for fault in run_checks() if fault.id == "velum.E001"] == [] if good else ["velum.E001"]
    if not good:
        assert Client().get(BEGIN).status_code == 404
    settings.VELUM_SIGN_ON_SECRET = ""
    assert "velum.E001" in [fault.id for fault in run_checks()]


def test_code_and_state_stand_in_no_log(nurse: User, hospital: Hospital) -> None:
    address = path_of(hospital.logs_in(Client().get(BEGIN).headers["Location"]))
    line = without_secrets(f'"GET {address}&here=1 HTTP/1.1" 403')
    given = parse_qs(address.partition("?")[2])
    assert given["code"][0] not in line and given["state"][0] not in line
    assert line.startswith('"GET /accounts/sign-on/back/?') and line.endswith('&here=1 HTTP/1.1" 403')


def test_the_way_goes_on_to_the_page_that_was_asked_for(nurse: User, hospital: Hospital) -> None:
    linked(nurse, hospital)
    for wanted, gets in (("/participants/", "/participants/"), ("https://evil.example/", "/")):
        browser, _answer = sign_on(hospital, query=f"?next={wanted}")
        answer = browser.post(ASKED, {"code": code_of(nurse)})
        assert answer.headers["Location"] == gets
        forget_codes(nurse)
