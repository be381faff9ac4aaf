"""Nothing lives in the product that only tests call."""

from __future__ import annotations

import ast

import pytest

from tests.tools.callers import defined, named, without_caller

BY_DJANGO = "Django calls it by its name."
BY_REST = "The REST framework calls it by its name."
BY_SPECTACULAR = "drf-spectacular calls it by its name."

EXCEPTIONS = {
    "add_arguments": BY_DJANGO,
    "alter_field": BY_DJANGO,
    "clean": BY_DJANGO,
    "clean_blocks": BY_DJANGO,
    "clean_enrolment_code": BY_DJANGO,
    "database_backwards": BY_DJANGO,
    "database_forwards": BY_DJANGO,
    "describe": BY_DJANGO,
    "form_valid": BY_DJANGO,
    "format_value": BY_DJANGO,
    "get_bound_field": BY_DJANGO,
    "get_form": BY_DJANGO,
    "get_form_class": BY_DJANGO,
    "get_form_kwargs": BY_DJANGO,
    "get_queryset": BY_DJANGO,
    "get_template_names": BY_DJANGO,
    "handle": BY_DJANGO,
    "prepare_value": BY_DJANGO,
    "process_exception": BY_DJANGO,
    "remove_field": BY_DJANGO,
    "state_forwards": BY_DJANGO,
    "value_from_datadict": BY_DJANGO,
    "value_omitted_from_data": BY_DJANGO,
    "clean_code": BY_DJANGO,
    "get_help_text": BY_DJANGO,
    "get_callback_url": "allauth calls it by its name.",
    "get_public_key_credential_rp_entity": "allauth calls it by its name.",
    "get_requests_session": "allauth calls it by its name.",
    "import_models": BY_DJANGO,
    "is_open_for_signup": "allauth calls it by its name.",
    "pre_authenticate": "allauth calls it by its name.",
    "authentication_failed": "allauth calls it by its name.",
    "check_wall": "Celery calls it when a worker starts.",
    "authenticate_credentials": BY_REST,
    "check_permissions": BY_REST,
    "has_permission": BY_REST,
    "to_internal_value": BY_REST,
    "validate": BY_REST,
    "get_operation_id": BY_SPECTACULAR,
    "get_override_parameters": BY_SPECTACULAR,
    "get_request_serializer": BY_SPECTACULAR,
    "get_response_serializers": BY_SPECTACULAR,
    "get_security_definition": BY_SPECTACULAR,
    "get_serializer_name": BY_SPECTACULAR,
    "get_summary": BY_SPECTACULAR,
}
"""Function or method -> who calls it, though nobody in the product names it."""


def test_every_public_function_has_a_caller_in_the_product_or_a_reason() -> None:
    found = without_caller()
    assert {name: found[name] for name in found if name.rpartition(".")[2] not in EXCEPTIONS} == {}


def test_no_reason_is_left_of_a_function_that_is_gone_or_called() -> None:
    assert EXCEPTIONS.keys() - {name.rpartition(".")[2] for name in without_caller()} == set()


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("def lonely(): ...", {"lonely"}),
        ("def lonely(): return lonely()", {"lonely"}),
        ("from x import lonely\n__all__ = ['lonely']\ndef lonely(): ...", {"lonely"}),
        ("class Thing:\n    def lonely(self): ...", {"Thing.lonely"}),
        ("class Thing:\n    def lonely(self): super().lonely()", {"Thing.lonely"}),
        ("def called(): ...\ncalled()", set()),
        ("def called(): ...\nthing.called", set()),
        ("def called(): ...\nTABLE = {'called': 1}", set()),
        ("def called(): ...\ndef other(): called()\nother()", set()),
        ("def _private(): ...", set()),
    ],
)
def test_a_planted_function_is_found_unless_somebody_names_it(code: str, found: set[str]) -> None:
    tree = ast.parse(code)
    known = set(named(tree))
    assert {name for name in defined(tree) if name.rpartition(".")[2] not in known} == found
