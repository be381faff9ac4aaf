"""What the clinic door tells browsers with every answer, and what it takes from programs without TLS."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from tests.browser_rules import cookies_of_a_real_door, demand_tls, missing, not_marked
from tests.pages.conftest import Browser
from tests.site_fixture import SiteFixture

ADDRESSES = ("/today/", "/nowhere/", "/accounts/login/", "/health", "/api/v1/trials/t/", "/feeds/none.ics")


@pytest.fixture
def at_the_door(ward: SiteFixture, settings: Any) -> Browser:
    """A nurse's browser at a door that demands TLS."""
    demand_tls(settings)
    return Browser(ward.nurse)


@pytest.mark.parametrize("address", ADDRESSES)
def test_every_answer_tells_the_browser_what_it_may_do(at_the_door: Browser, address: str) -> None:
    assert missing(at_the_door.get(address, secure=True)) == []
    assert missing(Client().get(address, secure=True)) == []


def test_a_static_file_does_so_too(at_the_door: Browser) -> None:
    answer = at_the_door.get("/static/velum/keep.js", secure=True)
    assert (answer.status_code, missing(answer, static=True)) == (200, [])


def test_a_refused_form_does_so_too(at_the_door: Browser) -> None:
    answer = Client(enforce_csrf_checks=True).post("/accounts/login/", {"login": "n"}, secure=True)
    assert (answer.status_code, missing(answer)) == (403, [])


def test_a_browser_is_led_to_https_and_a_program_is_refused(at_the_door: Browser) -> None:
    assert at_the_door.get("/today/").headers["Location"] == "https://testserver/today/"
    for address in ("/api/v1/trials/t/participants/", "/feeds/some-secret.ics"):
        answer = Client().get(address)
        assert (answer.status_code, answer.json()["code"]) == (400, "malformed")
        assert "https" in answer.json()["detail"] and "some-secret" not in answer.content.decode()


def test_without_that_demand_a_program_is_let_in(ward: SiteFixture) -> None:
    assert Client().get("/api/v1/trials/t/participants/").status_code == 401


def test_every_cookie_belongs_to_this_host_alone() -> None:
    *names, session, forms = cookies_of_a_real_door("clinic")
    assert len(names) == 5 and all(name.startswith("__Host-velum-clinic-") for name in names)
    assert (session, forms) == ("True", "True")


def test_no_script_and_no_other_site_gets_a_cookie(ward: SiteFixture) -> None:
    one, user = Client(), ward.nurse.user
    user.set_password("amber-birch-cedar-17")
    user.save()
    asked = one.get("/accounts/login/")
    wrong = one.post("/accounts/login/", {"login": user.username, "password": "another"})
    came = one.post("/accounts/login/", {"login": user.username, "password": "amber-birch-cedar-17"})
    spoke = one.post("/language/", {"language": "fr"})
    left = one.post("/accounts/logout/")
    assert [name for answer in (asked, wrong, came, spoke) for name in not_marked(answer)] == []
    assert {"velum-clinic-sid", "velum-clinic-csrf"} <= set(came.cookies)
    assert left.cookies["velum-clinic-sid"]["max-age"] == 0 or not left.cookies["velum-clinic-sid"].value


def test_a_cookie_without_its_marks_is_found(ward: SiteFixture) -> None:
    answer = Client().get("/accounts/login/")
    answer.set_cookie("planted", "1")
    assert not_marked(answer) == ["planted"]


def test_no_answer_repeats_what_was_sent(ward: SiteFixture) -> None:
    browser = Browser(ward.nurse)
    for address in ("/today/", "/", "/accounts/login/", "/api/v1/trials/t/participants/", "/health"):
        answer = browser.generic("TRACE", address, headers={"X-Planted": "repeated-word"})
        assert "repeated-word" not in answer.content.decode() + str(answer.headers)
