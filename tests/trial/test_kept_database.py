"""The tables of a kept database are those that the migrations make today."""

from __future__ import annotations

import inspect
from pathlib import Path
from weakref import ReferenceType

import pytest
from django.core.management import get_commands, load_command_class
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models.signals import post_migrate, pre_migrate

from tests.servers import schema
from trial.core.numbers import format_number


@pytest.mark.django_db
def test_every_migration_has_been_applied_and_no_other() -> None:
    executor = MigrationExecutor(connection)

    assert executor.migration_plan(executor.loader.graph.leaf_nodes()) == []
    assert set(executor.loader.applied_migrations) == set(executor.loader.graph.nodes)


def test_whatever_of_ours_runs_with_migrate_is_part_of_the_digest() -> None:
    """Else a kept database would miss what it does."""
    assert {path for path in run_with_migrate() if is_ours(path)} <= set(schema.files())


def test_a_listener_of_ours_that_the_digest_knows_nothing_of_would_be_seen() -> None:
    post_migrate.connect(format_number)
    try:
        missed = {path for path in run_with_migrate() if is_ours(path)} - set(schema.files())
    finally:
        post_migrate.disconnect(format_number)

    assert [path.name for path in missed] == ["numbers.py"]


def run_with_migrate() -> set[Path]:
    """The files of the command and of whoever listens to it."""
    entries = [entry[1] for signal in (pre_migrate, post_migrate) for entry in signal.receivers]
    heard = [one() if isinstance(one, ReferenceType) else one for one in entries]
    command = type(load_command_class(get_commands()["migrate"], "migrate"))
    return {Path(inspect.getsourcefile(inspect.unwrap(one)) or "") for one in [*heard, command] if one}


def is_ours(path: Path) -> bool:
    """Whether a file is the product's."""
    return any((schema.ROOT / name) in path.parents for name in schema.PRODUCT)
