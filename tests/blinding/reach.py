"""Who gets to which view of the clinic, and with which parameters: found out by asking.

A request that is refused runs no line of the view that it asks for. So each address is asked with parameters
that exist, by one person of each role and at last by nobody, until it is answered with a page.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import product
from typing import Any

from django.conf import settings
from django.shortcuts import resolve_url

from dosing.pages.feed_views import FILES
from dosing.progress.files import KINDS
from tests.blinding.addresses import Address
from tests.blinding.people import NOBODY, People
from tests.blinding.sweep import WIDEST, one_of_each
from trial.models import Participant
from trial.pages.help import keys_of

Ask = tuple[str, str]
"""A person and a path."""
NO_GET = 405
Choices = Mapping[str, tuple[dict[str, str], ...]]
"""Name of an address -> each set of its parameters that leads the view along other lines."""
CHOICES: Choices = {
    "calendar_file": tuple({"kind": kind} for kind in FILES),
    "progress_file": tuple({"figure": "flow", "kind": kind} for kind in KINDS),
    "help_topic": tuple({"topic": topic} for topic in keys_of("clinic")),
}
"""What is the same in every world. Every figure is made for the page of
all of them, so that one figure is enough for the files."""


def fresh_secrets(people: People) -> tuple[str, ...]:
    """Secrets of two new addresses for calendar programs: of all of a nurse's people, and of one person."""
    one = Participant.objects.filter(site__number="01", plans__superseded_at=None, plans__isnull=False)
    paths = ("/feeds/", f"/participants/{one.order_by('pk')[0].number}/feeds/")
    pages = [people.page("nurse.one", path, "POST").content.decode() for path in paths]
    return tuple(re.findall(r"/feeds/([\w-]+)\.ics", page)[0] for page in pages)


class Reach:
    """What is asked of each address, so that its view runs. `look` gives the answer to an Ask.

    `number` is a participant of the first site about whom most pages are shown; `choices` are parameters that
    exist in this world only, besides CHOICES.
    """

    def __init__(
        self, people: People, number: str, choices: Choices, look: Callable[[str, str], Any]
    ) -> None:
        self.people, self.look = people, look
        others = Participant.objects.filter(site__number="01").exclude(number=number).order_by("-pk")
        self.numbers = [number, *others.values_list("number", flat=True)]
        self.choices = CHOICES | dict(choices)
        self.refused: list[str] = []
        self.without_get: set[str] = set()

    def of(self, address: Address) -> Iterator[Ask]:
        """For each choice of parameters the first who is led elsewhere and the first who is shown a page."""
        for choice in self.choices.get(address.name, ({},)):
            found = self.first(address, choice)
            yield from found
            if not found and address.route not in self.without_get:
                self.refused.append(f"GET /{address.route} {choice or ''}".strip())

    def first(self, address: Address, choice: dict[str, str]) -> list[Ask]:
        """As `of`, for one choice. Where no GET is taken nobody else is asked."""
        led: list[Ask] = []
        for ask in self.asks(address, choice):
            answer = self.look(*ask)
            if answer.status_code == NO_GET:
                self.without_get.add(address.route)
                return []
            if answer.status_code < 300:
                return [*led, ask]
            if answer.status_code < 400 and not led and not to_log_in(answer):
                led.append(ask)
        return led

    def asks(self, address: Address, choice: dict[str, str]) -> Iterator[Ask]:
        """Everybody, whoever reaches most first and nobody last, about one participant after the other."""
        widest = WIDEST["01"][address.is_api]
        everybody = [name for name in one_of_each(self.people) if name not in {widest, NOBODY}]
        values = {
            "trial": self.people.trial,
            "code": "V2",
            "injection": "3",
            "visit": "1",
            "username": "nurse.two",
        }
        values |= choice
        numbers = self.numbers if "number" in address.parameters else self.numbers[:1]
        for person, number in product([widest, *everybody, NOBODY], numbers):
            yield person, address.filled(values | {"number": number})

    def missed(self, acted_on: Iterable[str]) -> list[str]:
        """What nobody reached: refused to all, or taking no GET and in none of the routes `acted_on`."""
        return [*self.refused, *(f"POST /{route}" for route in sorted(self.without_get - set(acted_on)))]


def to_log_in(answer: Any) -> bool:
    """Whether an answer only leads to the page for logging in."""
    return str(answer.headers.get("Location", "")).startswith(resolve_url(settings.LOGIN_URL))
