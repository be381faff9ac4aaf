"""How much a run looks at. Needs no Django, so that what starts the worlds can name it."""

from __future__ import annotations

from dataclasses import dataclass, replace

TURNS = 21
"""Into how many turns the walk over all addresses is parted, of which a brief run makes one."""


@dataclass(frozen=True)
class Depth:
    """`others`: participants looked at beside the usual ones when the wards are; `beside`: those looked at
    beside one at each address, at each other ones; `probes`: every how many-th probe is asked alone.

    `everybody` looks at every address and tries `everybodys` methods; `methods` are tried by those of the
    widest reach and by nobody. `files`: participants whose files are fetched; `rest`: injections recorded
    after the first week, and `end` when everything is looked at for the last time; `twice`: whether draws
    are repeated; `failures`: every how many-th line is made to fail, and `each_line_once` that each fails
    somewhere; `onlookers`: whether blinded people look at every address of the pharmacy door; `traced`:
    whether the lines that run are kept, `sweep_traced` those of the walk over all addresses,
    `methods_traced` those of other methods than GET on it, and `rest_traced` those of the months after it.
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
DEPTHS = {
    "full": Depth(2, 3, 60, True, ("HEAD", "OPTIONS", "TRACE", "PUT", "PATCH", "DELETE"), ("POST",), 8),
    "short": Depth(1, 1, 160, False, ("OPTIONS", "POST"), files=3, failures=8, each_line_once=True),
    "brief": BRIEF,
    "plain": replace(BRIEF, traced=False, onlookers=False),
}
"""`full` for the worlds that differ most; `brief` for all on SQLite, in `make test` and for planted leaks;
`plain`, the same without lines and onlookers, for all on PostgreSQL; `short` for the search at rest."""
