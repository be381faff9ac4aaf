"""What the pharmacy door tells browsers with every answer; the clinic's twin of this file says more."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from tests.browser_rules import cookies_of_a_real_door, demand_tls, missing


@pytest.mark.django_db
@pytest.mark.parametrize(
    "address", ["/accounts/login/", "/nowhere/", "/preparations/", "/api/v1/trials/t/stock/"]
)
def test_every_answer_tells_the_browser_what_it_may_do(settings: Any, address: str) -> None:
    demand_tls(settings)
    assert missing(Client().get(address, secure=True)) == []


@pytest.mark.django_db
def test_a_program_without_tls_is_refused(settings: Any) -> None:
    demand_tls(settings)
    assert Client().get("/api/v1/trials/t/stock/").status_code == 400


def test_every_cookie_belongs_to_this_host_alone() -> None:
    *names, session, forms = cookies_of_a_real_door("pharmacy")
    assert len(names) == 5 and all(name.startswith("__Host-velum-pharmacy-") for name in names)
    assert (session, forms) == ("True", "True")
