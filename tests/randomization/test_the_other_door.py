"""From the clinic door there is no way to what is sealed."""

from __future__ import annotations

import importlib
import sys

import pytest
from django.apps import apps
from django.db import connection

from randomization.models import (
    Envelope,
    ListStep,
    PaperDraw,
    RandomizationList,
    RandomizedInError,
    Stratum,
    TrueStratum,
)


@pytest.mark.parametrize(
    "module", ["", ".models", ".opening.revealing", ".vault.boxes", ".management.commands.make_list"]
)
def test_importing_what_is_sealed_raises_and_says_where_the_code_belongs(module: str) -> None:
    with pytest.raises(ImportError, match="belongs to the pharmacy door"):
        importlib.import_module(f"randomization.sealed{module}")
    assert not [name for name in sys.modules if name.startswith("randomization.sealed")]


@pytest.mark.django_db
def test_no_sealed_table_and_no_sealed_app_exists_here() -> None:
    assert "sealed" not in {config.label for config in apps.get_app_configs()}
    assert not [name for name in connection.introspection.table_names() if name.startswith("sealed")]


FIELDS = {
    RandomizationList: "design_commitment envelope_count environment id made_at made_by name reserve_of root "
    "sequence signature signer_public_key trial",
    ListStep: "at by id list sequence step",
    Stratum: "id key list place size",
    PaperDraw: "at by envelope happened_at id reason",
    RandomizedInError: "at by id participant reason",
    TrueStratum: "at by drawn_as id key participant reason",
    Envelope: "audit_hash commitment drawn_at drawn_by id number participant position stratum",
}


@pytest.mark.parametrize("model", FIELDS)
def test_the_blinded_half_has_these_fields_and_no_others(model: type) -> None:
    """A new field is a decision: say here that it tells nothing of an arm or a block."""
    assert sorted(field.name for field in model._meta.concrete_fields) == FIELDS[model].split()
