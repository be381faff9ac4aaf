"""*The trial* shows what the registry record says, and what was assumed, in both languages."""

from __future__ import annotations

import re
from html import unescape

import pytest

from tests.faulty_files import GOOD
from tests.pages.conftest import Browser
from tests.site_fixture import SiteFixture
from tests.trial_fixture import START
from trial.people.amendments import install_amendment
from trial.protocol.files import parse_protocol

SHOWN = {
    "en": (
        "What the registry record says",
        "Amyotrophic lateral sclerosis",
        "by randomisation",
        "parallel groups",
        "treatment of a disease",
        "<dt>Masking</dt><dd>triple</dd>",
        "women and men",
        "18 to 75 years",
        "<dt>Healthy volunteers</dt><dd>not accepted</dd>",
        "Wed 30 Sep 2015 – Wed 25 May 2016",
        "<dt>Study director</dt><dd>Raul Juntas-Morales, MD, CHRU de Montpellier</dd>",
        "doi:10.1016/j.ebiom.2020.102844",
        "Functional changes throughout the study.",
        "beside it stands a plan of twelve months",
    ),
    "fr": (
        "Ce que dit le registre",
        "Sclérose latérale amyotrophique",
        "par randomisation",
        "groupes parallèles",
        "traitement d’une maladie",
        "<dt>Insu</dt><dd>triple</dd>",
        "femmes et hommes",
        "18 à 75 ans",
        "<dt>Volontaires sains</dt><dd>non acceptés</dd>",
        "mer. 30 sept. 2015 – mer. 25 mai 2016",
        "<dt>Directeur de l’étude</dt><dd>Raul Juntas-Morales, MD, CHRU de Montpellier</dd>",
        "doi:10.1016/j.ebiom.2020.102844",
        "Évolution fonctionnelle tout au long de l’étude.",
        "se trouve un plan de recrutement de douze mois",
    ),
}


@pytest.mark.parametrize("language", SHOWN)
def test_the_record_is_on_the_page(nurse: Browser, language: str) -> None:
    page = nurse.get("/trial/", headers={"accept-language": language}).content.decode()
    plain = unescape(page).lower()
    assert [words for words in SHOWN[language] if words.lower() not in plain] == []


def test_on_the_french_page_each_reason_of_a_shipped_file_is_in_french(nurse: Browser) -> None:
    page = nurse.get("/trial/", headers={"accept-language": "fr"}).content.decode()
    shown = re.findall(r'<dt class="code" translate="no">[^<]*</dt><dd lang="(..)">', page)
    assert len(shown) > 30 and set(shown) == {"fr"}
    assert "Une semaine laisse au moins deux semaines entre deux cures" in unescape(page)
    assert "Not before day 166" not in page


def test_a_version_with_a_reason_in_english_alone_is_installed_and_marks_it_as_english(
    nurse: Browser, ward: SiteFixture
) -> None:
    text, rows = re.subn(r'(field = "numbers"\nreason)\.en( = .*\n)reason\.fr = .*\n', r"\1\2", GOOD)
    assert rows == 1
    install_amendment(file=parse_protocol(text), at=START)
    page = nurse.get("/trial/", headers={"accept-language": "fr"}).content.decode()
    assert '<dt class="code" translate="no">numbers</dt><dd lang="en">How the trial' in page
    assert '<dt class="code" translate="no">trial.masked</dt><dd lang="fr">' in page
