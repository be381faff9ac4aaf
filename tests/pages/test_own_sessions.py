"""One's own sessions: listed, ended, and none lasts longer than a working day."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import ImproperlyConfigured
from django.test import Client

from tests.site_fixture import SiteFixture
from tests.trial_fixture import START
from trial.installation import whole
from trial.models import OpenSession, User
from trial.people.log_in.sessions import browser_name

PAGE = "/accounts/sessions/"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1 Version/18.0 Safari/604.1"
PASSWORD = "amber-birch-cedar-17"


def browser(user: User, name: str = FIREFOX) -> Client:
    """A browser in which that person has logged in with the password."""
    user.set_password(PASSWORD)
    user.save()
    made = Client(headers={"User-Agent": name})
    assert made.post("/accounts/login/", {"login": user.username, "password": PASSWORD}).status_code == 302
    made.get("/today/")
    return made


def two_browsers(user: User) -> tuple[Client, Client]:
    here = browser(user)
    there = Client(headers={"User-Agent": IPHONE})
    there.post("/accounts/login/", {"login": user.username, "password": PASSWORD})
    there.get("/today/")
    return here, there


def opens(one: Client) -> bool:
    return one.get("/today/").status_code == 200


def test_the_page_lists_them_and_says_which_is_this_one(ward: SiteFixture) -> None:
    here, _there = two_browsers(ward.nurse.user)
    page = here.get(PAGE).content.decode()
    assert "Firefox, Linux" in page and "Safari, iPhone" in page and "127.0.0.1" in page
    assert page.count("this one") == page.count("End this session") == 1


def test_one_is_ended_and_opens_nothing_more(ward: SiteFixture) -> None:
    here, there = two_browsers(ward.nurse.user)
    other = OpenSession.objects.get(browser="Safari, iPhone")
    assert "has ended" in here.post(PAGE, {"session": other.pk}, follow=True).content.decode()
    assert (opens(here), opens(there)) == (True, False)


def test_all_others_are_ended_at_once(ward: SiteFixture) -> None:
    here, there = two_browsers(ward.nurse.user)
    assert "1 other session has ended." in here.post(PAGE, follow=True).content.decode()
    assert (opens(here), opens(there)) == (True, False)


def test_nobody_ends_somebody_elses(ward: SiteFixture) -> None:
    nurse, doctor = browser(ward.nurse.user), browser(ward.investigator.user)
    theirs = OpenSession.objects.get(user=ward.investigator.user)
    assert "ended already" in nurse.post(PAGE, {"session": theirs.pk}, follow=True).content.decode()
    nurse.post(PAGE)
    assert opens(doctor)


@pytest.mark.parametrize("session", ["0", "99999999999999999", "-1", "x", "1" * 40, "१"])
def test_a_session_that_is_not_there_is_no_error(ward: SiteFixture, session: str) -> None:
    here = browser(ward.nurse.user)
    assert here.post(PAGE, {"session": session}, follow=True).status_code == 200
    assert opens(here)


def test_it_stays_one_line_when_the_session_gets_another_name(ward: SiteFixture) -> None:
    """A new password, as well as another duty, gives the session a new name."""
    here, there = two_browsers(ward.nurse.user)
    typed = {"oldpassword": PASSWORD, "password1": "delta-ember-fjord-2", "password2": "delta-ember-fjord-2"}
    here.post("/accounts/password/change/", typed)
    assert (opens(here), opens(there)) == (True, False)
    page = here.get(PAGE).content.decode()
    assert "this one" in page and "Firefox" in page


def test_the_line_goes_with_the_session(ward: SiteFixture) -> None:
    here = browser(ward.nurse.user)
    here.post("/accounts/logout/")
    assert not OpenSession.objects.exists()


def test_the_line_of_a_session_that_ran_out_is_not_shown(ward: SiteFixture) -> None:
    browser(ward.nurse.user, IPHONE)
    with time_machine.travel(START + timedelta(minutes=20), tick=False):
        page = browser(ward.nurse.user).get(PAGE).content.decode()
    assert "iPhone" not in page
    assert OpenSession.objects.count() == 1


def working(one: Client, until: timedelta) -> None:
    """A page every ten minutes."""
    for minutes in range(0, int(until.total_seconds()) // 60, 10):
        with time_machine.travel(START + timedelta(minutes=minutes), tick=False):
            assert opens(one), minutes


def test_no_session_lasts_longer_than_eight_hours_however_busy_it_is(ward: SiteFixture) -> None:
    one = browser(ward.nurse.user)
    working(one, timedelta(hours=8))
    with time_machine.travel(START + timedelta(hours=8), tick=False):
        answer = one.get("/today/", follow=True)
    assert "You were signed in for a whole working day. Sign in again." in answer.content.decode()
    assert not OpenSession.objects.exists()


def test_what_was_typed_at_that_moment_is_taken(ward: SiteFixture) -> None:
    one = browser(ward.nurse.user)
    working(one, timedelta(hours=8))
    for minutes, taken in ((1, True), (6, False)):
        with time_machine.travel(START + timedelta(hours=8, minutes=minutes), tick=False):
            answer = one.post("/language/", {"language": "fr"})
        ward.nurse.user.refresh_from_db()
        assert (answer.status_code, ward.nurse.user.language == "fr") == (302, True)
        assert (one.session.get("began") is not None) is taken


@pytest.mark.parametrize("text", ["0", "25", "-1", "eight", "", "1.5", "٣"])
def test_a_wrong_setting_ends_in_a_sentence(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv("VELUM_SESSION_HOURS", text)
    with pytest.raises(ImproperlyConfigured, match=r"Set it to a whole number from 1 to 24\."):
        whole("VELUM_SESSION_HOURS", 8, least=1, most=24)


@pytest.mark.parametrize(
    ("header", "said"),
    [(FIREFOX, "Firefox, Linux"), (IPHONE, "Safari, iPhone"), ("curl/8.5", "curl"), ("", "")],
)
def test_a_browser_is_named_in_two_words(header: str, said: str) -> None:
    assert browser_name(header) == said
