"""A run: each test is run once and says which functions it goes through; then each change meets those tests.

A change within a function is put into the running interpreter, in a process that was forked for it and ends
with it: the tests are imported already, so that a change costs little more than the tests that it meets. What
was computed when modules were imported, tables and defaults, cannot be changed so: there a fork that has
imported nothing yet starts pytest anew.
"""

from __future__ import annotations

import ast
import builtins
import gc
import importlib.abc
import importlib.machinery
import importlib.util
import json
import os
import resource
import signal
import sqlite3
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import CodeType, FunctionType, SimpleNamespace
from typing import Any

import pytest

from tests.tools.mutating.changes import MODULE, Function, changes

ROOT = Path(__file__).resolve().parents[3]
PATIENCE = 10
"""A test under a change may take that many times its own processor time, and a second; then it is killed."""
MOST_SECONDS = 20.0
"""Processor time of tests that one change meets, the quick ones first."""
MEMORY = 4 << 30
KILLED, SURVIVED, UNREACHED = "killed", "survived", "unreached"
NOT_HERE = "not here"
"""A change that cannot be put into a function that lives; it meets a new start."""
MARK = "__mutating_hit__"
Owner = tuple[str, str]
"""Path of a module, and the name of a function or MODULE."""


def source_of(path: str) -> ast.Module:
    """The syntax tree of a module of the project."""
    return ast.parse((ROOT / path).read_text(encoding="utf-8"))


def code_of(tree: ast.Module, path: str) -> CodeType:
    """Compiled, under the name that the importer gives it."""
    return compile(tree, str(ROOT / path), "exec", dont_inherit=True)


def functions(code: CodeType) -> Iterator[tuple[tuple[str, int], CodeType]]:
    """The functions of a module and of its classes, by name and first line."""
    for inner in code.co_consts:
        if isinstance(inner, CodeType):
            if inner.co_flags & 0x2:  # a function's: CO_NEWLOCALS; a class body has none
                yield (inner.co_qualname, inner.co_firstlineno), inner
            else:
                yield from functions(inner)


class Loader(importlib.machinery.SourceFileLoader):
    """Loads one module from a tree that somebody has changed."""

    def __init__(self, name: str, path: str, change: Callable[[ast.Module, str], CodeType]) -> None:
        super().__init__(name, str(ROOT / path))
        self.where, self.change = path, change

    def get_code(self, fullname: str) -> CodeType:
        """The changed module."""
        return self.change(source_of(self.where), self.where)


class Finder(importlib.abc.MetaPathFinder):
    """Finds the modules at these paths before anybody else does."""

    def __init__(self, paths: Sequence[str], change: Callable[[ast.Module, str], CodeType]) -> None:
        self.names = {path.removesuffix(".py").replace("/", "."): path for path in paths}
        self.change = change

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> Any:
        """A spec for a module that is to be changed."""
        if name not in self.names:
            return None
        loader = Loader(name, self.names[name], self.change)
        return importlib.util.spec_from_file_location(name, loader.path, loader=loader)


def marked(tree: ast.Module, path: str) -> CodeType:
    """The module, each of whose functions says that somebody came through."""

    def mark(body: list[ast.stmt], inside: str) -> None:
        for node in body:
            if isinstance(node, ast.ClassDef):
                mark(node.body, f"{inside}{node.name}.")
            elif isinstance(node, Function):
                owner = ast.Tuple([ast.Constant(path), ast.Constant(f"{inside}{node.name}")], ast.Load())
                call = ast.Expr(ast.Call(ast.Name(MARK, ast.Load()), [owner], []))
                node.body.insert(1 if ast.get_docstring(node) is not None else 0, call)

    mark(tree.body, "")
    return code_of(ast.fix_missing_locations(tree), path)


