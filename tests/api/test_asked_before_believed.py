"""Unlikely numbers at the API: refused with their question, unless that very number is confirmed."""

from __future__ import annotations

import json

import pytest

from tests.api.answers import GOOD_ANSWERS
from tests.caller import Caller
from tests.trial_fixture import START, TrialFixture
from trial.core.protocol import CriterionKind
from trial.models import AuditEntry, EligibilityCheck
from trial.people.installing import install_trial
from trial.people.site_days import open_site
from trial.permissions import Role
from trial.protocol.files import PROTOCOLS, load_protocol

BIRTH = {"birth_date": "1960-05-02"}


def screened(nurse: Caller, **more: object) -> str:
    answer = nurse.post("participants/", {"consent_signed_on": START.date().isoformat(), **more})
    return f"participants/{answer.json()['number']}/eligibility/"


def asked(value: object, **confirmed: object) -> dict[str, object]:
    body = BIRTH | {"answers": GOOD_ANSWERS | {"I7": value}}
    return body | ({"confirmed": confirmed} if confirmed else {})


@pytest.fixture
def address(nurse: Caller) -> str:
    return screened(nurse, site="01")


@pytest.mark.parametrize("value", [695, "695", "695,0", "695.0", 4.9, -70, 0, 160.1])
def test_an_unlikely_number_is_refused_with_its_question(nurse: Caller, address: str, value: object) -> None:
    entries = AuditEntry.objects.count()
    answer = nurse.post(address, asked(value))
    assert (answer.status_code, answer.json()["code"]) == (422, "not_confirmed")
    assert "is outside 5 to 160. Is it right?" in answer.json()["errors"]["I7"]
    assert (EligibilityCheck.objects.count(), AuditEntry.objects.count()) == (0, entries)


def test_it_is_refused_in_french(nurse: Caller, address: str) -> None:
    answer = nurse.post(address, asked("695,5"), **{"Accept-Language": "fr"})
    assert "n’est pas compris entre 5 et 160. Est-ce exact" in answer.json()["errors"]["I7"]


@pytest.mark.parametrize(("value", "said"), [(695, 695), ("695", "695.0"), (695, "695"), ("695,0", "695")])
def test_the_very_number_confirms_it(nurse: Caller, address: str, value: object, said: object) -> None:
    assert nurse.post(address, asked(value, I7=said)).status_code == 201
    entry = AuditEntry.objects.get(action="participant.eligibility_checked")
    assert json.loads(entry.body)["confirmed"] == {"I7": "695"}


@pytest.mark.parametrize("said", [69.5, "69,5", 6950, True, "true", "yes", "*"])
def test_nothing_else_confirms_it(nurse: Caller, address: str, said: object) -> None:
    answer = nurse.post(address, asked(695, I7=said))
    assert (answer.status_code, answer.json()["code"]) == (422, "not_confirmed")
    assert not EligibilityCheck.objects.exists()


@pytest.mark.parametrize("confirmed", [{"I8": "695"}, {"I99": "1"}, {"*": True}])
def test_what_cannot_be_confirmed_is_refused(
    nurse: Caller, address: str, confirmed: dict[str, object]
) -> None:
    answer = nurse.post(address, asked(90, **confirmed))
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
    assert list(answer.json()["errors"]) == list(confirmed)


@pytest.mark.parametrize("confirmed", ["I7", ["I7"], 695, {"I7": {"is": 695}}, {"I7": None}])
def test_a_confirmation_that_cannot_be_read_is_refused(
    nurse: Caller, address: str, confirmed: object
) -> None:
    answer = nurse.post(address, asked(695) | {"confirmed": confirmed})
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")


def test_a_confirmation_of_a_likely_number_is_harmless_and_leaves_no_trace(
    nurse: Caller, address: str
) -> None:
    assert nurse.post(address, asked(90, I7=90)).status_code == 201
    entry = AuditEntry.objects.get(action="participant.eligibility_checked")
    assert "confirmed" not in json.loads(entry.body)


def test_the_range_is_told_beforehand(nurse: Caller, address: str) -> None:
    (question,) = [row for row in nurse.get(address).json()["questions"] if row["id"] == "I7"]
    assert question["plausible"] == {"low": "5", "high": "160"}


# --- Strata that the site fixes ----------------------------------------------------------------------

MIROCALS = load_protocol(PROTOCOLS / "nct03039673.toml")


@pytest.fixture
def elsewhere(db: None) -> Caller:
    """The nurse of a trial in two countries."""
    trial = install_trial(file=MIROCALS, environment="live", at=START)
    for site in trial.sites.all():
        open_site(site=site, on=START.date(), by=None, at=START)
    by = TrialFixture(trial, trial.sites.all()[0]).person(Role.STUDY_NURSE, "miro")
    return Caller(by, base="/api/v1/trials/nct03039673/")


