"""Side effects of a process beside what it answers: files, sockets, programs, bare statements.

What Python offers for them is wrapped, so that it says when it is used; and SQLite says which statements
reach it, whoever wrote them and however they were sent.
"""

from __future__ import annotations

import builtins
import io
import os
import socket
import subprocess
import sys
from collections.abc import Iterable
from functools import wraps
from typing import Any

OPENING = ((builtins, "open"), (io, "open"), (os, "open"))
"""Kept where they open for writing."""
DOING = (
    (os, "mkdir"),
    (os, "rename"),
    (os, "replace"),
    (os, "link"),
    (os, "symlink"),
    (os, "system"),
    (os, "posix_spawn"),
    (subprocess.Popen, "__init__"),
    (socket, "getaddrinfo"),
    *((socket.socket, name) for name in ("connect", "send", "sendall", "sendto", "sendmsg")),
)
"""Kept whenever they are called, with what they are given."""
WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT


PRINTED = 1
"""Standard output, which is one file with the standard error: the process's output is kept in it."""


class SideEffects:
    """What was taken since the last look, in order. One for a process: the wrapping stays.

    `hidden` are words that differ between runs of one world, such as a temporary folder's name.
    """

    def __init__(self, hidden: Iterable[str]) -> None:
        self.hidden = [word for word in hidden if word]
        self.taken: list[str] = []
        self.statements: list[str] = []
        self.printed = 0
        for place, name in OPENING:
            self._wrap(place, name, for_writing)
        for place, name in DOING:
            self._wrap(place, name, lambda *words, **named: True)

    def _wrap(self, place: Any, name: str, is_kept: Any) -> None:
        real = getattr(place, name)

        @wraps(real)
        def wrapped(*words: Any, **named: Any) -> Any:
            if is_kept(*words, **named):
                self._keep(name, words[1:] if isinstance(place, type) else words, named)
            return real(*words, **named)

        setattr(place, name, wrapped)

    def _keep(self, name: str, words: tuple[Any, ...], named: dict[str, Any]) -> None:
        said = f"{name} {words!r} {named!r}"
        for word in self.hidden:
            said = said.replace(word, "…")
        self.taken.append(f"{name}: a log-in" if "AUTH" in said else said)

    def listen_to(self, connection: Any) -> None:
        """Hear every statement that reaches a connection's database. SQLite only."""
        connection.connection.set_trace_callback(self.statements.append)

    def look(self) -> dict[str, bytes]:
        """What was taken, and a new beginning."""
        seen = {
            "side effects": "\n".join(self.taken).encode(),
            "bare statements": "\n".join(self.statements).encode(),
        }
        self.taken.clear()
        self.statements.clear()
        return seen | {"output": self._newly_printed()}

    def _newly_printed(self) -> bytes:
        sys.stdout.flush()
        sys.stderr.flush()
        before, self.printed = self.printed, os.fstat(PRINTED).st_size
        return os.pread(PRINTED, self.printed - before, before)


def for_writing(path: Any, mode: Any = "r", *words: Any, **named: Any) -> bool:
    """Whether a file is opened to be written; `mode` is a word, or the flags of the operating system."""
    return bool(mode & WRITES) if isinstance(mode, int) else bool({*"wax+"} & {*mode})
