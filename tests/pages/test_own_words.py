"""Passwords with words of the trial or of one's own name are refused when they are set."""

from __future__ import annotations

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils.translation import override

from tests.site_fixture import SiteFixture
from trial.models import User
from trial.people.log_in.words import trial_words

GUESSED = {
    "the code of the trial": "imodals-quiet-42",
    "its number in the registry": "quietNCT02059759",
    "its number in small pieces": "02059759-quiet-heron",
    "the European number": "2014-001327-71-quiet",
    "the disease, in English": "amyotrophic-heron-42",
    "the disease, in French": "sclérose-heron-42",
    "the disease without its accent": "Sclerose+heron+42",
    "the drug": "quiet-interleukin-42",
    "the drug, in French": "quiet-interleukine-4",
    "the product": "Aldesleukine-42-heron",
    "a code of an arm": "quiet-IL2-1MIU-heron",
    "the other arm": "placebo-heron-4242",
    "the sponsor's town": "heron-Nîmes-quiet-42",
    "the site's name": "chauliac-quiet-heron",
    "the site's town": "montpellier-heron-42",
    "capitals and digits for letters": "M0NTP3LL13R-heron",
    "broken by signs": "mont.pel.lier.heron",
    "Velum": "Velum-quiet-heron-42",
    "Velum with a digit": "v3lum-quiet-heron-42",
}
GOOD = ("amber-birch-cedar-17", "seven-quiet-herons-42", "tortue-verte-et-lente", "impatience-4242-heron")


def refused(password: str, user: User | None = None) -> str:
    """What is said to it; empty if it is taken."""
    try:
        validate_password(password, user)
    except ValidationError as faults:
        return " ".join(faults.messages)
    return ""


@pytest.mark.parametrize("what", GUESSED)
def test_a_word_of_the_trial_is_refused_and_named(ward: SiteFixture, what: str) -> None:
    assert "is a word of a trial here, and such words are guessed first. Choose others." in refused(
        GUESSED[what]
    )


@pytest.mark.parametrize("password", GOOD)
def test_other_words_are_taken(ward: SiteFixture, password: str) -> None:
    assert refused(password) == ""


@pytest.mark.parametrize("password", ["Fabre-heron-quiet-42", "quiet-claire-heron-4", "heron-c.fabre-quiet"])
def test_ones_own_name_is_refused(ward: SiteFixture, password: str) -> None:
    person = User(
        username="c.fabre", first_name="Claire", last_name="Fabre", email="claire.fabre@chu.example"
    )
    assert "is part of your own name" in refused(password, person)
    assert refused(password) == ""


def test_it_is_said_in_french(ward: SiteFixture) -> None:
    with override("fr"):
        said = refused("imodals-quiet-42")
    assert "imodals" in said and "essai" in said and "Choose" not in said


def test_words_that_say_nothing_of_the_trial_are_not_among_them(ward: SiteFixture) -> None:
    assert not {"and", "dans", "hopital", "dose", "the"} & trial_words()


def test_the_page_says_so_beside_the_question(ward: SiteFixture) -> None:
    browser, user = Client(), ward.nurse.user
    user.set_password(GOOD[0])
    user.save()
    browser.force_login(user)
    typed = {"oldpassword": GOOD[0], "password1": "imodals-quiet-42", "password2": "imodals-quiet-42"}
    page = browser.post("/accounts/password/change/", typed).content.decode()
    assert "“imodals” is a word of a trial here" in page
    user.refresh_from_db()
    assert user.check_password(GOOD[0])
