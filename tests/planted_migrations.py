"""Migrations that a test plants beside those of an application, as `makemigrations` would write them."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db.migrations.loader import MigrationLoader

TEXT = """
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = {atomic}
    dependencies = [({app!r}, {last!r})]
    operations = [{operations}]
"""
NAME = "9999_planted"


def last_of(app: str) -> str:
    """The newest migration of an application."""
    [(_, name)] = MigrationLoader(None).graph.leaf_nodes(app)
    return name


@contextmanager
def planted(
    folder: Path, monkeypatch: pytest.MonkeyPatch, app: str, operations: str, *, atomic: bool = True
) -> Iterator[None]:
    """Within the block the application has one more migration; `migrate` takes it back at the end."""
    last, package = last_of(app), folder / f"planted_{uuid4().hex}"
    package.mkdir()
    there = importlib.import_module(MigrationLoader.migrations_module(app)[0]).__path__
    (package / "__init__.py").write_text(f"__path__ = [*{list(there)!r}, {str(package)!r}]")
    text = TEXT.format(app=app, last=last, operations=operations, atomic=atomic)
    (package / f"{NAME}.py").write_text(text)
    with monkeypatch.context() as patch:
        patch.syspath_prepend(folder)
        patch.setattr(settings, "MIGRATION_MODULES", settings.MIGRATION_MODULES | {app: package.name})
        try:
            yield
        finally:
            call_command("migrate", app, last, verbosity=0)


def migrate(app: str) -> None:
    """Apply what is planted."""
    call_command("migrate", app, verbosity=0)
