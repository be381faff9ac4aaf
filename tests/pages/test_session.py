"""A session lasts while somebody works, ends a quarter of an hour after, and is not written at every look."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from tests.site_fixture import SiteFixture
from tests.trial_fixture import LEFT, START, leave


def opened(browser: Client, minutes: float) -> bool:
    """Whether Today opens that many minutes after START."""
    with time_machine.travel(START + timedelta(minutes=minutes), tick=False):
        return browser.get("/today/").status_code == 200


def test_a_session_lasts_while_somebody_works_and_ends_when_they_stop(ward: SiteFixture) -> None:
    browser = Client()
    browser.force_login(ward.nurse.user)
    assert [opened(browser, minutes) for minutes in (1, 14, 27, 40)] == [True] * 4
    assert not opened(browser, 40 + 15.1)


@pytest.mark.parametrize("how", LEFT)
def test_a_session_opens_nothing_once_its_person_has_left(ward: SiteFixture, how: str) -> None:
    browser = Client()
    browser.force_login(ward.nurse.user)
    assert opened(browser, 1)
    leave(ward.nurse, how)
    assert not opened(browser, 2)


def test_a_page_in_the_same_minute_does_not_make_it_longer(ward: SiteFixture) -> None:
    browser = Client()
    browser.force_login(ward.nurse.user)
    assert opened(browser, 0) and opened(browser, 0.9)
    assert not opened(browser, 15.1)


def test_a_page_that_renews_itself_does_not_make_it_longer(ward: SiteFixture) -> None:
    browser = Client()
    browser.force_login(ward.nurse.user)
    assert opened(browser, 0)
    with time_machine.travel(START + timedelta(minutes=14), tick=False):
        rows = browser.get("/today/", headers={"Velum-Renews": "yes"})
    assert (rows.status_code, b"<html" in rows.content, b"data-renew=" in rows.content) == (200, False, True)
    assert not opened(browser, 15.1)


def test_what_is_sent_with_that_word_is_work_all_the_same(ward: SiteFixture) -> None:
    browser = Client()
    browser.force_login(ward.nurse.user)
    assert opened(browser, 0)
    with time_machine.travel(START + timedelta(minutes=14), tick=False):
        browser.post("/duty/", {"duty": ward.nurse.pk}, headers={"Velum-Renews": "yes"})
    assert opened(browser, 15.1)
