"""One table of each door: address x method x role x site of the object -> status, found from the URLconf.

The table is kept as text below `docs/` and compared line by line: an address, a method or an answer that
is new or other turns the suite red, and a person reads the line before it is accepted. Afterwards:
`UPDATE_ACCESS=1 .venv/bin/python -m pytest -k every_address tests/blinding`, and so for `tests/pharmacy`.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from django.db import transaction
from django.test import Client

from tests.blinding.addresses import Address, addresses

DOCS = Path(__file__).resolve().parent.parent / "docs"
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE")
OUR_PAGES = "accounts/"
"""The library's pages for log-in and second factors are about the person who asks, and nobody else."""


@dataclass(frozen=True)
class Caller:
    """A column of the table: somebody of a role, at the object's site or at another one."""

    column: str
    client: Client
    token: str = ""

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
        return self.client.generic(method, path, "", "application/x-www-form-urlencoded").status_code


def lines(callers: Sequence[Caller], values: dict[str, str]) -> Iterator[str]:
    """The table: a head, then a line for each address and method with the status for each caller."""
    yield " ".join(["method", "address", *(caller.column for caller in callers)])
    for address in sorted(set(addresses()), key=lambda one: one.route):
        if not address.route.startswith(OUR_PAGES):
            yield from lines_of(address, callers, values)


def lines_of(address: Address, callers: Sequence[Caller], values: dict[str, str]) -> Iterator[str]:
    """One address: GET and POST by everybody; other methods by everybody where somebody is not refused."""
    path = address.filled(values)
    for place, method in enumerate(METHODS):
        few = callers if method in {"GET", "POST"} else (callers[0], callers[-1])
        found = [caller.ask(method, path, f"{method}-{place}") for caller in few]
        shown = " ".join(map(str, found)) if len(few) == len(callers) else f"{found[0]} ... {found[-1]}"
        yield f"{method} {address.route or '/'} {shown}"


def agreed(name: str, found: Sequence[str]) -> str:
    """What differs from the table of that name, ready to be read; nothing if it is complete and true."""
    path = DOCS / name
    if os.environ.get("UPDATE_ACCESS"):
        path.write_text("\n".join(found) + "\n")
    kept = path.read_text().splitlines() if path.exists() else []
    gone = [f"- {line}" for line in kept if line not in set(found)]
    return "\n".join([*gone, *(f"+ {line}" for line in found if line not in set(kept))])


def column(found: Sequence[str], name: str, method: str = "GET") -> dict[str, int]:
    """Address -> status in that column, for one method that everybody tried."""
    place = found[0].split().index(name)
    rows = (line.split() for line in found[1:])
    return {row[1]: int(row[place]) for row in rows if row[0] == method}
