"""Every column of every table is on one side, blinded or sealed: `docs/fields.txt`, complete by this test."""

from __future__ import annotations

import os
from pathlib import Path

from django.apps import apps

from trial.walls.database_grants import SEALED_PREFIXES, rights_of

FIELDS = Path(__file__).resolve().parents[2] / "docs" / "fields.txt"
TELLING = {"arm", "block", "lot", "product", "dose", "treatment", "allocation", "box", "salt", "seed", "vial"}
"""Words that stand in the name of no blinded column."""


def columns() -> set[str]:
    """`table.column` of everything that this installation stores, as the pharmacy door knows it."""
    models = apps.get_models(include_auto_created=True)
    return {
        f"{model._meta.db_table}.{field.column}" for model in models for field in model._meta.local_fields
    }


def kept() -> dict[str, str]:
    """The table: column -> side."""
    return dict(reversed(line.split()) for line in FIELDS.read_text().splitlines() if line)  # type: ignore[misc]


def side_of(column: str) -> str:
    return "sealed" if column.startswith(SEALED_PREFIXES) else "blinded"


def test_every_column_is_blinded_or_sealed_and_no_line_is_left_over() -> None:
    """After a new field: `UPDATE_FIELDS=1`, and read the line that came."""
    if os.environ.get("UPDATE_FIELDS"):
        FIELDS.write_text("".join(f"{side_of(name)} {name}\n" for name in sorted(columns())))
    assert set(kept()) == columns()


def test_the_side_of_a_column_is_what_the_databases_roles_make_of_it() -> None:
    wrong = [name for name, side in kept().items() if side != side_of(name)]
    readable = [
        name for name, side in kept().items() if side == "sealed" and rights_of("clinic", table(name))
    ]
    assert (wrong, readable) == ([], [])


def test_no_blinded_column_is_named_like_something_that_is_sealed() -> None:
    blinded = [name for name, side in kept().items() if side == "blinded"]
    telling = [name for name in blinded if TELLING & set(name.partition(".")[2].split("_"))]
    assert telling == []


def table(column: str) -> str:
    return column.partition(".")[0]
