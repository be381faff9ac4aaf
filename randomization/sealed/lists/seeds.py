"""The fresh seed of a list: drawn again while the numbers that it gives would reveal the arms.

The lint refuses one good list in a thousand. Here nobody has seen the list yet, so the seed is passed
over instead and the next one drawn; how many were is written into the sealed trail. What is passed over
depends on how numbers and arms stand together. Numbers and order come from two labels of the stream, so
every order that the design allows can still come, each with nearly the design's chance: by how much it
differs stands in docs/randomization.md, section 11.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence

from randomization.core.design import Design
from randomization.core.imported import OURS, filled
from randomization.core.number_leaks import Lint, lint_numbers
from randomization.core.stream import SEED_BYTES
from randomization.models import RandomizationList
from randomization.sealed.vault.envelope_contents import Secret

LONGEST = 10_000
"""Longer lists are linted when they are checked: to do it here too would cost more than their making."""

Contents = Sequence[tuple[str, int, str]]
"""Arm, block and (or empty) number of each envelope, from a file."""


def fresh_secret(
    list_: RandomizationList, design: Design, contents: Contents | None = None
) -> tuple[Secret, int]:
    """A new seed with its design, and how many seeds were passed over before it.

    Numbers that came in a file are not drawn again; whoever takes the file refuses them.
    """
    passed_over = 0
    secret = Secret(secrets.token_bytes(SEED_BYTES), design)
    while _drawn_here(design) and lint_of(list_, secret, contents).telling:
        secret = Secret(secrets.token_bytes(SEED_BYTES), design)
        passed_over += 1
    return secret, passed_over


def lint_of(list_: RandomizationList, secret: Secret, contents: Contents | None = None) -> Lint:
    """What the numbers tell of the arms, in the list that this secret gives."""
    records = secret.records(list_) if contents is None else filled(secret.records(list_), contents)
    pairs = [(record.number, record.arm) for record in records]
    return lint_numbers([number for number, _ in pairs], [arm for _, arm in pairs])


def _drawn_here(design: Design) -> bool:
    return design.numbers in (None, OURS) and design.size <= LONGEST
