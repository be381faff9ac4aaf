"""Shows the progress of a long command on the error stream: a bar for a person, ten lines for a log."""

from __future__ import annotations

from typing import Any

WIDTH = 40
WORTH_A_BAR = 5000
"""Below this many nobody has to wait."""


class ProgressBar:
    """Called with how many are done. On a terminal the bar is redrawn in its place."""

    def __init__(self, total: int, stream: Any, what: str) -> None:
        self.total, self.stream, self.what = total, stream, what
        self.on_terminal = stream.isatty()
        self.shown = 0

    def __call__(self, done: int) -> None:
        """Show the share that is done, if it has grown by a tenth (on a terminal: a hundredth)."""
        steps = 100 if self.on_terminal else 10
        step = done * steps // self.total
        if self.total < WORTH_A_BAR or step == self.shown:
            return
        self.shown = step
        self.stream.write(self._line(done), ending="" if self.on_terminal and done < self.total else "\n")

    def _line(self, done: int) -> str:
        text = f"{done:,} of {self.total:,} {self.what}"
        if not self.on_terminal:
            return text
        filled = done * WIDTH // self.total
        return f"\r[{'=' * filled}{' ' * (WIDTH - filled)}] {text}"
