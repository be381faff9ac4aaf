"""The navigation of the pharmacy door: each application of the door offers its own pages."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.urls import resolve, reverse

from trial.hooks import OffersPages, ask_apps, refuse_undeclared
from trial.pages.frame import navigation_of
from trial.permissions import Role

FIRST_TO_LAST = {
    Role.PHARMACIST: ["preparations", "stock", "signatures"],
    Role.UNBLINDED_STATISTICIAN: [
        "lists",
        "signatures",
        "waiting_people",
        "sealed_trail",
        "export_unblinded",
    ],
    Role.INVESTIGATOR: ["code_break"],
}


@pytest.mark.parametrize("role", FIRST_TO_LAST)
def test_a_role_has_its_pages_in_order(role: Role) -> None:
    assert [entry.name for entry in navigation_of(role)] == FIRST_TO_LAST[role]


def test_each_application_offers_its_own_pages() -> None:
    refuse_undeclared(apps.get_app_configs())
    for app in ask_apps(OffersPages):
        for entry in (row for row in app.navigation() if row.door == "pharmacy"):
            module = resolve(reverse(entry.name)).func.view_class.__module__  # type: ignore[attr-defined]
            assert module.startswith(f"{type(app).name}."), entry.name  # type: ignore[attr-defined]
