"""Watches one process of a door: what goes out with every request, and what went on inside.

Needs Django, set up. Lines are traced in the project's own packages; for everything else that Python
runs (Django, the libraries) the number of calls is kept.
"""

from __future__ import annotations

import itertools
import logging
import os
import re
import sys
import zlib
from array import array
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

from celery.signals import before_task_publish
from django.conf import settings
from django.db import connection
from django.test import Client

from tests.blinding.fixed_sources import FixedSources
from tests.blinding.recording import LINES_OF_A_FILE, Recording
from tests.blinding.sandbox import ROOT
from tests.blinding.side_effects import SideEffects

PACKAGES = tuple(f"{ROOT}/{name}/" for name in ("trial", "randomization", "dosing"))


Tracer = Callable[[FrameType, str, object], Any]


class Trace:
    """The lines that ran, in order, as numbers; `calls` counts calls of any Python function."""

    def __init__(self) -> None:
        self.lines, self.calls = array("I"), 0
        ours = sorted(str(path) for package in PACKAGES for path in Path(package).rglob("*.py"))
        self.files = {file: number for number, file in enumerate(ours, 1)}
        self.tracers = ByCode(self._tracer_of)

    def start(self) -> None:
        del self.lines[:]
        self._counted = itertools.count()
        sys.settrace(self._tracer(self._counted.__next__, self.tracers.__getitem__))

    def stop(self) -> None:
        sys.settrace(None)
        self.calls = next(self._counted)

    def _tracer(self, count: Callable[[], int], tracer_of: Callable[[CodeType], Tracer | None]) -> Tracer:
        """What the interpreter calls. It is called some ten thousand times in a request, so it is short."""

        def call(frame: FrameType, event: str, argument: object) -> Any:
            count()
            return tracer_of(frame.f_code)

        return call

    def _tracer_of(self, code: CodeType) -> Tracer | None:
        """What keeps the lines of a function of ours; None for any other."""
        base = self._base(code.co_filename)
        append = self.lines.append

        def line(frame: FrameType, event: str, argument: object) -> Any:
            if event == "line":
                append(base + frame.f_lineno)
            return line

        return line if base else None

    def _base(self, file: str) -> int:
        """A number that stands for a file of ours, whichever ran first; zero for any other."""
        return LINES_OF_A_FILE * self.files.get(file, 0)

    def names(self) -> dict[int, str]:
        """Which file each number stands for."""
        return {number: file.removeprefix(f"{ROOT}/") for file, number in self.files.items()}


class ByCode(dict[CodeType, "Tracer | None"]):
    """What traces each function, made when it first runs."""

    def __init__(self, make: Callable[[CodeType], Tracer | None]) -> None:
        super().__init__()
        self.make = make

    def __missing__(self, code: CodeType) -> Tracer | None:
        self[code] = self.make(code)
        return self[code]


