"""Who logged in, what was taken along and what was refused: entries with person and network address."""

from __future__ import annotations

import json

import pytest
from django.test import Client

from tests.pages.conftest import PASSWORD, Browser
from tests.site_fixture import MONDAY, SiteFixture
from trial.models import AuditChain, AuditEntry, ChainKind
from trial.permissions import Role

NEW = "juniper-harbour-lantern-8"


def at_the_door() -> list[tuple[str, str, str, dict[str, object]]]:
    """Action, person, subject and body of every entry about the door."""
    rows = AuditEntry.objects.filter(chain__kind=ChainKind.DOOR).order_by("id")
    return [(row.action, row.actor, row.subject, json.loads(row.body)) for row in rows]


def test_a_log_in_a_new_password_and_a_log_out_are_entered_with_the_address(ward: SiteFixture) -> None:
    name = Browser(ward.nurse).user.username
    browser = Client(REMOTE_ADDR="192.0.2.7")
    browser.post("/accounts/login/", {"login": name, "password": PASSWORD})
    browser.post("/accounts/password/change/", {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW})
    browser.post("/accounts/logout/")
    said = {"address": "192.0.2.7"}
    assert at_the_door() == [
        (action, name, name, said) for action in ("log_in.done", "password.changed", "log_out.done")
    ]


def test_a_print_and_a_file_are_entered_with_the_participant(nurse: Browser, ward: SiteFixture) -> None:
    one = ward.booked(MONDAY)
    nurse.read(f"/participants/{one.number}/calendar/")
    nurse.read(f"/participants/{one.number}/calendar.csv")
    nurse.read(f"/participants/{one.number}/")
    name = ward.nurse.user.username
    assert [(row[0], row[1], row[2], row[3]["page"]) for row in at_the_door()] == [
        ("print.taken", name, one.number, "calendar"),
        ("file.taken", name, one.number, "calendar_file"),
    ]


def test_an_act_that_is_refused_is_entered_folded_and_moves_no_chain_of_acts(
    ward: SiteFixture, nurse: Browser
) -> None:
    heads = list(AuditChain.objects.filter(kind=ChainKind.ACTS).order_by("pk").values_list("sequence"))
    for _time in range(12):
        nurse.refused("/audit/")
    rows = at_the_door()
    assert [(row[0], row[3]["page"], row[3]["code"], row[3]["count"]) for row in rows] == [
        ("act.refused", "audit", "not_permitted", 1),
        ("act.refused", "audit", "not_permitted", 10),
    ]
    assert (
        list(AuditChain.objects.filter(kind=ChainKind.ACTS).order_by("pk").values_list("sequence")) == heads
    )


def test_a_wrong_answer_in_a_form_is_no_refused_act(ward: SiteFixture, nurse: Browser) -> None:
    assert nurse.refused("/closed-days/", day="nonsense")[0] == 422
    assert at_the_door() == []


@pytest.mark.parametrize("token", ["Bearer nonsense", "Bearer \u00e9"])
def test_a_token_that_is_not_good_is_counted_and_entered(ward: SiteFixture, token: str) -> None:
    for _time in range(10):
        status = Client().get("/api/v1/trials/nct02059759/due/", headers={"Authorization": token}).status_code
        assert status == 401
    rows = AuditEntry.objects.filter(action="token.failed").order_by("id")
    assert [json.loads(row.body)["count"] for row in rows] == [1, 10]


def test_the_monitor_reads_all_of_it_in_words(ward: SiteFixture, nurse: Browser) -> None:
    nurse.refused("/audit/")
    page = Browser(ward.world.person(Role.MONITOR)).read("/audit/?act=act.refused")
    assert '<td data-label="What">Act refused</td>' in page
    assert "127.0.0.1" in page
