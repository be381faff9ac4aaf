"""The OpenAPI document: valid, the same everywhere, published, and complete."""

from __future__ import annotations

from io import StringIO

from django.core.management import call_command
from drf_spectacular.validation import validate_schema

from tests.caller import Caller, plain_document
from tests.closed_list import DOCUMENT

PROMISED = {
    "sites/": "GET",
    "participants/": "GET POST",
    "participants/{number}/": "GET",
    "participants/{number}/eligibility/": "GET POST",
    "participants/{number}/eligibility/confirmation/": "GET POST",
    "participants/{number}/randomization/": "GET POST",
    "participants/{number}/first-injection/": "GET POST",
    "participants/{number}/calendar/": "GET",
    "participants/{number}/calendar.ics": "GET",
    "participants/{number}/calendar.pdf": "GET",
    "participants/{number}/injections/{injection}/": "GET POST",
    "participants/{number}/visits/{code}/": "GET POST",
    "participants/{number}/visits/{code}/hour/": "POST",
    "participants/{number}/unscheduled-visits/": "GET POST",
    "participants/{number}/unscheduled-visits/{visit}/": "POST",
    "participants/{number}/unscheduled-visits/{visit}/taken-back/": "POST",
    "participants/{number}/injections/{injection}/hour/": "POST",
    "participants/{number}/hold/": "POST",
    "participants/{number}/release/": "POST",
    "participants/{number}/withdrawal/": "POST",
    "participants/{number}/withdrawal/correction/": "POST",
    "participants/{number}/mistake/": "POST",
    "participants/{number}/no-mistake/": "POST",
    "due/": "GET",
    "audit/": "GET",
    "openapi.json": "GET",
    # Added to what was promised:
    "participants/{number}/consent/": "POST",
    "participants/{number}/contact/": "POST",
    "participants/{number}/options/": "GET POST",
    "participants/{number}/deviations/{deviation}/": "POST",
    "participants/{number}/found-again/": "POST",
    "participants/{number}/version/": "GET POST",
    "participants/{number}/calendar.csv": "GET",
    "deviations/": "GET",
    "deviations.csv": "GET",
    "closed-days/": "GET POST",
}


def test_the_document_is_valid_openapi_3_1() -> None:
    assert plain_document()["openapi"].startswith("3.1")
    validate_schema(plain_document())


def test_the_published_document_is_what_the_code_says() -> None:
    out = StringIO()
    call_command("openapi", stdout=out)
    assert out.getvalue() == (DOCUMENT.parent / "openapi-clinic.json").read_text()


def test_the_door_serves_its_document(nurse: Caller) -> None:
    assert nurse.get("openapi.json").json() == plain_document()


def test_every_promised_address_is_there_and_no_other() -> None:
    paths = plain_document()["paths"]
    prefix = "/api/v1/trials/{trial}/"
    found = {path.removeprefix(prefix): " ".join(sorted(verbs)).upper() for path, verbs in paths.items()}
    assert found == PROMISED


def test_every_act_asks_for_a_key_and_every_address_for_a_token() -> None:
    operations = [
        (verb, operation) for path in plain_document()["paths"].values() for verb, operation in path.items()
    ]
    assert all(operation["security"] == [{"bearerToken": []}] for _verb, operation in operations)
    for verb, operation in operations:
        needed = [one["name"] for one in operation["parameters"] if one["in"] == "header" and one["required"]]
        assert needed == (["Idempotency-Key"] if verb == "post" else [])


def test_no_body_takes_more_than_it_says() -> None:
    schemas = plain_document()["components"]["schemas"]
    bodies = {name: schema for name, schema in schemas.items() if name.endswith("Request")}
    assert bodies
    assert {
        name for name, schema in bodies.items() if schema.get("additionalProperties") is not False
    } == set()
