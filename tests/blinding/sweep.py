"""Every address of the clinic door for every blinded role, by every method, with probes in the query."""

from __future__ import annotations

import itertools
from urllib.parse import urlencode

from django.db.models import CharField, DateField, Field, IntegerField

from tests.blinding.addresses import Address, addresses
from tests.blinding.people import NOBODY, People, Person
from tests.blinding.sweep_depths import Depth
from tests.blinding.watching import Watch

WORDS = (
    "arm",
    "arms",
    "assignment",
    "treatment",
    "allocation",
    "block",
    "dose",
    "product",
    "lot",
    "kit",
    "seal",
    "label",
)
SORTS = ("ordering", "sort", "order_by", "o")
VALUES = ("PLACEBO", "IL2-2MIU", "1", "placebo")
TOGETHER = 120
UNSAFE = ("POST", "PUT", "PATCH", "DELETE")
WIDEST = {True: "system.one", False: "investigator.one"}
"""Who reaches most: by token, and on the pages."""


def probes(fields: list[str]) -> list[tuple[str, str]]:
    """What a curious person would try: each field by name, as a sort, and with every lookup."""
    names = [*WORDS, *fields]
    deep = [f"{way}__{name}" for way in ("envelope", "participant__envelope") for name in WORDS]
    looked = itertools.cycle([*WORDS, *deep])
    signs, sorts, values = (itertools.cycle(them) for them in (("", "-"), SORTS, VALUES))
    found = [(name, next(values)) for name in names]
    found += [(next(sorts), f"{next(signs)}{name}") for name in names]
    found += [(f"{next(looked)}__{lookup}", next(values)) for lookup in lookup_names()]
    return found + [(name, next(values)) for name in deep]


def lookup_names() -> list[str]:
    """Every lookup and transform that Django knows for the usual kinds of field."""
    kinds = (Field, CharField, IntegerField, DateField)
    return sorted({name for kind in kinds for name in kind.get_lookups()})


class Sweep:
    """One walk over all addresses."""

    def __init__(self, people: People, watch: Watch, depth: Depth, fields: list[str]) -> None:
        self.people, self.watch, self.depth = people, watch, depth
        self.probes = probes(fields)
        self.addresses = sorted(set(addresses()), key=lambda one: one.route)

    def run(self, numbers: list[str]) -> None:
        """Look at everything; what may change something comes last."""
        for place, address in enumerate(self.addresses):
            for person in self.lookers(place, address):
                self.ask(person, "GET", address.filled(self.values(numbers[4])))
            if "number" in address.parameters:
                for number in numbers[: self.depth.others]:
                    self.ask(self.widest(address), "GET", address.filled(self.values(number)))
        for place, address in enumerate(self.addresses):
            self.probe(place, address, numbers[4])
        self.watch.traced = self.depth.methods_traced
        for method in (*self.depth.methods, *self.depth.everybodys):
            for place, address in enumerate(self.addresses):
                for person in self.triers(place, method, address):
                    self.ask(person, method, address.filled(self.values(numbers[-1])))

    def lookers(self, place: int, address: Address) -> list[Person]:
        """Who looks at an address: everybody, or whoever reaches most and one other in turn."""
        everybody = one_of_each(self.people)
        if self.depth.everybody:
            return everybody
        others = [person for person in everybody if person is not self.widest(address)]
        return [self.widest(address), others[place % len(others)]]

    def triers(self, place: int, method: str, address: Address) -> list[Person]:
        """Who tries a method: everybody, or whoever reaches most and nobody, in a brief walk in turn."""
        if method in self.depth.everybodys:
            return one_of_each(self.people)
        both = [self.widest(address), self.people[NOBODY]]
        return both if self.depth.everybody else [both[place % 2]]

    def widest(self, address: Address) -> Person:
        return self.people[WIDEST[address.is_api]]

    def values(self, number: str) -> dict[str, str]:
        """Values for the parameters that this trial knows; others are filled by kind."""
        known = {"code": "V2", "injection": "2", "figure": "flow", "kind": "pdf"}
        return {"number": number, "trial": self.people.trial} | known

    def probe(self, place: int, address: Address, number: str) -> None:
        """Ask with the probes: on a page all of them, some together; and in turn one alone."""
        if set(address.parameters) - {"trial", "number"}:
            return
        path, person = address.filled(self.values(number)), self.widest(address)
        is_page = not (address.is_api or address.parameters or address.route.startswith("accounts"))
        if is_page:
            self.sort(person, path, place)
        if is_page and (self.depth.everybody or place % 3 == 0):
            for start in range(0, len(self.probes), TOGETHER):
                self.ask(person, "GET", f"{path}?{urlencode(self.probes[start : start + TOGETHER])}")
        step = self.depth.probes * (4 if address.parameters.keys() - {"trial"} else 1)
        for query in self.probes[place % step :: step]:
            self.ask(person, "GET", f"{path}?{urlencode([query])}")

    def sort(self, person: Person, path: str, place: int) -> None:
        """Ask for an order by each of the telling words, in a brief walk by the first and one other in turn.

        Of a name that stands in a query more than once only the last counts, so each stands there once.
        """
        words = WORDS if self.depth.everybody else (WORDS[0], WORDS[1 + place % (len(WORDS) - 1)])
        for word in words:
            self.ask(person, "GET", f"{path}?{urlencode(dict.fromkeys(SORTS, word))}")

    def ask(self, person: Person, method: str, path: str) -> None:
        """One request, by token or by browser as the address wants it; who was logged out comes back."""
        if path.startswith("/api/"):
            below = path.partition(f"/{self.people.trial}/")[2]
            self.people.call(person.name, below, None if method == "GET" else {}, method)
            return
        self.people.page(person.name, path, method)
        if path.startswith("/accounts/") and method in UNSAFE:
            self.people.enter(person.name)


def one_of_each(people: People) -> list[Person]:
    """One person of each role that this door lets in, and nobody."""
    found: dict[str, Person] = {}
    for person in people.by_name.values():
        found.setdefault(person.role, person)
    return list(found.values())
