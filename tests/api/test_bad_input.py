"""Bad input gets a readable refusal with a code of the closed list, and changes nothing at all."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.answers import GOOD_ANSWERS
from tests.api.dumps import whole_database
from tests.caller import Caller
from tests.trial_fixture import TrialFixture
from trial.models import Site, Status
from trial.people.delegating import delegate
from trial.permissions import Role

GOOD = {"birth_date": "1960-05-02", "answers": GOOD_ANSWERS}
PERSON = "participants/{eligible}/"
GIVEN = {"outcome": "given", "happened_at": "2015-10-05T09:00:00+02:00"}


def refused(answer: Any, status: int, code: str) -> dict[str, Any]:
    """The problem, which must have that status and code, a sentence, and its own media type."""
    body: dict[str, Any] = answer.json()
    assert (answer.status_code, body["code"]) == (status, code), body
    assert answer["Content-Type"] == "application/problem+json"
    assert body["status"] == status
    assert body["type"] == f"urn:velum:problem:{code}"
    assert body["detail"].endswith(".")
    return body


BODIES: list[tuple[str, Any, int, str]] = [
    ("participants/", b"{", 400, "malformed"),
    ("participants/", b'{"site": "01", "site": "02"}', 400, "malformed"),
    ("participants/", b'{"site": NaN}', 400, "malformed"),
    ("participants/", b'{"site": 1e999}', 400, "malformed"),
    ("participants/", b"[]", 400, "malformed"),
    ("participants/", b'"01"', 400, "malformed"),
    ("participants/", b"\xef\xbb\xbf{}", 400, "malformed"),
    ("participants/", '{"site": "é"}'.encode("latin-1"), 400, "malformed"),
    ("participants/", b'{"site": "\\u0000"}', 400, "malformed"),
    ("participants/", b'{"site": "\\ud800"}', 400, "malformed"),
    ("participants/", b"[" * 10_000 + b"]" * 10_000, 400, "malformed"),
    ("participants/", b'{"a":' * 8 + b"1" + b"}" * 8, 400, "malformed"),
    ("participants/", b'{"site": ' + b"9" * 5000 + b"}", 400, "malformed"),
    ("participants/", b'{"site": "' + b"x" * 70_000 + b'"}', 413, "too_large"),
    ("participants/", {"sites": "01"}, 422, "unknown_field"),
    ("participants/", {"site": 1}, 422, "invalid"),
    ("participants/", {"site": None}, 422, "invalid"),
    ("participants/", {"site": "0\u202e1"}, 422, "invalid"),
    ("participants/", {"site": "01\n02"}, 422, "invalid"),
    ("participants/", {"site": "07"}, 404, "not_found"),
    ("participants/", {"consent_signed_on": "2015-02-30"}, 422, "invalid"),
    ("participants/", {"consent_signed_on": "2015-10-06"}, 422, "invalid"),
    ("participants/", {"consent_signed_on": "0001-01-01"}, 422, "invalid"),
    ("participants/", {"consent_signed_on": 20151005}, 422, "invalid"),
    (f"{PERSON}eligibility/", GOOD | {"birth_date": "1960-02-30"}, 422, "invalid"),
    (f"{PERSON}eligibility/", GOOD | {"birth_date": "2015-10-06"}, 422, "invalid"),
    (f"{PERSON}eligibility/", GOOD | {"birth_date": "1890-01-01"}, 422, "invalid"),
    (f"{PERSON}eligibility/", GOOD | {"answers": {}}, 422, "invalid"),
    (f"{PERSON}eligibility/", GOOD | {"answers": GOOD_ANSWERS | {"I99": True}}, 422, "invalid"),
    (f"{PERSON}eligibility/", GOOD | {"answers": GOOD_ANSWERS | {"I1": [True]}}, 422, "invalid"),
    (f"{PERSON}eligibility/", GOOD | {"strata": {"centre": "x"}}, 422, "invalid"),
    (f"{PERSON}eligibility/", {"birth_date": "1960-05-02"}, 422, "invalid"),
    ("participants/{silent}/eligibility/", GOOD, 422, "no_consent"),
    ("participants/{silent}/randomization/", {}, 422, "no_consent"),
    ("participants/{failed}/randomization/", {}, 422, "not_eligible"),
    ("participants/{drawn}/randomization/", {}, 409, "already_randomized"),
    ("participants/{elsewhere}/randomization/", {}, 404, "not_found"),
    ("participants/{elsewhere}/injections/1/", GIVEN, 404, "not_found"),
    ("participants/IM-0101-1/randomization/", {}, 404, "not_found"),
    ("participants/nobody/randomization/", {}, 404, "not_found"),
    (f"{PERSON}randomization/", {"force": True}, 422, "unknown_field"),
    (f"{PERSON}first-injection/", {"day": "2015-10-06"}, 409, "not_randomized"),
    ("participants/{drawn}/first-injection/", {"day": "2015-10-20"}, 422, "cannot_book"),
    ("participants/{drawn}/first-injection/", {"day": "2015-10-04"}, 422, "cannot_book"),
    ("participants/{drawn}/first-injection/", {"day": "2015-02-30"}, 422, "invalid"),
    ("participants/{drawn}/first-injection/", {}, 422, "invalid"),
    ("participants/{drawn}/injections/1/", GIVEN, 404, "nothing_planned"),
    ("participants/{booked}/injections/16/", GIVEN, 404, "nothing_planned"),
    ("participants/{booked}/injections/1/", GIVEN, 422, "invalid"),  # before the draw
    (
        "participants/{booked}/injections/1/",
        GIVEN | {"happened_at": "2015-10-05T09:30:00+02:00"},
        422,
        "out_of_window",
    ),
    ("participants/{booked}/injections/1/", {"outcome": "given"}, 422, "invalid"),
    ("participants/{booked}/injections/1/", GIVEN | {"outcome": "lost"}, 422, "invalid"),
    ("participants/{booked}/injections/1/", GIVEN | {"happened_at": "2015-10-05T09:00:00"}, 422, "invalid"),
    (
        "participants/{booked}/injections/1/",
        GIVEN | {"happened_at": "2015-10-05T09:00:00+02:00:30"},
        422,
        "invalid",
    ),
    ("participants/{booked}/injections/1/", GIVEN | {"happened_at": "9999-12-31T23:59:59Z"}, 422, "invalid"),
    ("participants/{booked}/injections/1/", {**GIVEN, "outcome": "missed", "reason": "x"}, 422, "invalid"),
    ("participants/{booked}/injections/1/", {"outcome": "missed", "reason": "ill"}, 422, "invalid"),
    ("participants/{booked}/injections/1/", GIVEN | {"correction": "yes"}, 422, "invalid"),
    ("participants/{booked}/visits/V9/", {"outcome": "done", "day": "2015-10-05"}, 404, "nothing_planned"),
    ("participants/{booked}/visits/V1/", {"outcome": "done"}, 422, "invalid"),
    ("participants/{booked}/visits/V7/", {"outcome": "done", "day": "2015-10-05"}, 422, "before_day_1"),
    ("participants/{booked}/visits/V1%00/", {"outcome": "done", "day": "2015-10-05"}, 404, "not_found"),
    (f"{PERSON}withdrawal/", {"scope": "everything", "reason": "x"}, 422, "invalid"),
    (f"{PERSON}withdrawal/", {"scope": "trial", "reason": "  "}, 422, "invalid"),
    (f"{PERSON}withdrawal/", {"scope": "treatment", "reason": "x"}, 409, "wrong_status"),
    (f"{PERSON}contact/", {"email": "x", "language": "fr", "consented_on": "2015-10-05"}, 422, "invalid"),
    (
        f"{PERSON}contact/",
        {"email": "a@b.fr", "language": "de", "consented_on": "2015-10-05"},
        422,
        "invalid",
    ),
    (f"{PERSON}consent/", {"signed_on": "2015-10-05"}, 409, "consent_recorded"),
    (f"{PERSON}hold/", {"reason": "fever"}, 403, "not_permitted"),
]


@pytest.fixture
def people(world: TrialFixture, nurse: Caller) -> dict[str, str]:
    """Participants in the states that the table speaks of; `elsewhere` is another site's."""
    world.blinded_list()
    Site.objects.update(last_serial=20)
    found = {
        "eligible": world.participant(),
        "silent": world.participant(Status.SCREENING, consented=False),
        "failed": world.participant(Status.SCREENING, Status.SCREEN_FAILED, eligible=False),
        "drawn": world.participant(),
        "booked": world.participant(),
        "elsewhere": world.participant(),
    }
    for name in ("drawn", "booked"):
        assert nurse.post(f"participants/{found[name].number}/randomization/").status_code == 201
    nurse.post(f"participants/{found['booked'].number}/first-injection/", {"day": "2015-10-07"})
    other = Site.objects.create(trial=world.trial, number="02", name="x", city="Nîmes", zone="Europe/Paris")
    type(found["elsewhere"]).objects.filter(pk=found["elsewhere"].pk).update(site=other)
    return {name: person.number for name, person in found.items()}


