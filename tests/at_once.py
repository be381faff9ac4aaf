"""Several acts at the same moment, each on a database connection of its own, and where they meet."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import wraps
from typing import Any

import pytest
from django.db import connection, connections


def at_once(*acts: Callable[[], object]) -> list[object]:
    """What each act returned or raised; all start together."""
    start = threading.Barrier(len(acts))

    def run(act: Callable[[], object]) -> object:
        try:
            start.wait()
            return act()
        except Exception as raised:
            return raised
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def kinds(outcomes: list[object]) -> list[str]:
    """The names of the types of what came out, in order of the alphabet."""
    return sorted(type(outcome).__name__ for outcome in outcomes)


class Meeting:
    """Makes two acts stand at the same place at the same time, if nothing keeps them apart.

    Whoever is alone there goes on after `patience` seconds: a lock that works costs that long and
    no more, and one that is missing is always seen.
    """

    def __init__(self, patience: float = 0.4) -> None:
        self.patience = patience
        self.place = threading.Barrier(2)

    def wait(self) -> None:
        """Wait for the other one, for a while."""
        with suppress(threading.BrokenBarrierError):
            self.place.wait(self.patience)

    def after(self, act: Callable[..., Any]) -> Callable[..., Any]:
        """The act, with the meeting behind it."""

        @wraps(act)
        def wrapped(*args: Any, **kwargs: Any) -> Any:
            done = act(*args, **kwargs)
            self.wait()
            return done

        return wrapped

    def before(self, act: Callable[..., Any]) -> Callable[..., Any]:
        """The act, with the meeting in front of it."""

        @wraps(act)
        def wrapped(*args: Any, **kwargs: Any) -> Any:
            self.wait()
            return act(*args, **kwargs)

        return wrapped


def without_lock(monkeypatch: pytest.MonkeyPatch, module: object, name: str, unlocked: object) -> None:
    """Plant the fault that nothing makes two acts wait for each other.

    On PostgreSQL the function that locks a row is replaced by one that only reads it; on SQLite,
    where BEGIN IMMEDIATE is the lock, transactions begin without it.
    """
    if connection.vendor == "sqlite":
        monkeypatch.setitem(connections.settings["default"]["OPTIONS"], "transaction_mode", "DEFERRED")
    else:
        monkeypatch.setattr(module, name, unlocked)
