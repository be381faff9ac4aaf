"""Every address and act of the clinic made to fail at every line of ours that it runs, and what comes out.

Each is made once and put back, and then once more for each line that ran. The fault is raised by the
interpreter's trace, at the first time that the line is reached. Each address is asked by somebody who may
and about something that exists (`tests.blinding.reach`), as a refusal runs no line of the view. Runs inside
the clinic's process, on SQLite.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from types import CodeType, FrameType
from typing import Any

from django.conf import settings
from django.db import connection

from tests.blinding.acts import Act, route_of
from tests.blinding.addresses import addresses
from tests.blinding.people import People
from tests.blinding.reach import Choices, Reach, fresh_secrets
from tests.blinding.reset_state import ResetState, database_if_changed
from tests.blinding.watching import PACKAGES, Watch
from trial.walls.database_grants import rights_of
from trial.walls.sqlite import Guard

Line = tuple[str, int]
Traced = Callable[[FrameType, str, object], Any]
DONE = frozenset({200, 201, 302})
NOT_OURS_TO_FAIL = {"server_error", "problem_page", "problem_body", "hide_secrets.<locals>.record"}
"""What shows the error itself; if that fails as well, the server answers with nothing but its own 500. And
the `try` around whatever is done to a line of the log; all that it calls does fail."""

BENEATH = Guard.__call__.__code__.co_filename
"""Runs within each statement, beneath Django's transactions: had it failed behind a BEGIN, Django would not
know that one is open. It sets two names, and asks nothing that could fail."""


class Planted(Exception):
    """The fault."""


class Tracer:
    """Notes the lines that run; or raises when one of them is reached, after which nothing is traced."""

    def __init__(self, fail_at: Line | None = None) -> None:
        self.lines: dict[Line, None] = {}
        self.fail_at = fail_at

    def during(self, work: Callable[[], Any]) -> Any:
        """Do the work under the trace."""
        sys.settrace(self._failing(*self.fail_at) if self.fail_at else self._learning())
        try:
            return work()
        finally:
            sys.settrace(None)

    def _learning(self) -> Traced:
        """Notes each line of ours."""

        def line(frame: FrameType, event: str, argument: object) -> Any:
            if event == "line":
                self.lines[frame.f_code.co_filename, frame.f_lineno] = None
            return line

        def call(frame: FrameType, event: str, argument: object) -> Any:
            return line if OURS[frame.f_code] else None

        return call

    @staticmethod
    def _failing(file: str, number: int) -> Traced:
        """Follows the functions of one file alone. Whoever raises in a trace is not asked again."""

        def line(frame: FrameType, event: str, argument: object) -> Any:
            if event == "line" and frame.f_lineno == number:
                raise Planted("planted")
            return line

        def call(frame: FrameType, event: str, argument: object) -> Any:
            return line if frame.f_code.co_filename == file and OURS[frame.f_code] else None

        return call


class Judged(dict[CodeType, bool]):
    """Of each function, judged when it first runs: whether its lines fail."""

    def __missing__(self, code: CodeType) -> bool:
        ours = code.co_filename.startswith(PACKAGES) and code.co_filename != BENEATH
        self[code] = ours and not {code.co_name, code.co_qualname} & NOT_OURS_TO_FAIL
        return self[code]


OURS = Judged()


def written(before: Counter[str], after: Counter[str]) -> dict[str, int]:
    """How many rows each table has more or less."""
    return {table: after[table] - before[table] for table in before | after if after[table] != before[table]}


BESIDE_THE_ACT = frozenset(
    {"trial_opensession", "trial_trycount", "velum_cache_clinic", "velum_sessions_clinic"}
)
"""Who is logged in and how often a secret was tried: kept for itself, whatever comes of the act."""


def rows() -> Counter[str]:
    """How many rows each table of the clinic's has that an act may write."""
    with connection.cursor() as cursor:
        cursor.execute(_counting())
        return Counter(dict(cursor.fetchall()))


