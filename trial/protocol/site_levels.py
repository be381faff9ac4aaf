"""Whether a new version of a protocol gives a site another level of a stratum than it has."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from trial.core.protocol import Protocol
from trial.core.sentences import Sentence
from trial.core.strata import drawn_otherwise, turned_over


def other_levels(
    new: Protocol, installed: Sequence[Protocol], draws: Iterable[tuple[str, str, str]]
) -> Sentence | None:
    """Why the levels that the sites would fix cannot be; None where they can.

    `installed` are the versions so far, oldest first: any of them binds, so that one between that fixes none
    turns no site over. `draws` are number, site and stratum of whoever was drawn.
    """
    turned = (turned_over(new, before) for before in installed)
    return next(filter(None, turned), None) or drawn_otherwise(new, installed[-1], draws)
