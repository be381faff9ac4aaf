"""What a password may be, what a session is worth, and where an answer may lead."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from tests.pages.conftest import PASSWORD, Browser
from tests.site_fixture import SiteFixture
from trial.models import User

COMPOSITIONS = (
    "qoxhtzwkgbjf",
    "quiet otter hums ",
    "quiet otter hums " * 16,
    "Ω≈ç√∫˜µ≤≥÷å∂",
    "wheelbarrow\tquilted",
    "ЗимаВеснаЛетоОсень",
)
"""Small letters alone, a space at the end, 272 signs, signs alone, a tab, other letters."""
LOG_IN, NEW = "/accounts/login/", "/accounts/password/change/"


def came_in(user: User, password: str = PASSWORD) -> Client:
    """A browser in which the person has just logged in."""
    one = Client()
    assert one.post(LOG_IN, {"login": user.username, "password": password}).status_code == 302
    return one


@pytest.fixture
def user(ward: SiteFixture) -> User:
    """The nurse, with a password of hers."""
    ward.nurse.user.set_password(PASSWORD)
    ward.nurse.user.save()
    return ward.nurse.user


def changed(one: Client, password: str, *, old: str = PASSWORD) -> bool:
    typed = {"oldpassword": old, "password1": password, "password2": password}
    return bool(one.post(NEW, typed).status_code == 302)


@pytest.mark.parametrize("password", COMPOSITIONS)
def test_a_password_of_any_composition_is_taken_exactly_as_typed(user: User, password: str) -> None:
    assert changed(came_in(user), password)
    assert Client().post(LOG_IN, {"login": user.username, "password": password}).status_code == 302
    for another in {password.strip(), password.upper(), password[:64]} - {password}:
        assert Client().post(LOG_IN, {"login": user.username, "password": another}).status_code != 302


@pytest.mark.parametrize("password", ["qoxhtzwkgbj", "password1234", "483920174650", "1qaz2wsx3edc"])
def test_a_short_common_or_numeric_password_is_refused(user: User, password: str) -> None:
    assert not changed(came_in(user), password)


def test_a_new_password_wants_the_old_one(user: User) -> None:
    assert not changed(came_in(user), "qoxhtzwkgbjf", old="another-old-one")


def test_a_field_of_a_password_hides_it_and_lets_programs_fill_it(user: User) -> None:
    pages = Client().get(LOG_IN).content.decode() + came_in(user).get(NEW).content.decode()
    fields = [one for one in re.findall(r"<input[^>]*>", pages) if "password" in one and "hidden" not in one]
    assert len(fields) == 4 and all('type="password"' in one for one in fields)
    assert all('autocomplete="off"' not in one and "readonly" not in one for one in fields)
    scripts = [path.read_text() for path in Path(settings.BASE_DIR, "trial", "static").rglob("*.js")]
    assert not [text for text in scripts if re.search(r"[\"'](?:paste|copy|contextmenu)[\"']", text)]


@pytest.mark.django_db
def test_a_new_installation_has_no_account() -> None:
    assert not User.objects.exists()


def test_a_log_in_gives_the_session_a_new_name(user: User) -> None:
    one = Client()
    one.cookies[settings.SESSION_COOKIE_NAME] = "a" * 32
    one.post(LOG_IN, {"login": user.username, "password": PASSWORD})
    name = one.cookies[settings.SESSION_COOKIE_NAME].value
    assert name != "a" * 32 and re.fullmatch(r"[a-z0-9]{32}", name)
    assert came_in(user).cookies[settings.SESSION_COOKIE_NAME].value != name


def test_after_the_log_out_the_session_opens_nothing(user: User) -> None:
    one = came_in(user)
    assert one.get("/today/").status_code == 200
    taken = one.cookies[settings.SESSION_COOKIE_NAME].value
    one.post("/accounts/logout/")
    thief = Client()
    thief.cookies[settings.SESSION_COOKIE_NAME] = taken
    assert thief.get("/today/").status_code == 302


@pytest.mark.parametrize("page", ["/today/", "/participants/", "/trial/", "/outbox/", "/accounts/sessions/"])
def test_the_way_out_stands_on_every_page(ward: SiteFixture, page: str) -> None:
    assert 'action="/accounts/logout/"' in Browser(ward.nurse).read(page)


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example/", "javascript:alert(1)"])
def test_no_answer_leads_to_another_host(user: User, elsewhere: str) -> None:
    one = Client()
    came = one.post(LOG_IN, {"login": user.username, "password": PASSWORD, "next": elsewhere})
    spoke = one.post("/language/", {"language": "fr", "next": elsewhere})
    assert "evil" not in came["Location"] + spoke["Location"] and spoke["Location"] == "/"


@pytest.mark.parametrize("folder", ["/static/", "/static/velum/", "/.git/", "/static/../trial/settings.py"])
def test_no_folder_is_listed_and_no_file_but_a_static_one_is_served(ward: SiteFixture, folder: str) -> None:
    assert Browser(ward.nurse).get(folder).status_code == 404
