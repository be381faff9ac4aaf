"""Where in a file the table stands: below what was written over it, above what was written under it.

The heading is the row among the first in which most headings are known. A footer is what follows the
last row that could be one of the list: short, or set apart by an empty row, and without an arm; or a total, a
count, a signature, with cells empty that the list fills. What is passed over is reported; that no row of the
list is lost with it, the planned counts show.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from trial.core.sentences import Sentence, Words

from .headings import bare
from .list_columns import NO_HEADING, Known
from .table_file import (
    LOOKED_AT,
    MOST_COLUMNS,
    NO_ROW,
    TOO_WIDE,
    Fault,
    FileFaults,
    Grid,
    Record,
    bare_cell,
    cell_fault,
)

LONGEST_NOTE = 400
"""Signs of a preamble or a footer that are repeated."""


@dataclass(frozen=True, repr=False)
class Table:
    """The heading with its row, the rows below it, and what was passed over."""

    row: int
    heading: tuple[str, ...]
    records: list[Record]
    notes: tuple[Words, ...] = ()

    @property
    def width(self) -> int:
        """How many columns it has."""
        return len(self.heading)


def table_of(grid: Grid, known: Known, arms: Iterable[str]) -> Table:
    """The heading of this grid and what stands below it. Raises FileFaults."""
    if not grid.records:
        raise FileFaults([Fault(0, "empty", NO_ROW)])
    at = _heading_at(grid.records, known)
    row, cells = grid.records[at]
    heading = _trimmed([cell.strip() for cell in cells])
    if len(heading) > MOST_COLUMNS:
        raise FileFaults([Fault(row, "columns", TOO_WIDE)])
    if set(arms) & set(heading):
        raise FileFaults([Fault(row, "heading", NO_HEADING)])
    records = (_fitted(record, len(heading)) for record in grid.records[at + 1 :])
    below = [record for record in records if list(record[1]) != heading]
    notes = [*grid.notes]
    if at:
        notes.append(Sentence("Passed over above the heading: %(words)s", words=_words(grid.records[:at])))
    return Table(row, tuple(heading), below, tuple(notes))


def _heading_at(records: Sequence[Record], known: Known) -> int:
    """The first of the rows with most headings that are known; the first row where none has any."""
    counts = [known.count(_trimmed(cells)[: MOST_COLUMNS + 1]) for _, cells in records[:LOOKED_AT]]
    best = max(counts)
    return counts.index(best) if best else 0


def _trimmed(cells: Sequence[str]) -> list[str]:
    """The cells without the empty ones at the end."""
    end = len(cells)
    while end and not cells[end - 1].strip():
        end -= 1
    return list(cells[:end])


def _fitted(record: Record, width: int) -> Record:
    """The row without blanks around its cells, and without empty cells beyond the heading's last."""
    row, cells = record[0], tuple(map(bare_cell, record[1]))
    if len(cells) > width and not any(cells[width:]):
        return row, cells[:width]
    return row, cells


def without_footer(table: Table, arm: int, knows: Callable[[str], bool], used: Collection[int]) -> Table:
    """The table without what stands below its last row, and without sums between its rows.

    `arm` is the arm's column, `knows` knows words for arms; each row of the list fills the `used` columns.
    """
    kinds = [_kind(cells, table.width, arm, knows, used) for _, cells in table.records]
    end = len(kinds)
    while end and kinds[end - 1] in (SUM, BESIDE):
        end -= 1
    end = _begun_by_a_sum(kinds, end)
    apart = _apart(table.records[:end], arm, knows)
    end = end if apart is None else apart
    rows = [record for record, kind in zip(table.records[:end], kinds, strict=False) if kind != SUM]
    between = [record for record, kind in zip(table.records[:end], kinds, strict=False) if kind == SUM]
    notes = [
        form.having(words=_words(records))
        for form, records in ((BETWEEN, between), (BELOW, table.records[end:]))
        if records
    ]
    return replace(table, records=rows, notes=(*table.notes, *notes)) if notes else table


BELOW = Sentence("Passed over below the list: %(words)s")
BETWEEN = Sentence("Passed over between the rows of the list: %(words)s")
ROW, LACKING, BESIDE, SUM = range(4)
"""A row of the list; one with an empty cell; one too short or too empty for the list; one that sums up."""


def _kind(
    cells: Sequence[str], width: int, arm: int, knows: Callable[[str], bool], used: Collection[int]
) -> int:
    word = cells[arm] if arm < len(cells) else ""
    filled = [cell for cell in cells if cell]
    empty = sum(not cells[place] for place in used if place < len(cells))
    named = bool(word) and knows(word)
    sums = bool(filled) and SUMS_UP.match(bare(filled[0])) is not None
    if sums and (empty > 0 or (not named and word.isdecimal())):
        return SUM
    if not named and ((width > 1 and len(filled) == 1) or len(cells) != width or (not word and empty > 1)):
        return BESIDE
    return LACKING if empty else ROW


def _begun_by_a_sum(kinds: Sequence[int], end: int) -> int:
    """Where a sum begins below which no row of the list stands: sums by arm, say."""
    start = next((at + 1 for at in range(end - 1, -1, -1) if kinds[at] == ROW), end)
    return next((at for at in range(start, end) if kinds[at] == SUM), end)


SUMS_UP = re.compile(
    r"\d*(block|bloc|stratum|strate)?\d*(grand|sub|sous)?(total|totaux|sum|somme|count|effectif|gesamt|summe|anzahl|mean|moyenne|ratio|signed|signature|signe"
    r"|unterschrift|approved|approuve|valide|verified|checked|printed|imprime|generated|genere|created|seed|graine"
    r"|date|end(of|$)|fin(de|$)|page\d|nombred|numberof)"
)
"""How the first word of a row begins that sums a list up, or closes it, compared as headings are."""


def _apart(records: Sequence[Record], arm: int, knows: Callable[[str], bool]) -> int | None:
    """Where the rows begin that an empty row sets apart at the end, if none of them names an arm."""
    for at in range(len(records) - 1, max(0, len(records) - LOOKED_AT), -1):
        row, cells = records[at]
        if arm < len(cells) and knows(cells[arm]):
            return None
        if row > records[at - 1][0] + 1:
            return at
    return None


def _words(records: Sequence[Record]) -> str:
    lines = (" ".join(cell.strip() for cell in cells if cell.strip()) for _, cells in records)
    text = " · ".join(lines)
    return text if len(text) <= LONGEST_NOTE else f"{text[:LONGEST_NOTE]}…"


def form_faults(table: Table, used: Collection[int]) -> list[Fault]:
    """What is wrong with the form of the rows, and of their cells in the columns that are `used`."""
    found = (cell_fault(row, cells, table.width, used) for row, cells in table.records)
    return [fault for fault in found if fault]