@dataclass(eq=False)
class Plugin:
    """Runs the session's tests once, then every change against the tests that go through its function."""

    paths: Sequence[str]
    wanted: Callable[[str], bool]
    tell: Callable[[dict[str, Any]], None]
    hits: set[Owner] = field(default_factory=set)
    at_import: dict[Owner, set[str]] = field(default_factory=dict)
    through: dict[Owner, set[int]] = field(default_factory=dict)
    seconds: dict[int, float] = field(default_factory=dict)
    failed: bool = False
    nobody: Any = None
    """Stands for a next test that needs nothing but what stands between two tests."""

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(self, fixturedef: pytest.FixtureDef[Any], request: pytest.FixtureRequest) -> Any:
        """Once the tables are there, they are moved to where a fork has them as its own."""
        made = yield
        if fixturedef.argname == "django_db_setup":
            with request.getfixturevalue("django_db_blocker").unblock():
                into_memory()
        return made

    @pytest.hookimpl(wrapper=True)
    def pytest_make_collect_report(self, collector: pytest.Collector) -> Any:
        """Notes through which functions a file of tests goes while it is imported."""
        self.hits.clear()
        report = yield
        for owner in self.hits:
            self.at_import.setdefault(owner, set()).add(collector.nodeid.partition("::")[0])
        return report

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """A part of a test that failed is a failure."""
        self.failed = self.failed or report.failed

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Instead of the usual loop."""
        self.items = [item for item in session.items if not _with_transactions(item)]
        standing = standing_after(self.items) or [session]
        self.nobody = SimpleNamespace(listchain=lambda: standing)
        self.learn()
        self.forget()
        files = {owner: sorted(self._files(owner)) for owner in self.through.keys() | self.at_import.keys()}
        self.tell({"files": [[list(owner), found] for owner, found in files.items()]})
        for path in self.paths:
            self.module(path)
        return True

    def _files(self, owner: Owner) -> set[str]:
        tests = {self.items[number].nodeid.partition("::")[0] for number in self.through.get(owner, ())}
        return tests | self.at_import.get(owner, set())

    def learn(self) -> None:
        """Run every test once: what an earlier run has learned may be of other tests or another product."""
        shared: dict[object, tuple[set[Owner], set[int]]] = {}
        for number, item in enumerate(self.items):
            following = self.items[number + 1] if number + 1 < len(self.items) else self.nobody
            row = self._learn_one(item, following)
            if row["failed"]:
                print(f"Left out, since it fails without any change: {item.nodeid}", file=sys.stderr)
                continue
            self.seconds[number] = row["seconds"]
            for path, name in row["through"]:
                self.through.setdefault((path, name), set()).add(number)
            for fixture in _shared_fixtures(item):
                owners, users = shared.setdefault(fixture, (set(), set()))
                owners.update((path, name) for path, name in row["setup"])
                users.add(number)
        for owners, users in shared.values():
            for owner in owners:
                self.through.setdefault(owner, set()).update(users)

    def _learn_one(self, item: pytest.Item, following: Any) -> dict[str, Any]:
        begun = _spent()
        self.hits.clear()
        self.failed = False
        setup = self._one(item, following)
        row = {"seconds": _spent() - begun, "through": sorted(self.hits), "setup": sorted(setup)}
        row["failed"] = self.failed
        return row

    def _one(self, item: pytest.Item, following: Any) -> set[Owner]:
        """Run one test; what its setting up went through."""
        from _pytest.runner import runtestprotocol

        seen: set[Owner] = set()

        def hook() -> None:
            seen.update(self.hits)
            run()

        run = item.runtest
        item.runtest = hook  # type: ignore[method-assign]
        try:
            reports = runtestprotocol(item, log=False, nextitem=following)
        finally:
            item.runtest = run  # type: ignore[method-assign]
        self.failed = self.failed or any(report.failed for report in reports)
        return seen

    def forget(self) -> None:
        """Give the functions their own code back, and empty every cache of the project's."""
        self.live: dict[tuple[str, str, int], list[FunctionType]] = {}
        for thing in gc.get_objects():
            if type(thing) is FunctionType:  # a lazy object would wake up if it were asked what it is
                code = thing.__code__
                key = (code.co_filename, code.co_qualname, code.co_firstlineno)
                self.live.setdefault(key, []).append(thing)
            elif type(thing) is CACHE and thing.__module__.partition(".")[0] in OURS:
                thing.cache_clear()
        if os.environ.get("DJANGO_SETTINGS_MODULE"):
            sys.modules["django.db"].connections.close_all()
        for path in self.paths:
            self._give(path, dict(functions(code_of(source_of(path), path))))

    def _give(self, path: str, codes: dict[tuple[str, int], CodeType]) -> None:
        for (name, line), code in codes.items():
            for function in self._living(path, (name, line)):
                function.__code__ = code

    def _living(self, path: str, owner: tuple[str, int]) -> list[FunctionType]:
        return self.live.get((str(ROOT / path), *owner), [])

    def module(self, path: str) -> None:
        """Every change of one module that lies within a function and that somebody goes through."""
        tree = source_of(path)
        for change in changes(tree, path):
            owner = (path, change.owner[0])
            if not self.wanted(change.key) or change.owner[0] == MODULE:
                continue
            if owner not in self.through:
                outcome = SURVIVED if owner in self.at_import else UNREACHED
                self.tell({"key": change.key, "outcome": outcome, "by": "", "again": owner in self.at_import})
                continue
            code = dict(functions(code_of(tree, path)))[change.owner]
            numbers = sorted(self.through[owner], key=lambda number: self.seconds[number])
            outcome, by = self._meet(path, change.owner, code, numbers)
            again = outcome == NOT_HERE or (outcome == SURVIVED and owner in self.at_import)
            self.tell({"key": change.key, "outcome": outcome, "by": by, "again": again})

    def _meet(self, path: str, owner: tuple[str, int], code: CodeType, numbers: list[int]) -> tuple[str, str]:
        """In a process of its own: the change, and the tests, until one fails."""
        if any(function.__code__.co_freevars != code.co_freevars for function in self._living(path, owner)):
            return NOT_HERE, ""
        reading, writing = os.pipe()
        pid = os.fork()
        if pid == 0:
            os.close(reading)
            os._exit(self._child(path, owner, code, numbers, writing))
        os.close(writing)
        with os.fdopen(reading, "rb") as pipe:
            last = pipe.read().rpartition(b" ")[2].decode()
        _pid, status = os.waitpid(pid, 0)
        if os.WIFEXITED(status) and os.WEXITSTATUS(status) == 0:
            return SURVIVED, ""
        why = "" if os.WIFEXITED(status) else " (too long)"
        return KILLED, (self.items[int(last)].nodeid if last else "") + why

    def _child(
        self, path: str, owner: tuple[str, int], code: CodeType, numbers: list[int], writing: int
    ) -> int:
        _bounded()
        self.failed, spent = False, 0.0
        self._give(path, {owner: code})
        for place, number in enumerate(numbers):
            spent += self.seconds[number]
            if place and spent > MOST_SECONDS:
                break
            os.write(writing, f" {number}".encode())
            signal.setitimer(signal.ITIMER_PROF, 1 + PATIENCE * self.seconds[number])
            try:
                following = self.items[numbers[place + 1]] if place + 1 < len(numbers) else self.nobody
                self._one(self.items[number], following)
            except BaseException:
                return 1
            if self.failed:
                return 1
        return 0


