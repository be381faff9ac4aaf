"""How much a sweep looks at. Needs no Django, so that what starts the worlds can name it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Depth:
    """Each how many-th probe is asked, and how many participants everybody looks at."""

    probes: int
    participants: int
    unsafe: bool


DEPTHS = {"full": Depth(1, 4, True), "short": Depth(9, 1, True), "brief": Depth(60, 1, False)}
