"""Where in a file the table stands: below what was written over it, above what was written under it.

The heading is the row among the first in which most headings are known. A footer is what follows the
last row that could be one of the list: short, or set apart by an empty row, and without an arm. What is
passed over is reported; that no row of the list is lost with it, the planned counts show.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from trial.core.sentences import Sentence, Words

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
    below = [_fitted(record, len(heading)) for record in grid.records[at + 1 :] if record[1] != cells]
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
    """The row without empty cells beyond the heading's last."""
    row, cells = record
    if len(cells) > width and not any(cell.strip() for cell in cells[width:]):
        return row, cells[:width]
    return record


def without_footer(table: Table, arm: int, arms: Iterable[str]) -> Table:
    """The table without what stands below its last row; `arm` is the arm's column, `arms` its words."""
    known, records = set(arms), table.records
    end = len(records)
    while end and _is_beside(records[end - 1][1], table.width, arm, known):
        end -= 1
    apart = _apart(records[:end], arm, known)
    end = end if apart is None else apart
    if end == len(records):
        return table
    note = Sentence("Passed over below the list: %(words)s", words=_words(records[end:]))
    return replace(table, records=records[:end], notes=(*table.notes, note))


def _is_beside(cells: Sequence[str], width: int, arm: int, known: set[str]) -> bool:
    """Whether a row is too short, or too empty, to be one of the list."""
    word = cells[arm].strip() if arm < len(cells) else ""
    alone = width > 1 and sum(bool(cell.strip()) for cell in cells) == 1
    return word not in known and (alone or len(cells) != width)


def _apart(records: Sequence[Record], arm: int, known: set[str]) -> int | None:
    """Where the rows begin that an empty row sets apart at the end, if none of them names an arm."""
    for at in range(len(records) - 1, max(0, len(records) - LOOKED_AT), -1):
        row, cells = records[at]
        if arm < len(cells) and cells[arm].strip() in known:
            return None
        if row > records[at - 1][0] + 1:
            return at
    return None


def _words(records: Sequence[Record]) -> str:
    lines = (" ".join(cell.strip() for cell in cells if cell.strip()) for _, cells in records)
    text = " · ".join(lines)
    return text if len(text) <= LONGEST_NOTE else f"{text[:LONGEST_NOTE]}…"


def form_faults(table: Table) -> list[Fault]:
    """What is wrong with the form of the rows."""
    found = (cell_fault(row, cells, table.width) for row, cells in table.records)
    return [fault for fault in found if fault]
