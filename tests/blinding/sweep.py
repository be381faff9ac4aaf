"""Every address of the clinic door for every blinded role, by every method, with probes in the query."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from urllib.parse import urlencode

from django.db.models import CharField, DateField, Field, IntegerField

from tests.blinding.addresses import Address, addresses
from tests.blinding.people import People, Person
from tests.blinding.sweep_depths import Depth
from tests.blinding.watching import Watch

METHODS = ("GET", "HEAD", "OPTIONS", "TRACE", "POST", "PUT", "PATCH", "DELETE")
SAFE = METHODS[:4]
WORDS = ("arm", "arms", "assignment", "treatment", "allocation", "block", "dose", "product", "lot", "kit", "seal", "label")
SORTS = ("ordering", "sort", "order_by", "o")
VALUES = ("PLACEBO", "IL2-2MIU", "1", "placebo")


def probes(fields: list[str]) -> list[str]:
    """Queries that a curious person would try: each field by name, as a sort, and with every lookup."""
    names = [*WORDS, *fields]
    values = itertools.cycle(VALUES)
    plain = [urlencode({name: next(values)}) for name in names]
    sorts = [urlencode({next(keys): f"{sign}{name}"}) for keys in [itertools.cycle(SORTS)] for name, sign in zip(names, itertools.cycle(["", "-"]), strict=False)]
    deep = [f"envelope__{name}" for name in WORDS] + [f"participant__envelope__{name}" for name in WORDS]
    lookups = [urlencode({f"{name}__{lookup}": next(values)}) for lookup, name in zip(lookup_names(), itertools.cycle([*WORDS, *deep]), strict=False)]
    return [*plain, *sorts, *(urlencode({name: next(values)}) for name in deep), *lookups]


def lookup_names() -> list[str]:
    """Every lookup and transform that Django knows for the usual kinds of field."""
    kinds = (Field, CharField, IntegerField, DateField)
    return sorted({name for kind in kinds for name in kind.get_lookups()})


class Sweep:
    """One walk over all addresses."""

    def __init__(self, people: People, watch: Watch, depth: Depth, fields: list[str]) -> None:
        self.people, self.watch, self.depth = people, watch, depth
        self.queries = probes(fields)
        self.addresses = sorted(set(addresses()), key=lambda one: one.route)
        self.roles = one_of_each(people)

    def run(self, numbers: list[str]) -> None:
        """Look at everything; what changes something comes last."""
        for address in self.addresses:
            for person in self.roles:
                for values in self.values(address, numbers, person):
                    for method in SAFE if values is None else ("GET",):
                        self.ask(person, method, address.filled(values or self.first(numbers)))
        self.probe(numbers)
        if self.depth.unsafe:
            for address in self.addresses:
                for person in self.roles:
                    for method in METHODS[4:]:
                        self.ask(person, method, address.filled(self.first(numbers[-1:])))

    def values(self, address: Address, numbers: list[str], person: Person) -> Iterator[dict[str, str] | None]:
        """What to fill in: the first participant by all safe methods (None), further ones by GET."""
        yield None
        if "number" in address.parameters:
            whole = person.role in {"investigator", "site_system"}
            for number in numbers if whole and self.depth.probes == 1 else numbers[1 : self.depth.participants]:
                yield self.first([number])

    def first(self, numbers: list[str]) -> dict[str, str]:
        """Values for the parameters that this trial knows; others are filled by kind."""
        return {"number": numbers[0], "trial": self.people.trial, "code": "V2", "injection": "2"}

    def probe(self, numbers: list[str]) -> None:
        """Ask with every probe: every address without an object, and those of one participant."""
        targets = [one for one in self.addresses if set(one.parameters) <= {"trial", "number"}]
        roles = {True: "system.one", False: "investigator.one"}
        turn = itertools.count()
        for address in targets:
            person = self.people[roles[address.is_api]]
            objects = "number" in address.parameters
            for query in self.queries:
                if next(turn) % (self.depth.probes * (20 if objects else 4)) == 0:
                    self.ask(person, "GET", f"{address.filled(self.first(numbers[3:]))}?{query}")

    def ask(self, person: Person, method: str, path: str) -> None:
        """One request, by token or by browser as the address wants it; who was logged out comes back."""
        if path.startswith("/api/"):
            below = path.partition(f"/{self.people.trial}/")[2]
            self.people.call(person.name, below, None if method == "GET" else {}, method)
            return
        self.people.page(person.name, path, method)
        if "/accounts/" in path:
            self.people.enter(person.name)


def one_of_each(people: People) -> list[Person]:
    """One person of each role that this door lets in, and nobody."""
    found: dict[str, Person] = {}
    for person in people.by_name.values():
        found.setdefault(person.role, person)
    return list(found.values())
