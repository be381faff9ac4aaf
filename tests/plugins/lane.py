"""Gives each pytest process the door, home, secrets and database of its lane, before Django starts.

Works the same whether `tests/run.py` starts the process or a developer does:
`.venv/bin/pytest tests/pharmacy` opens the pharmacy door by itself, on SQLite unless
`VELUM_TEST_DATABASE=postgresql` is set.
"""

from __future__ import annotations

import os
import secrets
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.lanes import LANES, TESTS, door_of
from tests.servers.postgres import Postgres, postgres_folder
from tests.servers.processes import ServerUnavailable

FOREIGN = ("VELUM_", "DATABASE_", "REDIS_", "DJANGO_")
"""Variables of an installation on the developer's machine, which no test may touch."""
SERVER = pytest.StashKey[Postgres]()
"""The private PostgreSQL of a lane that has one; `tests/plugins/databases.py` starts it."""
OURS = ("VELUM_DOOR", "VELUM_TEST_DATABASE", "VELUM_TEST_DATABASE_NAME", "VELUM_CHROMIUM", "DATABASE_URL")


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests(
    early_config: pytest.Config, parser: pytest.Parser, args: list[str]
) -> Iterator[None]:
    """Prepare the environment before pytest-django loads the settings."""
    keep_compiled()
    doors = {door_of(folder) for folder in folders(early_config) if folder in known_folders()}
    if len(doors) > 1:
        raise pytest.UsageError(
            "These tests need different doors, which one process cannot have. "
            "Name the tests of one door, or run all lanes with `make test`."
        )
    if doors != {""}:
        early_config.add_cleanup(prepare(early_config, doors.pop() if doors else "clinic").close)
    return (yield)


def keep_compiled() -> None:
    """Keep what is compiled, here and in all processes that tests start, even where the machine says no.

    They are hundreds, and compiling the product takes each of them half a second.
    """
    sys.dont_write_bytecode = False
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)


def folders(config: pytest.Config) -> set[str]:
    """The folders below tests/ that the command line names; all of them if it names none."""
    named = config.known_args_namespace.file_or_dir or [str(TESTS)]
    paths = [Path(arg.split("::")[0]).resolve() for arg in named]
    if any(path == TESTS or path in TESTS.parents for path in paths):
        return known_folders()
    return {path.relative_to(TESTS).parts[0] for path in paths if TESTS in path.parents}


def known_folders() -> set[str]:
    """The folders below tests/ that exist and belong to a lane."""
    return {path.name for lane in LANES for path in lane.paths}


def prepare(config: pytest.Config | None, door: str) -> ExitStack:
    """Set the environment of a lane; closing what is returned stops and removes all of it.

    Without a `config`, as a benchmark has none, on SQLite or the server that DATABASE_URL names.
    """
    stack = ExitStack()
    home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="velum-home-")))
    url = os.environ.get("DATABASE_URL", "")
    for name in [name for name in os.environ if name.startswith(FOREIGN) and name not in OURS]:
        del os.environ[name]
    os.environ.setdefault("VELUM_DOOR", door)
    os.environ.update(
        DJANGO_SETTINGS_MODULE="trial.settings",
        VELUM_HOME=str(home),
        VELUM_SECRET_KEY=secrets.token_hex(32),
        VELUM_PLAIN_HTTP="1",
        DATABASE_URL=database_url(config, stack, url),
    )
    (home / "static").mkdir()
    give_keys(home / "keys")
    return stack


def give_keys(folder: Path) -> None:
    """New keys for this lane; behind the clinic door only the public halves, as in production."""
    from randomization.key_files import make_key_files

    make_key_files(folder)
    if os.environ["VELUM_DOOR"] == "clinic":
        for private in folder.glob("*.key"):
            private.unlink()


def database_url(config: pytest.Config | None, stack: ExitStack, given: str) -> str:
    """Where the tests of this lane keep their rows: SQLite, the server given, or a private one."""
    if os.environ.get("VELUM_TEST_DATABASE", "sqlite") != "postgresql":
        return ""
    if given or config is None:
        return given
    try:
        config.stash[SERVER] = stack.enter_context(postgres_folder())
    except ServerUnavailable as reason:
        raise pytest.UsageError(str(reason)) from reason
    return config.stash[SERVER].url
