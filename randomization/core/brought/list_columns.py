"""The columns of the programs that statisticians use, recognised by the heading.

blockrand (R)     id, stratum, block.id, block.size, treatment
Sealed Envelope   block identifier, block size, sequence within block, treatment, code; or sequence,
                  block, block size, treatment; with a column for each factor
NCI               Group, Subject, Assignment, Assigned Arm Index, Arm 1 Posterior Totals ...
Velum             stratum, position, number, block, arm
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from trial.core.sentences import Sentence

from .table_file import Fault, FileFaults

ROLES = {
    "id": "number",
    "number": "number",
    "code": "number",
    "randomisationcode": "number",
    "randomizationnumber": "number",
    "randomisationnumber": "number",
    "subject": "number",
    "sequence": "number",
    "position": "position",
    "stratum": "stratum",
    "group": "stratum",
    "blockid": "block",
    "blockidentifier": "block",
    "block": "block",
    "blocksize": "size",
    "sequencewithinblock": "place",
    "treatment": "arm",
    "assignment": "arm",
    "arm": "arm",
}
"""What a column is for, by its heading in lower case without anything but letters and digits."""
PASSED_OVER = re.compile(r"assignedarmindex|arm\d+posteriortotals")
COLUMNS = {
    "number": Sentence("the number"),
    "position": Sentence("the position"),
    "stratum": Sentence("the stratum"),
    "block": Sentence("the block"),
    "size": Sentence("the block size"),
    "place": Sentence("the place in the block"),
    "arm": Sentence("the arm"),
}
"""What a column is for, in words."""
KINDS = {"blockid": "blockrand", "assignment": "NCI", "position": "Velum"}
"""The column that gives a file's program away; without any of them it is Sealed Envelope's."""


@dataclass(frozen=True)
class Columns:
    """Where a file keeps what. `factors` are the columns that together name the stratum."""

    kind: str
    places: dict[str, int]
    factors: tuple[int, ...]

    def cell(self, role: str, cells: Sequence[str]) -> str:
        """The cell of that role; empty where the file has no such column."""
        return cells[self.places[role]] if role in self.places else ""

    def stratum(self, cells: Sequence[str]) -> str:
        """The stratum's name in the file: one cell, or the levels of the factors with / between."""
        if self.factors:
            return "/".join(cells[place] for place in self.factors)
        return self.cell("stratum", cells)

    @property
    def has_strata(self) -> bool:
        """Whether the file names strata at all."""
        return bool(self.factors) or "stratum" in self.places


def recognised(heading: Sequence[str], factors: Sequence[str]) -> Columns:
    """The columns under this heading; `factors` are the codes of the protocol's stratification factors.

    An unnamed first column (R's row names) is passed over. Raises FileFaults.
    """
    names = [re.sub(r"[^a-z0-9]", "", head.casefold()) for head in heading]
    wanted = [re.sub(r"[^a-z0-9]", "", factor.casefold()) for factor in factors]
    faults: list[Sentence] = []
    places: dict[str, int] = {}
    for place, name in enumerate(names):
        role = ROLES.get(name, "")
        if name in wanted or PASSED_OVER.fullmatch(name) or (not heading[place] and not place):
            continue
        if not role:
            faults.append(_unknown(place + 1))
        elif role in places:
            faults.append(_twice(role, places[role] + 1, place + 1))
        else:
            places[role] = place
    if "arm" not in places:
        faults.append(NO_ARM)
    found = tuple(names.index(name) for name in wanted if name in names)
    if found and ("stratum" in places or len(found) != len(wanted)):
        faults.append(TWO_STRATA)
    if faults:
        raise FileFaults([Fault(1, "heading", sentence) for sentence in faults])
    kind = next((KINDS[name] for name in names if name in KINDS), "Sealed Envelope")
    return Columns(kind, places, found)


NO_ARM = Sentence("No column is headed treatment, assignment or arm.")
TWO_STRATA = Sentence("The stratum stands in a column of its own or in one for every factor, not in both.")


def _unknown(column: int) -> Sentence:
    return Sentence("Column %(column)s has a heading that is not known. Take it out.", column=column)


def _twice(role: str, first: int, second: int) -> Sentence:
    form = Sentence("Columns %(first)s and %(second)s are both %(column)s. Take one out.")
    return form.having(first=first, second=second, column=COLUMNS[role])