@pytest.fixture
def local_nurse(world: TrialFixture, people: dict[str, str]) -> Caller:
    """A nurse of site 01 only."""
    user = world.nurse.user
    duty = delegate(
        user=user,
        trial=world.trial,
        role=Role.STUDY_NURSE,
        site=world.site,
        by=None,
        at=world.nurse.granted_at,
    )
    return Caller(duty)


def test_bad_input_is_refused_in_words_and_changes_nothing(
    local_nurse: Caller, people: dict[str, str], subtests: pytest.Subtests
) -> None:
    before = whole_database()
    for path, body, status, code in BODIES:
        with subtests.test(path=path, body=str(body)[:80]):
            refused(local_nurse.post(path.format(**people), body), status, code)
            assert whole_database() == before


def test_a_field_at_fault_is_named(local_nurse: Caller, people: dict[str, str]) -> None:
    path = f"participants/{people['eligible']}/eligibility/"
    answers = GOOD_ANSWERS | {"I1": "maybe"}
    problem = refused(
        local_nurse.post(path, {"birth_date": "1960-02-30", "answers": answers}), 422, "invalid"
    )
    assert problem["errors"] == {"birth_date": "1960-02-30: February 1960 has 29 days."}
    problem = refused(local_nurse.post(path, GOOD | {"answers": answers}), 422, "invalid")
    assert problem["errors"] == {"I1": "“maybe” is not an answer; say yes or no."}


