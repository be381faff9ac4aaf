"""What the vault asks the applications of its door. How it is asked: `trial.hooks`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:
    from randomization.sealed.models import BoxKind


@runtime_checkable
class OffersBoxes(Protocol):
    """Keeps sealed boxes."""

    def boxes(self) -> Sequence[BoxKind]:
        """The kinds of boxes that a re-keying seals anew."""
