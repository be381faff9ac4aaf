"""How much a run looks at. Needs no Django, so that what starts the worlds can name it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

PORTIONS = 21
"""Into how many portions the sweep over all addresses is parted, of which a brief run makes one."""
ACTING = ("draws", "evening", "before_seven", "tuesday", "wednesday", "thursday", "first_day")
"""The clinic's parts before that sweep."""
EVERY = 3
"""In every how many-th portion a part's lines are kept, and an address of the pharmacy door looked at."""


@dataclass(frozen=True)
class Depth:
    """`others`: participants looked at beside the usual ones when the sites look; `beside`: those looked at
    beside one at each address, at each other ones; `probes`: every how many-th probe is asked alone.

    `everybody` looks at every address and tries `everybodys` methods; `methods` are tried by those of the
    widest reach and by nobody. `files`: participants whose files are fetched; `rest`: injections recorded
    after the first week, and `end` when everything is looked at for the last time; `twice`: whether draws
    are repeated; `failures`: every how many-th line is made to fail, and `each_line_once` that each fails
    somewhere; `onlookers`: whether blinded people look at every address of the pharmacy door; `traced`:
    whether the lines that run are kept, `sweep_traced` those of the sweep over all addresses,
    `methods_traced` those of other methods than GET on it, and `rest_traced` those of the months after it.

    If it is `shared`, runs of different portions do between them what one run would do again and again: who
    looks at an address, by what it is sorted, which addresses of the pharmacy door onlookers see, and of
    which parts the lines are kept. A run of all portions does all of it.
    """

    others: int
    beside: int
    probes: int
    everybody: bool
    methods: tuple[str, ...]
    everybodys: tuple[str, ...] = ()
    files: int = 2
    rest: int = 13
    end: str = "2016-04-20 18:00"
    twice: bool = True
    failures: int = 1
    traced: bool = True
    sweep_traced: bool = True
    methods_traced: bool = False
    rest_traced: bool = True
    each_line_once: bool = False
    onlookers: bool = True
    shared: bool = False

    def untraced(self, portions: Iterable[int]) -> frozenset[str]:
        """The parts of the clinic's script of which a run of these portions keeps no lines."""
        kept = {"sweep": self.sweep_traced, "rest": self.rest_traced}
        if self.shared:
            mine = {portion % EVERY for portion in portions}
            kept |= {part: place % EVERY in mine for place, part in enumerate(ACTING)}
        return frozenset(part for part, is_kept in kept.items() if not is_kept)


BRIEF = Depth(
    others=0,
    beside=1,
    probes=500,
    everybody=False,
    methods=("OPTIONS",),
    files=1,
    rest=2,
    end="2015-11-04 18:00",
    twice=False,
    failures=40,
    sweep_traced=False,
    rest_traced=False,
)
PLAIN = replace(BRIEF, traced=False, onlookers=False)
DEPTHS = {
    "full": Depth(2, 1, 240, True, ("HEAD", "OPTIONS", "TRACE", "PUT", "PATCH", "DELETE"), ("POST",), 4),
    "short": Depth(1, 1, 160, False, ("OPTIONS", "POST"), files=3, failures=8, each_line_once=True),
    "brief": BRIEF,
    "plain": PLAIN,
    "shared": replace(BRIEF, shared=True),
    "shared plain": replace(PLAIN, shared=True),
}
"""`full` for the world that differs most; `shared` for all on SQLite, `shared plain`, without lines and
onlookers, for all on PostgreSQL; `brief` in `make test` and for planted leaks; `plain` for the other twins;
`short` for the search at rest."""