def miro(**strata: str) -> dict[str, object]:
    kinds = CriterionKind
    answers = {
        row.id: {kinds.YES_NO: row.required_answer, kinds.NUMBER: 90, kinds.SINCE: "2014-11-05"}[row.kind]
        for row in MIROCALS.protocol.questions()
        if row.kind is not kinds.AGE
    }
    return BIRTH | {"answers": answers, "strata": strata}


@pytest.mark.parametrize(("site", "country"), [("01", "FR"), ("02", "FR"), ("11", "UK"), ("12", "UK")])
def test_what_the_site_fixes_is_filled_in(elsewhere: Caller, site: str, country: str) -> None:
    address = screened(elsewhere, site=site)
    for strata in ({"ONSET": "LIMB"}, {"ONSET": "LIMB", "COUNTRY": country}):
        assert elsewhere.post(address, miro(**strata)).status_code == 201
        one = elsewhere.get(address.removesuffix("eligibility/")).json()
        assert one["stratum"] == f"{country}/LIMB"


@pytest.mark.parametrize(
    ("site", "level"), [("01", "UK"), ("11", "FR"), ("01", "fr"), ("01", ""), ("01", "IE")]
)
def test_a_level_that_contradicts_the_site_is_refused(elsewhere: Caller, site: str, level: str) -> None:
    answer = elsewhere.post(screened(elsewhere, site=site), miro(ONSET="LIMB", COUNTRY=level))
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
    assert not EligibilityCheck.objects.exists()


def test_the_sentence_says_what_the_site_has(elsewhere: Caller) -> None:
    answer = elsewhere.post(screened(elsewhere, site="11"), miro(ONSET="LIMB", COUNTRY="FR"))
    assert answer.json()["errors"] == {
        "COUNTRY": "“Country” follows from the site: site 11 has United Kingdom, not France. "
        "Leave it out, or choose the right site."
    }


def test_which_factors_the_site_fixes_is_told(elsewhere: Caller) -> None:
    told = elsewhere.get(screened(elsewhere, site="01")).json()["strata"]
    assert {row["code"]: row["from_site"] for row in told} == {"COUNTRY": True, "ONSET": False}


# --- The day of a consent ----------------------------------------------------------------------------

EARLY = "2015-09-06"
"""A day before the screening period of whoever would have day 1 today."""


def ways(nurse: Caller) -> list[tuple[str, str, dict[str, object]]]:
    """Address, field, and what else is sent: of a new number, a first consent, a correction."""
    bare = nurse.post("participants/", {"site": "01"}).json()["number"]
    signed = nurse.post("participants/", {"site": "01", "consent_signed_on": "2015-10-05"}).json()["number"]
    correction = {"correction": True, "reason": "Misread."}
    return [
        ("participants/", "consent_signed_on", {"site": "01"}),
        (f"participants/{bare}/consent/", "signed_on", {}),
        (f"participants/{signed}/consent/", "signed_on", correction),
    ]


@pytest.mark.parametrize("way", range(3))
def test_an_odd_consent_is_refused_until_that_very_day_is_confirmed(nurse: Caller, way: int) -> None:
    address, field, more = ways(nurse)[way]
    body, entries = more | {field: EARLY}, AuditEntry.objects.count()
    for confirmed in ({}, {field: "2015-09-07"}, {field: True}):
        answer = nurse.post(address, body | {"confirmed": confirmed})
        assert (answer.status_code, answer.json()["code"]) == (422, "not_confirmed")
        assert list(answer.json()["errors"]) == [field]
    assert AuditEntry.objects.count() == entries
    assert nurse.post(address, body | {"confirmed": {field: EARLY}}).status_code == 201
    (row,) = nurse.get("deviations/").json()["results"]
    assert (row["kind"], row["event"]) == ("consent_off_period", "consent")


@pytest.mark.parametrize("way", range(3))
def test_another_field_cannot_be_confirmed_there(nurse: Caller, way: int) -> None:
    address, field, more = ways(nurse)[way]
    answer = nurse.post(address, more | {field: EARLY, "confirmed": {"I7": 695}})
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")


@pytest.mark.parametrize("field", ["confirmed", "answers", "strata"])
@pytest.mark.parametrize("given", [True, [], "I7", 3])
def test_what_is_no_object_is_refused_in_plain_words(
    nurse: Caller, address: str, field: str, given: object
) -> None:
    answer = nurse.post(address, asked(90) | {"strata": {}, field: given})

    said = {field: "Send an object: each value under its name."}
    assert (answer.status_code, answer.json()["errors"]) == (422, said)
