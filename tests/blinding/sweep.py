"""Every address of the clinic door for every blinded role, by every method, with probes in the query."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, cycle
from urllib.parse import urlencode

from django.db.models import CharField, DateField, Field, IntegerField

from tests.blinding.addresses import Address, addresses
from tests.blinding.people import NOBODY, People
from tests.blinding.reset_state import ResetState, looked_at
from tests.blinding.sweep_depths import PORTIONS, Depth
from tests.blinding.watching import Watch
from trial.models import Participant

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
VALUES = ("PLACEBO", "IL2-2MIU", "placebo", "1")
TOGETHER = 120
SAFE = ("OPTIONS", "HEAD", "TRACE")
UNSAFE = ("POST", "PUT", "PATCH", "DELETE")
WIDEST = {
    "01": {True: "system.one", False: "investigator.one"},
    "02": {True: "system.two", False: "investigator.two"},
}
"""Who reaches most at each site: by token, and on the pages."""
READS_THE_TRAIL = "monitor"


def probes(fields: list[str]) -> list[tuple[str, str]]:
    """What a curious person would try: each field by name, as a sort, and with every lookup."""
    names = [*WORDS, *fields]
    deep = [f"{way}__{name}" for way in ("envelope", "participant__envelope") for name in WORDS]
    looked = cycle([*WORDS, *deep])
    signs, sorts, values = (cycle(them) for them in (("", "-"), SORTS, VALUES))
    found = [(name, next(values)) for name in names]
    found += [(next(sorts), f"{next(signs)}{name}") for name in names]
    found += [(f"{next(looked)}__{lookup}", next(values)) for lookup in lookup_names()]
    return found + [(name, next(values)) for name in deep]


def lookup_names() -> list[str]:
    """Every lookup and transform that Django knows for the usual kinds of field."""
    kinds = (Field, CharField, IntegerField, DateField)
    return sorted({name for kind in kinds for name in kind.get_lookups()})


@dataclass(frozen=True)
class Look:
    """One request of the sweep."""

    person: str
    method: str
    path: str


class Sweep:
    """One sweep over all addresses.

    A `portion` is a part of it: who looks at which address, and which probes are tried. Over PORTIONS
    portions everybody looks at every address, somebody who may looks there at every participant, and each
    probe is tried alone somewhere and on every page together with others. What several portions look at is
    looked at once.
    """

    def __init__(
        self,
        people: People,
        watch: Watch,
        depth: Depth,
        fields: list[str],
        portions: Iterable[int] = (0,),
    ) -> None:
        self.people, self.watch, self.depth = people, watch, depth
        self.probes, self.portions = probes(fields), tuple(portions)
        self.addresses = sorted(set(addresses()), key=lambda one: one.route)
        self.sites: dict[str, str] = {}

    def run(self, numbers: list[str]) -> None:
        """Look at everything, each time from where all stood before; what may change something comes last."""
        self.sites = dict(Participant.objects.values_list("number", "site__number"))
        reset = ResetState(self.people, looked_at())
        self.make(reset, (self.looks(portion, numbers) for portion in self.portions))
        self.watch.traced = self.depth.methods_traced
        self.make(reset, (self.tries(SAFE, portion, numbers) for portion in self.portions))
        self.make(reset, [self.tries(UNSAFE, 0, numbers)])

    def make(self, reset: ResetState, sweeps: Iterable[Iterator[Look]]) -> None:
        """Make every look of these sweeps, once each."""
        for look in dict.fromkeys(chain.from_iterable(sweeps)):
            self.people.ask(look.person, look.method, look.path)
            reset(look.person)

    def share(self, place: int, portion: int, of: Sequence[str]) -> Sequence[str]:
        """Those of them whose one portion of all PORTIONS this is, at this place."""
        at = (place * 4 + portion) % PORTIONS
        return of[at : at + 1]

    def looks(self, portion: int, numbers: list[str]) -> Iterator[Look]:
        """What this portion looks at with GET, and with probes in the query."""
        for place, address in enumerate(self.addresses):
            for person in self.lookers(place, portion):
                yield Look(person, "GET", address.filled(self.values(numbers[4])))
            if "number" in address.parameters:
                for other in range(self.depth.beside):
                    number = numbers[(place + portion + other) % len(numbers)]
                    yield Look(self.widest(address, number), "GET", address.filled(self.values(number)))
        for place, address in enumerate(sorted(self.addresses, key=about_somebody)):
            yield from self.probed(place, portion, address, numbers[4])

    def tries(self, methods: Sequence[str], portion: int, numbers: list[str]) -> Iterator[Look]:
        """What this portion tries by those of these methods that the depth has."""
        wanted = [one for one in (*self.depth.methods, *self.depth.everybodys) if one in methods]
        for method in wanted:
            for place, address in enumerate(self.addresses):
                for person in self.triers(place, portion, method, address):
                    yield Look(person, method, address.filled(self.values(numbers[-1])))

    def lookers(self, place: int, portion: int) -> Sequence[str]:
        """Who looks at an address: everybody, or one of each role in turn, again and again or each once."""
        everybody = one_of_each(self.people)
        if self.depth.shared:
            return self.share(place, portion, everybody)
        return everybody if self.depth.everybody else [everybody[(place + portion) % len(everybody)]]

    def triers(self, place: int, portion: int, method: str, address: Address) -> Sequence[str]:
        """Who tries a method: everybody, or the widest reach and nobody; in a brief sweep now and then."""
        if method in self.depth.everybodys:
            return one_of_each(self.people)
        both = [self.widest(address), NOBODY]
        if self.depth.everybody:
            return both
        if self.depth.shared:
            return self.share(place, portion, both)
        return [both[(place + portion) % 2]] if (place + portion) % 3 == 0 else []

    def widest(self, address: Address, number: str = "") -> str:
        """Who gets most out of an address: for a participant somebody of the own site."""
        if "audit" in address.route:
            return READS_THE_TRAIL
        return WIDEST[self.sites.get(number, "01")][address.is_api]

    def values(self, number: str) -> dict[str, str]:
        """Values for the parameters that this trial knows; others are filled by kind."""
        known = {"code": "V2", "injection": "2", "visit": "1", "figure": "flow", "kind": "pdf"}
        return {"number": number, "trial": self.people.trial} | known

    def probed(self, place: int, portion: int, address: Address, number: str) -> Iterator[Look]:
        """Ask with the probes: on a page all of them, some together; and in turn one alone."""
        if set(address.parameters) - {"trial", "number"}:
            return
        path, person = address.filled(self.values(number)), self.widest(address)
        is_page = not (address.is_api or address.parameters or address.route.startswith("accounts"))
        if is_page:
            yield from self.ordered(place, portion, path, person)
        if is_page and (self.depth.everybody or self.together(place, portion)):
            for start in range(0, len(self.probes), TOGETHER):
                yield Look(person, "GET", f"{path}?{urlencode(self.probes[start : start + TOGETHER])}")
        step = self.depth.probes * (4 if about_somebody(address) else 1)
        for query in self.probes[(place * PORTIONS + portion) % step :: step]:
            yield Look(person, "GET", f"{path}?{urlencode([query])}")

    def together(self, place: int, portion: int) -> bool:
        """Whether a page is now asked with all probes: every fifth time, or once in all portions."""
        return bool(self.share(place, portion, ["now"])) if self.depth.shared else (place + portion) % 5 == 0

    def ordered(self, place: int, portion: int, path: str, person: str) -> Iterator[Look]:
        """Ask for an order by each of the telling words, in a brief sweep by the first and one other in turn,
        where portions are shared by each once.

        Of a name that stands in a query more than once only the last counts, so each stands there once.
        """
        words: Sequence[str] = (WORDS[0], WORDS[1 + (place + portion) % (len(WORDS) - 1)])
        if self.depth.everybody:
            words = WORDS
        elif self.depth.shared:
            words = self.share(place, portion, WORDS)
        for word in words:
            yield Look(person, "GET", f"{path}?{urlencode(dict.fromkeys(SORTS, word))}")


def about_somebody(address: Address) -> bool:
    """Whether the address names a participant or another object: there is little to filter or sort."""
    return bool(address.parameters.keys() - {"trial"})


def one_of_each(people: People) -> list[str]:
    """One person of each role that this door lets in, and nobody; by name."""
    found: dict[str, str] = {}
    for person in people.by_name.values():
        found.setdefault(person.role, person.name)
    return list(found.values())
