"""One table of each door: address x method x role x site of the object -> status, found from the URLconf.

Every method is asked by every caller. Methods to which an address gives all of them the same answers share
a line, so that the table stays short enough to be read. It is kept as text below `docs/` and compared line
by line: an address, a method or an answer that is new or other turns the suite red, and a person reads the
line before it is accepted. Afterwards: `UPDATE_ACCESS=1 .venv/bin/python -m pytest -k every_address
tests/blinding`, and so for `tests/pharmacy`.
"""

from __future__ import annotations

import copy
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from django.db import transaction
from django.test import Client

from tests.blinding.addresses import Address, addresses
from tests.halves import in_halves

DOCS = Path(__file__).resolve().parent.parent / "docs"
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE")
OWN_PAGES = "accounts/"
"""The pages for log-in and second factors are about the person who asks, and nobody else."""


@dataclass(frozen=True)
class Caller:
    """A column of the table: somebody of a role, at the object's site or at another one."""

    column: str
    client: Client
    token: str = ""

    def arrive(self) -> None:
        """Look at what anybody may see: so the session is entered once, not by each request anew."""
        self.client.get("/health")

    def ask(self, method: str, path: str, key: str) -> int:
        """The status; whatever the request changed is taken back."""
        around = transaction.atomic()
        around._from_testcase = True  # as Django's own tests do: what must be durable may stand within
        with around:
            ask = self._by_token if path.startswith("/api/") else self._by_browser
            status = ask(method, path, key)
            transaction.set_rollback(True)
        return status

    def _by_token(self, method: str, path: str, key: str) -> int:
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        if method == "POST":
            headers["Idempotency-Key"] = key
        return Client().generic(method, path, "{}", "application/json", headers=headers).status_code

    def _by_browser(self, method: str, path: str, key: str) -> int:
        kept = copy.copy(self.client.cookies)
        status = self.client.generic(method, path, "", "application/x-www-form-urlencoded").status_code
        self.client.cookies = kept  # who logged out by this request is there for the next
        return status


def lines(callers: Sequence[Caller], values: dict[str, str], about: str = "") -> list[str]:
    """The table: a head, then the lines of each address, or of those alone that have the parameter `about`.

    Raises KeyError for a parameter without a value: a made-up one is 404 for everybody, and says nothing.
    """
    for caller in callers:
        caller.arrive()
    head = " ".join(["methods", "address", *(caller.column for caller in callers)])
    chosen = [one for one in sorted(set(addresses()), key=route_of) if not about or about in one.parameters]
    return [head, *chain.from_iterable(in_halves(lambda one: list(lines_of(one, callers, values)), chosen))]


def route_of(address: Address) -> str:
    """By what the table is sorted."""
    return address.route


def lines_of(address: Address, callers: Sequence[Caller], values: dict[str, str]) -> Iterator[str]:
    """One address, asked by every caller with every method; a line for each row of answers that it gives."""
    path = address.filled({name: values[name] for name in address.parameters})
    found: dict[str, list[str]] = {}
    for place, method in enumerate(METHODS):
        answers = " ".join(str(caller.ask(method, path, f"{method}-{place}")) for caller in callers)
        found.setdefault(answers, []).append(method)
    for answers, methods in found.items():
        yield f"{','.join(methods)} {address.route or '/'} {answers}"


def agreed(name: str, found: Sequence[str]) -> str:
    """What differs from the table of that name, ready to be read; nothing if it is complete and true."""
    path = DOCS / name
    if os.environ.get("UPDATE_ACCESS"):
        path.write_text("\n".join(found) + "\n")
    kept = path.read_text().splitlines() if path.exists() else []
    gone = [f"- {line}" for line in kept if line not in set(found)]
    return "\n".join([*gone, *(f"+ {line}" for line in found if line not in set(kept))])


def column(found: Sequence[str], name: str, *methods: str) -> dict[tuple[str, str], int]:
    """Method and address -> status in that column, for these methods or for all."""
    place = found[0].split().index(name)
    rows = (line.split() for line in found[1:])
    answers = {(method, row[1]): int(row[place]) for row in rows for method in row[0].split(",")}
    return {key: status for key, status in answers.items() if key[0] in (methods or METHODS)}


def opened(found: Sequence[str], name: str) -> set[str]:
    """The addresses that are open to that column by some method, but for those of its own account."""
    shown = {address for (_, address), status in column(found, name).items() if status < 300}
    return {address for address in shown if not address.startswith(OWN_PAGES)}
