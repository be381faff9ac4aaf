"""The trail's page says in words, and by the site's clock, what a body keeps as codes and in UTC."""

from __future__ import annotations

import json

import pytest
import time_machine
from django.apps import apps
from django.utils.translation import override

from tests.pages.conftest import Browser
from tests.site_fixture import MONDAY, SiteFixture, paris
from trial.models import AuditEntry
from trial.pages.trail_details import CODES, NAMES, details_in_words, name_in_words
from trial.permissions import Role

PARIS = "Europe/Paris"


def entry(action: str, **body: object) -> AuditEntry:
    return AuditEntry(action=action, body=json.dumps(body))


@pytest.mark.parametrize(
    ("language", "said"),
    [
        (
            "en-gb",
            [
                ("outcome", "partly given"),
                ("timing", "on its day"),
                ("happened", "2015-10-12 09:00:00 (2015-10-12 07:00:00 UTC)"),
                ("important", "yes"),
                ("role", "study nurse"),
            ],
        ),
        (
            "fr",
            [
                ("issue", "faite en partie"),
                ("moment", "à son jour"),
                ("moment réel", "2015-10-12 09:00:00 (2015-10-12 07:00:00 UTC)"),
                ("important", "oui"),
                ("rôle", "infirmier de recherche clinique"),
            ],
        ),
    ],
)
def test_codes_are_words_in_both_languages(language: str, said: list[tuple[str, str]]) -> None:
    body = {
        "outcome": "partial",
        "timing": "on_day",
        "happened_at": "2015-10-12T07:00:00.000000Z",
        "important": True,
        "role": "study_nurse",
    }
    with override(language):
        assert details_in_words(entry("injection.recorded", **body), PARIS) == said


def test_one_code_says_what_it_says_of_that_act() -> None:
    for action, words in (("injection.recorded", "not given"), ("visit.recorded", "missed")):
        assert details_in_words(entry(action, outcome="missed"), PARIS) == [("outcome", words)]


def test_what_a_signature_means_is_said_in_the_language_of_the_page() -> None:
    signed = {"digest": "ab", "meaning": "I made this list.", "name": "Anne Petit", "parts": 2}
    with override("fr"):
        found = details_in_words(entry("list.draft", signature=signed), PARIS)
    said = "empreinte : ab, signification : J’ai établi cette liste., nom : Anne Petit, parties données : 2"
    assert found == [("signature", said.replace(" :", "\u202f:"))]


def test_where_sites_differ_a_moment_is_utc_alone() -> None:
    found = details_in_words(entry("envelope.drawn", on_paper_at="2015-10-05T13:25:00+00:00"), "")
    assert found == [("drawn on paper", "2015-10-05 13:25:00 UTC")]


@pytest.mark.parametrize("typed", ["given", "2015-10-12", "2015-10-12T07:00", "a T b", "missed"])
def test_what_somebody_typed_stays_as_it_is(typed: str) -> None:
    assert details_in_words(entry("injection.recorded", reason=typed), PARIS) == [("reason", typed)]


def test_a_name_or_a_code_without_words_shows_itself() -> None:
    found = details_in_words(entry("x.done", new_thing="a_code", inner={"role": "monitor", "n": [1, 2]}), "")
    assert found == [("new thing", "a_code"), ("inner", "role: monitor, n: 1, 2")]


@pytest.mark.parametrize(
    ("key", "model", "field"),
    [
        ("injection.outcome", "dosing.InjectionRecord", "outcome"),
        ("visit.outcome", "dosing.VisitRecord", "outcome"),
        ("injection.cause", "dosing.InjectionRecord", "cause"),
        ("visit.cause", "dosing.VisitRecord", "cause"),
        ("timing", "dosing.InjectionRecord", "timing"),
        ("timing", "dosing.VisitRecord", "timing"),
        ("place", "dosing.InjectionRecord", "place"),
        ("body_site", "dosing.InjectionRecord", "body_site"),
        ("course.kind", "dosing.CourseChoice", "kind"),
    ],
)
def test_every_member_of_a_closed_set_has_the_words_that_its_page_has(
    key: str, model: str, field: str
) -> None:
    choices = apps.get_model(model)._meta.get_field(field).choices
    assert CODES[key] == {value: str(label) for value, label in choices or () if value}


def test_every_name_that_a_life_of_a_trial_enters_has_words(ward: SiteFixture) -> None:
    person = ward.booked(MONDAY, email="somebody@example.org")
    with time_machine.travel(paris("2015-10-12 12:00"), tick=False):
        ward.inject(person, 1)
    names = {name for row in AuditEntry.objects.all() for name in json.loads(row.body)}
    assert {name for name in names if name_in_words(name) == name and "_" in name} == set()
    assert names - NAMES.keys() == set()


def test_the_page_shows_the_words(ward: SiteFixture) -> None:
    person = ward.booked(MONDAY)
    with time_machine.travel(paris("2015-10-12 12:00"), tick=False):
        ward.inject(person, 1)
        page = Browser(ward.world.person(Role.MONITOR)).read("/audit/?act=injection.recorded")
    assert "on its day" in page and "on_day" not in page
