"""Where nothing is yet, a list page says what will stand there and what to do first."""

from __future__ import annotations

import pytest

from tests.pages.conftest import Browser
from tests.site_fixture import SiteFixture
from trial.permissions import Role

FIRST = {
    "/today/": "Nobody to see today",
    "/participants/": "Nobody has been screened yet",
    "/deviations/": "No deviation so far",
    "/outbox/": "No reminder is planned",
    "/progress/": "Nobody has been screened yet",
}


@pytest.mark.parametrize("address", FIRST)
def test_an_empty_page_says_what_to_do_first(nurse: Browser, address: str) -> None:
    page = nurse.read(address)
    assert '<div class="empty">' in page
    assert FIRST[address] in page


def test_a_state_in_which_nobody_is_says_so(ward: SiteFixture) -> None:
    page = Browser(ward.world.person(Role.MONITOR)).read("/deviations/?state=closed")
    assert "No deviation is in this state." in page
