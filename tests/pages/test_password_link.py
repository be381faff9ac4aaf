"""`create_account` and `password_link`: a person sets the password by a link, and nobody else types it."""

from __future__ import annotations

import re
from datetime import timedelta
from io import StringIO

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.test import Client
from pytest_django import Settings

from tests.pages.conftest import PASSWORD
from tests.site_fixture import SiteFixture
from tests.trial_fixture import START, leave
from trial.models import AuditEntry, User

NEW = "quiet-otter-lantern-42"
OTHER = "another-quiet-lantern-43"


def said(*words: str) -> str:
    out = StringIO()
    call_command(*words, stdout=out)
    return out.getvalue()


def link_for(name: str) -> str:
    """The path of a new link."""
    printed = said("password_link", name, "--address", "https://clinic.example/")
    found = re.search(r"https://clinic\.example(/invitation/\S+/)\n", printed)
    assert found, printed
    return found[1]


def set_password(link: str, password: str = NEW, again: str = "") -> tuple[int, str]:
    answer = Client().post(link, {"password": password, "again": again or password})
    return answer.status_code, answer.content.decode()


def gets_in(name: str, password: str) -> bool:
    browser = Client()
    browser.post("/accounts/login/", {"login": name, "password": password})
    return browser.get("/today/").status_code == 200


def acts() -> list[str]:
    rows = AuditEntry.objects.filter(subject="nora", action__startswith="password.")
    return list(rows.order_by("at", "pk").values_list("action", flat=True))


@pytest.fixture
def nora(ward: SiteFixture) -> User:
    """A nurse whose account was just made."""
    words = (f"--trial={ward.nurse.trial_id}", "--role=study_nurse", "--site=01")
    assert "`manage.py password_link nora`" in said("create_account", "nora", *words)
    return User.objects.get(username="nora")


def test_a_new_account_opens_to_nobody_until_the_person_has_set_the_password(nora: User) -> None:
    assert not nora.has_usable_password()
    assert not gets_in("nora", "") and not gets_in("nora", nora.password)
    link = link_for("nora")
    page = Client().get(link).content.decode()
    assert "Your log-in name is nora." in page and "All your sessions end" not in page
    assert set_password(link)[0] == 302
    assert gets_in("nora", NEW)
    assert acts() == ["password.link_made", "password.changed"]


def test_no_password_is_read_from_whoever_makes_the_account(
    ward: SiteFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", StringIO(f"{NEW}\n"))
    said("create_account", "otto", f"--trial={ward.nurse.trial_id}", "--role=study_nurse", "--site=01")
    assert not gets_in("otto", NEW)


def test_a_link_is_good_once_and_the_second_use_is_entered(nora: User) -> None:
    link = link_for("nora")
    set_password(link)
    for status, page in (set_password(link, OTHER), (Client().get(link).status_code, "does not work")):
        assert status == 410 and "does not work" in page
    assert gets_in("nora", NEW) and not gets_in("nora", OTHER)
    assert acts()[2:] == ["password.link_refused"]  # the first within the hour; the tenth is the next


def test_a_newer_password_or_a_log_in_ends_a_link_that_waits(ward: SiteFixture) -> None:
    nurse = ward.nurse.user
    nurse.set_password(PASSWORD)
    nurse.save()
    link, second = link_for(nurse.username), link_for(nurse.username)
    assert set_password(second)[0] == 302
    assert set_password(link, OTHER)[0] == 410
    third = link_for(nurse.username)
    assert gets_in(nurse.username, NEW)
    assert set_password(third, OTHER)[0] == 410


def test_it_ends_after_three_days_and_with_the_account(nora: User, ward: SiteFixture) -> None:
    with time_machine.travel(START, tick=False):
        link = link_for("nora")
    with time_machine.travel(START + timedelta(days=3, seconds=-1), tick=False):
        assert Client().get(link).status_code == 200
    with time_machine.travel(START + timedelta(days=3), tick=False):
        assert set_password(link)[0] == 410
    with time_machine.travel(START, tick=False):
        leave(nora.delegations.get(), "account")
        assert set_password(link)[0] == 410
        with pytest.raises(CommandError, match="shut, or a system's"):
            said("password_link", "nora")


@pytest.mark.parametrize("spoil", ["account", "end", "signature", "another door"])
def test_a_link_that_somebody_made_up_sets_nothing(
    nora: User, ward: SiteFixture, settings: Settings, spoil: str
) -> None:
    link = link_for("nora")
    _pw, pk, end, signature = link.split("/")[2].split("-", 3)
    if spoil == "another door":
        settings.SECRET_KEY = "of-the-pharmacy" * 4
    else:
        pk = str(ward.nurse.user_id) if spoil == "account" else pk
        end = str(int(end) + 60) if spoil == "end" else end
        signature = signature[::-1] if spoil == "signature" else signature
    assert set_password(f"/invitation/pw-{pk}-{end}-{signature}/")[0] == 410
    assert not User.objects.get(pk=nora.pk).has_usable_password()


@pytest.mark.parametrize(
    ("password", "again", "why"),
    [
        ("montpellier-heron-42", "", "“montpellier” is a word of a trial here"),
        ("short", "", "too short"),
        (NEW, OTHER, "The two passwords differ"),
    ],
)
def test_a_password_that_is_not_good_is_refused_beside_its_question(
    nora: User, password: str, again: str, why: str
) -> None:
    link = link_for("nora")
    status, page = set_password(link, password, again)
    assert status == 422 and why in page
    assert set_password(link)[0] == 302


def test_every_session_of_the_person_ends(ward: SiteFixture) -> None:
    nurse = ward.nurse.user
    nurse.set_password(PASSWORD)
    nurse.save()
    browser = Client()
    browser.post("/accounts/login/", {"login": nurse.username, "password": PASSWORD})
    assert browser.get("/today/").status_code == 200
    link = link_for(nurse.username)
    assert "All your sessions end" in Client().get(link).content.decode()
    set_password(link)
    assert browser.get("/today/").status_code == 302


def test_nobody_has_a_link_who_has_no_account(ward: SiteFixture) -> None:
    with pytest.raises(CommandError, match="There is no account ghost"):
        said("password_link", "ghost")
