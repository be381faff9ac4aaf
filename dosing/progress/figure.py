"""One figure of the progress pages: a chart, if it has one, and the table beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from dosing.core.drawing import Drawing, as_svg

Cell = str | int | date


@dataclass(frozen=True)
class Figure:
    """What a chart says, in one sentence, and every number of it in a table. `key` is its name in addresses.

    The first cell of a row names the row; numbers are whole counts. `note` says what to know when reading it.
    `about` is the number of columns, from the first one, that hold participants' numbers to be links: 0 or 1.
    """

    key: str
    title: str
    sentence: str
    columns: tuple[str, ...]
    rows: Sequence[tuple[Cell, ...]]
    drawing: Drawing | None = None
    note: str = ""
    empty: str = ""
    about: int = 0

    @property
    def svg(self) -> str:
        """The chart, if there is one."""
        if self.drawing is None:
            return ""
        return as_svg(self.drawing, title=self.title, description=self.sentence, name=self.key)