@cache
def _counting() -> str:
    """One statement, as the rows are counted thousands of times."""
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
    written = (table for table in tables if table not in BESIDE_THE_ACT and rights_of("clinic", table))
    return " UNION ALL ".join(f"SELECT '{table}', count(*) FROM {table}" for table in written)


class Fell(Exception):
    """An act that is to succeed when nothing fails was refused."""


class Failing:
    """One pass over all addresses and acts, failing each at each of its lines.

    `torn` are the failures after which a part of what the act writes was there: neither nothing nor all.
    """

    def __init__(
        self, people: People, watch: Watch, every: int, choices: Choices, *, each_once: bool
    ) -> None:
        self.people, self.watch, self.every, self.each_once = people, watch, every, each_once
        self.failed, self.seen, self.torn = 0, set[Line](), list[str]()
        feeds = tuple({"secret": secret} for secret in fresh_secrets(people))
        self.choices = {**choices, "feed": feeds}
        self.reset = ResetState(people, database_if_changed())

    def run(self, number: str, acts: Iterable[Act]) -> None:
        """Fail every address that is looked at, and every act that is given; note what nobody reaches."""
        self.watch.keep_no_lines()
        acts = list(acts)
        reach = Reach(self.people, number, self.choices, self.look)
        for address in sorted(set(addresses()), key=lambda one: one.route):
            for person, path in reach.of(address):
                self.fail(person, "GET", path, {})
        missed = reach.missed(route_of(act.path) for act in acts)
        self.watch.look("unreached", {"unreached": "\n".join(missed).encode()})
        fell = []
        for act in acts:
            answer = self.fail(act.person, "POST", act.path, act.body)
            if answer.status_code not in ({act.refused} if act.refused else DONE):
                fell.append(f"{act.person} {act.path}: {answer.status_code} {answer.content.decode()[-600:]}")
        if fell:
            raise Fell("\n".join(fell))

    def look(self, name: str, path: str) -> Any:
        """What that person gets there when nothing fails; as if it had not been asked."""
        answer = self.ask(name, "GET", path, {})
        self.reset(name)
        return answer

    def fail(self, name: str, method: str, path: str, body: Mapping[str, Any]) -> Any:
        """Ask once to learn the lines, then once for every so many-th of them. Returns the first answer."""
        learned = Tracer()
        before = rows()
        answer = learned.during(lambda: self.ask(name, method, path, body))
        whole = written(before, rows())
        self.reset(name)
        for line in self.chosen(list(learned.lines)):
            tracer = Tracer(line)
            self.failed += 1
            tracer.during(lambda: self.ask(name, method, path, body))
            if (found := written(before, rows())) not in ({}, whole):
                self.torn.append(f"{method} {path}, {line[0]}:{line[1]}: {found} of {whole}")
            self.reset(name)
        return answer

    def chosen(self, lines: list[Line]) -> list[Line]:
        """Every line that failed nowhere yet, if that is wanted; of the others every so many-th."""
        fresh = [line for line in lines if line not in self.seen] if self.each_once else []
        self.seen.update(lines)
        others = [line for line in lines if line not in set(fresh)]
        return fresh + others[self.failed % self.every :: self.every]

    def ask(self, name: str, method: str, path: str, body: Mapping[str, Any]) -> Any:
        """The request; by token below /api/, by browser elsewhere."""
        if path.startswith("/api/"):
            below = path.partition(f"/{self.people.trial}/")[2]
            return self.people.call(name, below, None if method == "GET" else dict(body), method)
        return self.people.page(name, path, method, **(dict(body) if method == "POST" else {}))


def forbidden(people: People) -> dict[str, bytes]:
    """What may stand in no answer, mail or log line: by what it is."""
    from trial.models import Participant, User

    elsewhere = Participant.objects.filter(site__number="02").values_list("number", flat=True)
    words = {f"participant {number} of another site": number for number in elsewhere}
    words |= {f"the password of {user.username}": user.password for user in User.objects.all()}
    words |= {f"the token of {one.name}": one.token for one in people.by_name.values() if one.token}
    words |= {"everybody's password": people.password()}
    return {
        what: word.encode() for what, word in (words | {"the door's secret key": settings.SECRET_KEY}).items()
    }
