"""Much asking of one prepared world, done on two cores: the second has a copy of the database."""

from __future__ import annotations

import gc
import json
import os
import tempfile
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NoReturn

from django.db import connection, connections


def in_halves(work: Callable[[Any], list[str]], things: Sequence[Any]) -> list[list[str]]:
    """`work` of each thing, in their order. On SQLite every second one is done by a process of its own.

    That process begins with the world as it is, also where it is not yet committed. So `work` has to take
    back what it changes; and what it changes in memory is not seen here. Raises RuntimeError if it
    fails there.
    """
    if connection.vendor != "sqlite":
        return [work(thing) for thing in things]
    with tempfile.TemporaryDirectory(prefix="velum-half-") as folder:
        database, found = Path(folder, "half.sqlite3"), Path(folder, "found.json")
        database.write_bytes(connection.connection.serialize())
        child = os.fork()
        if child == 0:
            other_half(work, things[1::2], database, found)
        mine = [work(thing) for thing in things[::2]]
        os.waitpid(child, 0)
        theirs = json.loads(found.read_text())
    if isinstance(theirs, str):
        raise RuntimeError(theirs)
    return [half.pop(0) for place in range(len(things)) for half in [(mine, theirs)[place % 2]]]


def other_half(
    work: Callable[[Any], list[str]], things: Sequence[Any], database: Path, found: Path
) -> NoReturn:
    """Work on the copy, write down what came of it or what went wrong, and go."""
    gc.disable()  # it is short-lived
    inherited = connections["default"]  # belongs to the parent: neither used nor closed here, but kept
    try:
        connections.settings["default"]["NAME"] = str(database)
        del connections["default"]
        answer: Any = [work(thing) for thing in things]
        assert inherited
    except BaseException:
        answer = traceback.format_exc()
    found.write_text(json.dumps(answer))
    os._exit(0)
