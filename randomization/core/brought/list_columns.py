"""Which column of a file is for what: by its heading, by its neighbours, or by what a person says.

blockrand (R)     id, stratum, block.id, block.size, treatment; row names before them
randolist (R)     seq_in_strata, block_in_strata, blocksize, seq_in_block, arm; a column for each factor
Sealed Envelope   block identifier, block size, sequence within block, treatment, code
NCI               Group, Subject, Assignment, Assigned Arm Index, Arm 1 Posterior Totals ...
REDCap            redcap_randomization_number, redcap_randomization_group, factors, data access group
ralloc (Stata)    StratID, StratSiz, BlockID, BlockSiz, SeqInBlk, Treat
PROC PLAN (SAS)   BLOCK, UNIT, TRT
Velum             stratum, position, number, block, arm

No column is given a meaning that its cells contradict, and none is left out in silence: a heading that
nobody knows is asked about, unless every cell below it is empty.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from trial.core.sentences import LIST, Sentence, Words, joined

from .headings import ROLES, bare, kind_of, role_meant, role_of
from .table_file import Fault, FileFaults, Record

COLUMN = "column"
"""What a fault asks for where a column's meaning is to be said."""

NO_ARM = Sentence("No column is known to hold the arm (treatment, assignment, arm).")
NO_HEADING = Sentence("The first row holds an arm, so the file has no heading. Put one above it.")
TWO_STRATA = Sentence("The stratum stands in a column of its own or in one for every factor, not in both.")
WAS_SORTED = Sentence("Its row name is below the one before: the file was sorted. Bring it as it was made.")


@dataclass(frozen=True)
class Columns:
    """Where a file keeps what. `factors` are the columns that together name the stratum.

    `counting` is a column that counts beside one that holds codes, `rowname` what R or SAS put before them.
    """

    kind: str
    places: dict[str, int]
    factors: tuple[int, ...] = ()
    counting: int | None = None
    rowname: int | None = None
    passed: tuple[str, ...] = field(default=())

    def cell(self, role: str, cells: Sequence[str]) -> str:
        """The cell of that role; empty where the file has no such column."""
        return cells[self.places[role]] if role in self.places else ""

    def levels(self, cells: Sequence[str]) -> tuple[str, ...]:
        """What names the stratum: one cell, or one for each factor."""
        if self.factors:
            return tuple(cells[place] for place in self.factors)
        return (self.cell("stratum", cells),)

    @property
    def has_strata(self) -> bool:
        """Whether the file names strata at all."""
        return bool(self.factors) or "stratum" in self.places

    def used(self) -> Iterator[tuple[str, int]]:
        """The columns of which every cell must say something."""
        yield from ((role, place) for role, place in self.places.items() if role != "site")
        yield from (("stratum", place) for place in self.factors)
        if self.counting is not None:
            yield "number", self.counting

    def read(self) -> tuple[int, ...]:
        """All columns whose cells are read, in their order."""
        beside = (self.places.get("site"), self.rowname)
        return tuple(sorted({place for _, place in self.used()} | {at for at in beside if at is not None}))