def test_a_refusal_speaks_french_to_a_french_caller(local_nurse: Caller, people: dict[str, str]) -> None:
    path = f"participants/{people['eligible']}/eligibility/"
    body = GOOD | {"birth_date": "1960-02-30"}
    answer = local_nurse.post(path, body, **{"Accept-Language": "fr"})
    assert answer.json()["errors"]["birth_date"] == "1960-02-30\u00a0: février 1960 a 29 jours."


HEADERS: list[tuple[dict[str, str], int, str]] = [
    ({"Content-Type": "text/plain"}, 415, "unsupported_media_type"),
    ({"Content-Type": "application/x-www-form-urlencoded"}, 415, "unsupported_media_type"),
    ({"Content-Type": "application/json; charset=latin-1"}, 415, "unsupported_media_type"),
    ({"Accept": "text/html"}, 406, "not_acceptable"),
    ({"Authorization": ""}, 401, "not_authenticated"),
    ({"Authorization": "Bearer"}, 401, "not_authenticated"),
    ({"Authorization": "Bearer a b"}, 401, "not_authenticated"),
    ({"Authorization": "Bearer \u00e9"}, 401, "not_authenticated"),
    ({"Authorization": "Basic YTpi"}, 401, "not_authenticated"),
    ({"Idempotency-Key": " "}, 400, "idempotency_key_required"),
    ({"Idempotency-Key": "x" * 101}, 400, "idempotency_key_required"),
    ({"Idempotency-Key": "clé"}, 400, "idempotency_key_required"),
]


def test_a_bad_header_is_refused(nurse: Caller, subtests: pytest.Subtests) -> None:
    before = whole_database()
    for header, status, code in HEADERS:
        with subtests.test(header=str(header)):
            headers = {"Idempotency-Key": "one"} | header
            refused(nurse.send("POST", "participants/", '{"site": "01"}', headers), status, code)
            assert whole_database() == before


def test_an_act_without_a_key_is_refused(nurse: Caller) -> None:
    refused(nurse.post("participants/", {"site": "01"}, key=""), 400, "idempotency_key_required")


def test_other_methods_are_not_allowed(nurse: Caller, subtests: pytest.Subtests) -> None:
    for method in ("PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"):
        with subtests.test(method=method):
            answer = nurse.send(method, "participants/")
            refused(answer, 405, "method_not_allowed")
            assert answer["Allow"] == "GET, HEAD, POST"


ADDRESSES = [
    ("participants/?state=eligible", 400, "unknown_parameter"),
    ("participants/?format=json", 400, "unknown_parameter"),
    ("participants/?site=01&site=02", 400, "invalid_parameter"),
    ("participants/?status=lost", 400, "invalid_parameter"),
    ("participants/?number=IM-0101-1", 400, "invalid_parameter"),
    ("participants/?page_size=0", 400, "invalid_parameter"),
    ("participants/?page_size=201", 400, "invalid_parameter"),
    ("participants/?page_size=٣", 400, "invalid_parameter"),
    ("participants/?cursor=%00", 400, "invalid_parameter"),
    ("participants/?cursor=eA", 400, "invalid_parameter"),
    ("participants/IM-0101-0/?x=1", 400, "unknown_parameter"),
    ("due/?day=2015-02-30", 400, "invalid_parameter"),
    ("due/?day=2015-10-05%00", 400, "invalid_parameter"),
    ("participants", 404, "not_found"),
    ("nothing/", 404, "not_found"),
    ("participants/%00/", 404, "not_found"),
    ("participants/..%2f..%2f/", 404, "not_found"),
]


def test_a_bad_address_is_refused(nurse: Caller, subtests: pytest.Subtests) -> None:
    for path, status, code in ADDRESSES:
        with subtests.test(path=path):
            refused(nurse.get(path), status, code)


def test_an_act_takes_no_parameters(nurse: Caller) -> None:
    refused(nurse.post("participants/?site=01", {}), 400, "unknown_parameter")


def test_text_is_composed_so_that_equal_words_are_equal(nurse: Caller, world: TrialFixture) -> None:
    world.participant(Status.RANDOMIZED)
    body = {"scope": "trial", "reason": "Il part a\u0300 l’e\u0301tranger"}
    nurse.post("participants/IM-0101-0/withdrawal/", body)
    row = world.trial.participants.get().statuses.last()
    assert row is not None
    assert row.reason == "Il part \u00e0 l’\u00e9tranger"
