"""Emergency unblinding is never more than two steps away, wherever somebody is behind the pharmacy door."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.template.loader import render_to_string
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests.pharmacy.test_pages import ACCESS, FILES, address, clock, places
from tests.trial_fixture import TrialFixture
from trial.models import Delegation
from trial.permissions import DOORS, Role

__all__ = ["clock", "places"]  # fixtures

ACCOUNT_PAGES = ("account_login", "account_change_password", "mfa_index", "mfa_authenticate")


def links(page: str) -> set[str]:
    """Where the page leads to."""
    return set(re.findall(r'<a [^>]*href="(/[^"#?]*)', page))


def steps(page: str, browser: Client) -> int:
    """How many steps lead from that page to emergency unblinding; 9 if two are not enough."""
    goal, near = reverse("code_break"), links(page)
    if goal in near:
        return 1
    return (
        2
        if any(goal in links(browser.get(link).content.decode()) for link in {reverse("emergency")} & near)
        else 9
    )


def account_pages(patterns: list[URLPattern | URLResolver] | None = None, root: str = "") -> set[str]:
    """The addresses of the accounts' own pages that have no parameters, from the URLconf."""
    found: set[str] = set()
    for pattern in patterns if patterns is not None else get_resolver().url_patterns:
        route = root + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            found |= (
                account_pages(pattern.url_patterns, route) if "accounts/".startswith(route[:9]) else set()
            )
        elif "<" not in route:
            found.add(f"/{route}")
    return {one for one in found if one.startswith("/accounts/")}


@pytest.mark.parametrize("role", sorted(DOORS["pharmacy"]))
def test_it_is_two_steps_from_every_page(
    world: TrialFixture, places: dict[str, str], enter: Callable[[Delegation], Client], role: Role
) -> None:
    browser = enter(world.person(role, f"somebody-{role}"))
    pages = {name: browser.get(address(name, places), follow=True) for name in ACCESS}
    files = {name for name, page in pages.items() if "Content-Disposition" in page.headers}
    assert files == {name for name in FILES if role in ACCESS[name]}, "only these lead nowhere"
    pages = {name: page for name, page in pages.items() if name not in files}
    far = {name: steps(page.content.decode(), browser) for name, page in pages.items()}
    assert {name: count for name, count in far.items() if count > 2} == {}


def test_it_is_two_steps_from_the_accounts_own_pages_and_without_a_log_in() -> None:
    assert account_pages() >= {"/accounts/login/", "/accounts/2fa/", "/accounts/2fa/authenticate/"}
    far = {}
    for one in account_pages():
        answer = Client().get(one, follow=True)
        far[one] = steps(answer.content.decode(), Client()) if answer.status_code == 200 else 0
    assert {one: count for one, count in far.items() if count > 2} == {}


def test_for_the_investigator_it_is_one_step(
    world: TrialFixture, places: dict[str, str], enter: Callable[[Delegation], Client]
) -> None:
    browser = enter(world.person(Role.INVESTIGATOR, "somebody"))
    names = [name for name, roles in ACCESS.items() if Role.INVESTIGATOR in roles and name != "code_break"]
    assert {
        steps(browser.get(address(name, places), follow=True).content.decode(), browser) for name in names
    } == {1}


@pytest.mark.parametrize("template", ["400.html", "403.html", "404.html", "429.html", "500.html"])
def test_a_page_of_errors_leads_there_too(template: str) -> None:
    page = render_to_string(template, {"door": {"name": "pharmacy"}})
    assert steps(page, Client()) == 2


def test_the_way_there_opens_without_a_log_in_and_touches_no_database() -> None:
    """This test may not open the database; pytest refuses it."""
    answer = Client().get(reverse("emergency"))
    assert answer.status_code == 200
    for words in (
        "UNBLINDED",
        "Treat the participant",
        "sealed sheet",
        "--database-dump",
        "Pharmacy on call",
    ):
        assert words in answer.content.decode()
