"""What applications offer each other is declared, and a process whose offers do not fit does not start."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from django.apps import AppConfig, apps
from django.core.exceptions import ImproperlyConfigured
from django.urls import resolve, reverse

from tests.lanes import TESTS
from trial.hooks import HearsOfContact, OffersPages, ask_apps, refuse_undeclared
from trial.pages.frame import navigation_of
from trial.permissions import Role
from trial.screening.consent_offers import HearsOfConsent

ROOT = TESTS.parent


class Planted(AppConfig):
    """An application of ours, as far as the check can tell."""

    __module__ = "dosing.apps"
    name = "dosing"


def config(kind: type[AppConfig]) -> AppConfig:
    kind.__module__ = "dosing.apps"
    return kind("dosing", apps.get_app_config("dosing").module)


def test_the_applications_as_they_are_declare_what_they_offer() -> None:
    refuse_undeclared(apps.get_app_configs())

    assert {app.label for app in ask_apps(HearsOfConsent)} == {"dosing"}  # type: ignore[attr-defined]
    assert {app.label for app in ask_apps(OffersPages)} == {"trial", "randomization", "dosing"}  # type: ignore[attr-defined]


def test_a_misspelt_method_is_named() -> None:
    class Misspelt(Planted, HearsOfContact):
        def contact_recordet(self, participant: object, *, at: object) -> None: ...

    with pytest.raises(ImproperlyConfigured) as refused:
        refuse_undeclared([config(Misspelt)])

    assert "Misspelt declares the offer contact_recorded() and has no such method." in str(refused.value)
    assert "Misspelt.contact_recordet() is no declared offer." in str(refused.value)


def test_a_method_without_a_declared_offer_is_named() -> None:
    class Undeclared(Planted):
        def contact_recorded(self, participant: object, *, at: object) -> None: ...

    with pytest.raises(ImproperlyConfigured, match=r"Undeclared\.contact_recorded\(\) is no declared offer"):
        refuse_undeclared([config(Undeclared)])


@pytest.mark.parametrize(
    "arguments", ["participant", "participant, at", "person, *, at", "participant, *, at=None"]
)
def test_a_method_with_other_arguments_is_named(arguments: str) -> None:
    made: dict[str, object] = {}
    exec(f"def contact_recorded(self, {arguments}): ...", made)
    kind = type(
        "Different",
        (Planted, HearsOfContact),
        {"contact_recorded": made["contact_recorded"], "name": "dosing"},
    )

    with pytest.raises(ImproperlyConfigured) as refused:
        refuse_undeclared([config(kind)])

    found = f"Different.contact_recorded() takes ({arguments})."
    assert f"{found} The offer has (participant, *, at)." in str(refused.value)


def test_another_packages_application_may_have_methods_of_its_own() -> None:
    class Strange(AppConfig):
        def contact_recordet(self) -> None: ...

    refuse_undeclared([Strange("dosing", apps.get_app_config("dosing").module)])


@pytest.mark.parametrize(
    "start",
    [
        "import django; django.setup()",
        "import trial.wsgi",
        "import trial.celery; import django; django.setup()",
    ],
)
def test_a_process_with_a_misspelt_offer_does_not_start(start: str, tmp_path: Path) -> None:
    plant = (
        "import os; os.environ['DJANGO_SETTINGS_MODULE'] = 'trial.settings'\n"
        "import dosing.apps\n"
        "kind = dosing.apps.DosingConfig\n"
        "kind.contact_recordet = kind.contact_recorded; del kind.contact_recorded\n"
    )
    environment = {"VELUM_HOME": str(tmp_path), "VELUM_SECRET_KEY": "k" * 50, "PATH": ""}

    done = subprocess.run(
        [sys.executable, "-c", plant + start],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
    )

    assert done.returncode != 0
    assert (
        "dosing.apps.DosingConfig declares the offer contact_recorded() and has no such method" in done.stderr
    )


def test_each_application_offers_its_own_pages_and_together_they_are_in_order() -> None:
    for app in ask_apps(OffersPages):
        for entry in app.navigation():
            view = resolve(reverse(entry.name)).func
            assert view.view_class.__module__.split(".")[0] == app.label, entry.name  # type: ignore[attr-defined]

    assert [entry.name for entry in navigation_of(Role.TRIAL_MANAGER)] == [
        "today", "participants", "progress", "deviations", "closed_days", "trial", "amendments", "outbox",
        "signatures", "people", "audit"
    ]  # fmt: skip
    assert [entry.name for entry in navigation_of(Role.STUDY_NURSE)] == [
        "today", "participants", "deviations", "closed_days", "trial", "outbox", "signatures"
    ]  # fmt: skip