CACHE = type(cache(lambda: None))
OURS = ("trial", "randomization", "dosing", "tests")


def standing_after(items: Sequence[pytest.Item]) -> list[Any]:
    """What may stand between two tests: of one file all but the test itself, of several nothing.

    So a world that a file makes once is there in every fork, and no change has to wait until it is made anew.
    """
    files = {item.path for item in items}
    return list(items[0].listchain()[:-1]) if len(files) == 1 else []


def into_memory() -> None:
    """Have SQLite's tables in memory, where a fork has its own; a server's stay where they are."""
    from django.db import connection

    if connection.vendor != "sqlite":
        return
    with sqlite3.connect(str(connection.settings_dict["NAME"])) as file:
        connection.close()
        connection.settings_dict["NAME"] = ":memory:"
        connection.connect()
        file.backup(connection.connection)


def _spent() -> float:
    """Processor time of this process and of those that it has started."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def _bounded() -> None:
    """Of this process nothing is heard, and it neither eats all memory nor lasts for ever."""
    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)


def _with_transactions(item: pytest.Item) -> bool:
    """Tests that empty the tables afterwards are left out: they take seconds each."""
    mark = item.get_closest_marker("django_db")
    return mark is not None and bool(mark.kwargs.get("transaction"))


def _shared_fixtures(item: pytest.Item) -> list[object]:
    """The fixtures of this test that are set up once for several."""
    known = item._fixtureinfo.name2fixturedefs.values()  # type: ignore[attr-defined]
    return [found[-1] for found in known if found and found[-1].scope != "function"]


WORDS = ("-q", "-p", "no:cacheprovider", "-m", "not slow")


def run_tests(tests: Sequence[str], plugin: Plugin) -> int:
    """One pytest session in this process, with the modules marked."""
    setattr(builtins, MARK, plugin.hits.add)
    sys.meta_path.insert(0, Finder(plugin.paths, marked))
    calm_hypothesis()
    return int(pytest.main([*tests, *WORDS], plugins=[plugin]))


def calm_hypothesis() -> None:
    """Fewer examples, the same each time, and no search for the smallest one that fails."""
    from hypothesis import Phase, settings

    phases = (Phase.explicit, Phase.generate)
    calm = settings(max_examples=40, derandomize=True, database=None, deadline=None, phases=phases)
    settings.register_profile("mutating", calm)
    settings.load_profile("mutating")


def meet_anew(key: str, path: str, tests: Sequence[str]) -> str:
    """The same for a change that has to be there when the module is imported: a fork starts pytest anew."""
    pid = os.fork()
    if pid == 0:
        _bounded()
        signal.setitimer(signal.ITIMER_PROF, 120)
        sys.meta_path.insert(0, Finder([path], lambda tree, where: _with_change(tree, where, key)))
        os.chdir(ROOT)
        calm_hypothesis()
        try:
            os._exit(int(pytest.main([*tests, "-x", *WORDS])))
        except BaseException:
            os._exit(1)
    _pid, status = os.waitpid(pid, 0)
    return SURVIVED if os.WIFEXITED(status) and os.WEXITSTATUS(status) == 0 else KILLED


def _with_change(tree: ast.Module, path: str, key: str) -> CodeType:
    for change in changes(tree, path):
        if change.key == key:
            return code_of(tree, path)
    raise LookupError(key)


@dataclass
class Results:
    """What a file of results says: outcomes by change, and files of tests by owner."""

    outcomes: dict[str, dict[str, Any]] = field(default_factory=dict)
    files: dict[Owner, list[str]] = field(default_factory=dict)


def read_results(file: Path) -> Results:
    """Later rows count."""
    results = Results()
    for line in file.read_text(encoding="utf-8").splitlines() if file.exists() else ():
        row = json.loads(line)
        if "files" in row:
            results.files.update({(owner[0], owner[1]): found for owner, found in row["files"]})
        else:
            results.outcomes[row["key"]] = row
    return results