class Lines(logging.Handler):
    """Keeps every log line as the product's formatter writes it."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.kept: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.kept.append(self.format(record))


class Watch:
    """Everything that one process lets be seen, act by act."""

    def __init__(self, fixed: FixedSources) -> None:
        self.recording, self.fixed, self.trace = Recording(), fixed, Trace()
        self.keeps_lines = self.traced = True
        self.untraced = frozenset[str]()
        self.part, self.times = "", Counter[str]()
        self.statements: list[str] = []
        self.published: list[str] = []
        self.letters: set[str] = set()
        self.log = self.heard()
        self.commands: list[str] = []
        self.side_effects = SideEffects(
            [os.environ["TMPDIR"], *re.split(r"^\w+://|/", os.environ["REDIS_URL"])]
        )
        before_task_publish.connect(self._publish, weak=False)
        self._listen_to_redis()

    def heard(self) -> Lines:
        """Listen to all that is logged from now on."""
        handler, root = Lines(), logging.getLogger()
        handler.setFormatter(root.handlers[0].formatter)
        root.addHandler(handler)
        return handler

    def _listen_to_redis(self) -> None:
        """Note every command that goes to Redis; of a log-in only that there was one."""
        from redis.connection import AbstractConnection

        real = AbstractConnection.send_packed_command

        def send(connection: Any, command: Any, *more: Any, **named: Any) -> Any:
            said = command if isinstance(command, bytes | str) else b"".join(command)
            self.commands.append("AUTH" if b"AUTH" in said[:30] else repr(said))
            return real(connection, command, *more, **named)

        AbstractConnection.send_packed_command = send

    def _publish(self, sender: str = "", headers: Any = None, body: Any = None, **message: Any) -> None:
        parts = (
            sender,
            headers,
            body,
            message.get("exchange"),
            message.get("routing_key"),
            message.get("properties"),
        )
        self.published.append(repr(parts))

    def begin(self, part: str) -> None:
        """A part of the script begins. In it each thing goes by its name and how many-th time."""
        self.part, self.times = part, Counter()
        self.traced = self.keeps_lines and part not in self.untraced

    def keep_no_lines(self) -> None:
        """Trace nothing from now on."""
        self.keeps_lines = self.traced = False

    def act(self, name: str, work: Callable[[], Any], *, counted: bool = True) -> Any:
        """Do something that is no request, such as a task of a worker, and note what it showed.

        Where a library waits for something real, its calls cannot be `counted`, nor what it sends.
        """
        with self._watched(name) as seen:
            done = self._run(work, seen)
        if not counted:
            for channel in ("calls", "side effects"):
                self.recording.forget(f"{self.part}/{self.times[name]:04d} {name}", channel)
        return done

    def ask(self, name: str, client: Client, method: str, path: str, **request: Any) -> Any:
        """Send a request, and note the answer and everything around it."""
        with self._watched(f"{name} {method} {path}") as seen:
            answer = self._run(lambda: client.generic(method, path, **request), seen)
            body = b"".join(answer.streaming_content) if answer.streaming else answer.content
            seen["status"] = f"{answer.status_code} {answer.reason_phrase}".encode()
            seen["headers"] = "\n".join(f"{key}: {value}" for key, value in answer.headers.items()).encode()
            seen["cookies"] = answer.cookies.output().encode()
            seen["body"] = body
            seen["compressed size"] = str(len(zlib.compress(body, 6))).encode()
            return answer

    def look(self, name: str, channels: Mapping[str, bytes]) -> None:
        """Note something that was looked at from outside, such as a table."""
        self.recording.add(self._named(name), channels)

    def _run(self, work: Callable[[], Any], seen: dict[str, bytes]) -> Any:
        if not self.traced:
            with connection.execute_wrapper(self._statement):
                return work()
        with connection.execute_wrapper(self._statement):
            self.trace.start()
            try:
                done = work()
            finally:
                self.trace.stop()
        return done

    def _named(self, name: str) -> str:
        self.times[name] += 1
        return f"{self.part}/{self.times[name]:04d} {name}"

    @contextmanager
    def _watched(self, name: str) -> Iterator[dict[str, bytes]]:
        what = self._named(name)
        self.fixed.begin(what)
        self.statements, self.published, self.commands, self.log.kept = [], [], [], []
        seen: dict[str, bytes] = {}
        self.side_effects.look()
        yield seen
        seen |= self.side_effects.look()
        seen["random bytes"] = str(self.fixed.drawn).encode()
        seen["statements"] = "\n".join(self.statements).encode()
        seen["number of statements"] = str(len(self.statements)).encode()
        seen["log"] = "\n".join(self.log.kept).encode()
        seen["tasks"] = "\n".join(self.published).encode()
        seen["redis"] = "\n".join(self.commands).encode()
        seen["mail"] = self._mail()
        if self.traced:
            seen["lines"] = self.trace.lines.tobytes()
            seen["calls"] = str(self.trace.calls).encode()
        self.recording.add(what, seen)

    def _statement(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        self.statements.append(f"{sql} -- {params!r}")
        return execute(sql, params, many, context)

    def _mail(self) -> bytes:
        """The messages that left since the last look."""
        folder = settings.MAIL_FOLDER
        new = (
            sorted(path for path in folder.glob("*") if path.name not in self.letters)
            if folder.is_dir()
            else []
        )
        self.letters |= {path.name for path in new}
        return b"\n".join(path.name.encode() + b"\n" + path.read_bytes() for path in new)