@dataclass(frozen=True)
class Known:
    """What a heading may be beside the words that everybody uses: the protocol's factors, and what was said.

    `factors` leads from a factor's names to its code, in the protocol's order of codes; `said` from a
    heading, or the number of a column, to a role or a factor's code.
    """

    factors: Mapping[str, str] = field(default_factory=dict)
    said: Mapping[str, str] = field(default_factory=dict)

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes of the factors, each once."""
        return tuple(dict.fromkeys(self.factors.values()))

    def role(self, heading: str, place: int) -> str:
        """The role or factor of this column; empty where nobody knows."""
        said = {bare(name) or name: self.meant(role) for name, role in self.said.items()}
        for name in (heading, bare(heading), str(place + 1)):
            if name and name in said:
                return said[name]
        factors = {bare(name): code for name, code in self.factors.items()}
        return factors.get(bare(heading)) or role_of(heading)

    def meant(self, word: str) -> str:
        """The role or factor that somebody names by this word, in either language; else the word itself."""
        if word in ROLES or word in self.codes:
            return word
        factors = {bare(name): code for name, code in self.factors.items()}
        return factors.get(bare(word)) or role_meant(word) or word

    def count(self, cells: Sequence[str]) -> int:
        """How many of these cells would be known as headings."""
        roles = (self.role(cell, place) for place, cell in enumerate(cells))
        return sum(bool(role) and role != "rowname" for role in roles)

    def faults(self) -> Iterator[Fault]:
        """What was said of columns and means nothing."""
        for name, role in self.said.items():
            if (meant := self.meant(role)) not in ROLES and meant not in self.codes:
                words = (*self.codes, *ROLES)
                yield Fault(0, "heading", _no_role(name, role, words), COLUMN)


def recognised(row: int, heading: Sequence[str], records: Sequence[Record], known: Known) -> Columns:
    """The columns under this heading, which stands in that row. Raises FileFaults."""
    roles = [known.role(head, place) for place, head in enumerate(heading)]
    empty = [
        not any(place < len(cells) and cells[place] for _, cells in records) for place in range(len(roles))
    ]
    roles = [
        "unused" if bare_ and role != "arm" and role not in known.codes else role
        for role, bare_ in zip(roles, empty, strict=True)
    ]
    _decide_group(roles, known)
    _decide_unit(roles, records)
    _decide_numbers(roles)
    _decide_row_names(roles, heading, records)
    faults = [*_unknown(row, heading, roles), *_twice(row, heading, roles)]
    if "arm" not in roles:
        faults.insert(0, Fault(row, "heading", NO_ARM))
    factors = tuple(roles.index(code) for code in known.codes if code in roles)
    if factors and ("stratum" in roles or len(factors) != len(known.codes)):
        faults.append(Fault(row, "heading", TWO_STRATA))
    if faults:
        if any(fault.ask for fault in faults):
            words, typed = _known_ones([*known.codes, *ROLES.values()]), _known_ones([*known.codes, *ROLES])
            faults.append(Fault(0, "heading", words, typed=typed))
        raise FileFaults(faults)
    passed = tuple(
        head
        for head, role, bare_ in zip(heading, roles, empty, strict=True)
        if role == "unused" and not bare_
    )
    return Columns(
        kind=kind_of(list(heading)),
        places={role: place for place, role in enumerate(roles) if role in ROLES and role != "unused"},
        factors=factors,
        counting=roles.index("counting") if "counting" in roles else None,
        rowname=roles.index("rowname") if "rowname" in roles else None,
        passed=passed,
    )


def _decide_group(roles: list[str], known: Known) -> None:
    """`Group` is the stratum beside an arm (NCI), and the arm where no other column is (secuTrial)."""
    for place, role in enumerate(roles):
        if role == "group":
            named = "stratum" in roles or bool(set(known.codes) & set(roles))
            alone = "arm" not in roles and "passed" not in roles
            roles[place] = "arm" if alone else "" if named else "stratum"


def _decide_unit(roles: list[str], records: Sequence[Record]) -> None:
    """`UNIT` of PROC PLAN is the place in the block where it begins anew in each; else it counts."""
    for place, role in enumerate(roles):
        if role != "unit":
            continue
        values = [cells[place] for _, cells in records if place < len(cells)]
        anew = sum(value.split(".")[0].split(",")[0] == "1" for value in values) > 1
        roles[place] = "place" if anew and "block" in roles and "place" not in roles else "sequence"


def _decide_numbers(roles: list[str]) -> None:
    """Codes are the numbers, and a count beside them only counts."""
    coded = "code" in roles or "number" in roles
    for place, role in enumerate(roles):
        if role == "code":
            roles[place] = "number"
        elif role == "sequence":
            roles[place] = "counting" if coded else "number"
        elif role in ("stratumsize", "passed"):
            roles[place] = "unused"


def _decide_row_names(roles: list[str], heading: Sequence[str], records: Sequence[Record]) -> None:
    """The first columns, unnamed or named as R, pandas and SAS name them, where they count rows."""
    for place, role in enumerate(roles):
        if place and role != "rowname":
            continue
        if role == "rowname" or (not role and not heading[place]):
            roles[place] = "rowname"
            values = [cells[place] for _, cells in records if place < len(cells)]
            if heading[place] and 4 * sum(value.isdecimal() for value in values) < 3 * len(values):
                roles[place] = ""
            elif "rowname" in roles[:place]:
                roles[place] = "unused"


def row_name_faults(columns: Columns, records: Sequence[Record]) -> Iterator[Fault]:
    """Row names that count downwards somewhere: somebody sorted what a program had made."""
    if columns.rowname is None:
        return
    names = [(row, cells[columns.rowname]) for row, cells in records]
    if not all(name.isascii() and name.isdecimal() and len(name) < 19 for _, name in names):
        return
    by_stratum: defaultdict[tuple[str, ...], int] = defaultdict(int)
    for (row, name), (_, cells) in zip(names, records, strict=True):
        stratum = columns.levels(cells)
        if int(name) < by_stratum[stratum]:
            yield Fault(row, "order", WAS_SORTED)
            return
        by_stratum[stratum] = int(name)


def _unknown(row: int, heading: Sequence[str], roles: Sequence[str]) -> Iterator[Fault]:
    for place, role in enumerate(roles):
        if role:
            continue
        name = heading[place] or str(place + 1)
        form = UNKNOWN if heading[place] else NAMELESS
        yield Fault(row, "heading", form.having(column=place + 1, heading=name), COLUMN, name)


UNKNOWN = Sentence("Column %(column)s, “%(heading)s”, is not known.")
NAMELESS = Sentence("Column %(column)s has no heading and is not empty.")


def _twice(row: int, heading: Sequence[str], roles: Sequence[str]) -> Iterator[Fault]:
    for place, role in enumerate(roles):
        first = roles.index(role)
        if first != place and role not in ("unused", "rowname", ""):
            form = Sentence("Columns %(first)s and %(second)s are both %(column)s. Say which one is not.")
            words = ROLES["number" if role == "counting" else role] if role in {*ROLES, "counting"} else role
            said = form.having(first=first + 1, second=place + 1, column=words)
            for at in (first, place):
                yield Fault(row, "heading", said, COLUMN, heading[at] or str(at + 1))


def _known_ones(words: Sequence[Words]) -> Sentence:
    return Sentence("A column is one of these: %(known)s.", known=joined(words, LIST))


def _no_role(name: str, role: str, known: Sequence[str]) -> Sentence:
    return Sentence(
        "“%(name)s” cannot be %(role)s. A column is one of these: %(known)s.",
        name=name,
        role=role,
        known=", ".join(known),
    )
