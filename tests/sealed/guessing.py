"""An attack on commitments: from what is public of a list alone, reproduce one, and so learn an arm.

Of a commitment everything is public but arm, block and salt. Arms are three and blocks a dozen, so all
hangs on the salt. Here every arm and block is tried with salts, and with seeds of salts, that careless
code has been known to use: zeros, a constant, a counter, the clock, a hash of something public, a
generator that was seeded with one of these, or what follows from the salt of a neighbour.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, product

from randomization.core.commitments import design_commitment
from randomization.core.design import ArmShare, Design
from randomization.core.design_file import Plan, design_for
from randomization.core.sealed_record import RECORD_BYTES, SALT_BYTES, SealedRecord
from randomization.core.stream import SEED_BYTES, Stream
from randomization.list_checks import envelopes_of
from randomization.models import Envelope, RandomizationList
from trial.core.protocol import Protocol

SALT_AT = RECORD_BYTES - SALT_BYTES - 6
SMALL = range(200)
SECONDS = range(-60, 61)
"""How far the clock may be from the moment that the statement names."""
BETWEEN = (b"", b"/", b":", b"|")
BLOCK_SIZES = ((), (3,), (6,), (9,), (12,), (3, 6), (6, 9), (3, 6, 9), (3, 6, 9, 12))
"""The designs that anybody would try first; none stands for the recommended one."""


@dataclass(frozen=True)
class Hit:
    """A commitment that was reproduced: an arm is known to who should not know it."""

    place: str
    arm: str
    rule: str


def guessed(list_: RandomizationList, *, seeds: Iterable[bytes] = ()) -> Iterator[Hit]:
    """Every commitment of the list that falls. `seeds` are tried beside those made of what is public."""
    rows, arms = list(envelopes_of(list_)), protocol_of(list_).arms
    general = dict(general_salts(list_))
    streams = list(salts_of_seeds([*seeds, *seeds_to_try(list_)], len(rows)))
    for index, row in enumerate(rows):
        tried = general | {salts[index]: rule for rule, salts in streams} | dict(own_salts(rows, index))
        yield from fallen(row, [arm.code for arm in arms], tried)
    yield from design_fallen(list_, [*seeds, *seeds_to_try(list_)], general)


def guessed_after_one(list_: RandomizationList, opened: SealedRecord) -> Iterator[Hit]:
    """The same, when one envelope's record has become known: what falls among the others."""
    for row in envelopes_of(list_):
        if row.position != opened.position:
            steps = row.position - opened.position
            tried = dict(neighbours(opened.salt, steps))
            yield from fallen(row, [arm.code for arm in protocol_of(list_).arms], tried)


def fallen(row: Envelope, arms: Sequence[str], tried: dict[bytes, str]) -> Iterator[Hit]:
    """Whether one of these salts, with some arm and block, gives the envelope's commitment."""
    for arm, block in product(arms, range(row.position // len(arms) + 2)):
        data = record_of(row, arm, block).to_bytes()
        begun, end = hashlib.sha256(b"velum envelope 1\n" + data[:SALT_AT]), data[SALT_AT + SALT_BYTES :]
        for salt, rule in tried.items():
            hashed = begun.copy()
            hashed.update(salt + end)
            if hashed.hexdigest() == row.commitment:
                yield Hit(row.number, arm, rule)


def record_of(row: Envelope, arm: str, block: int) -> SealedRecord:
    """What the envelope would hold, but for the salt."""
    list_, salt = row.stratum.list, bytes(SALT_BYTES)
    own = {"stratum": row.stratum.key, "position": row.position, "number": row.number, "salt": salt}
    return SealedRecord(environment=list_.environment, list_id=list_.pk, arm=arm, block=block, **own)  # type: ignore[arg-type]


def design_fallen(
    list_: RandomizationList, seeds: Iterable[bytes], general: dict[bytes, str]
) -> Iterator[Hit]:
    """Whether the design's commitment falls, which would give the sizes of the blocks."""
    salts = general | {Stream(seed, "design-salt").take(SALT_BYTES): "seed" for seed in seeds}
    for design, (salt, rule) in product(designs(list_), salts.items()):
        if design_commitment(design, salt).hex() == list_.design_commitment:
            yield Hit("design", design.method, rule)


def designs(list_: RandomizationList) -> Iterator[Design]:
    protocol = protocol_of(list_)
    arms = [ArmShare(arm.code, arm.ratio) for arm in protocol.arms]
    for sizes in BLOCK_SIZES:
        yield design_for(Plan(block_sizes=sizes), arms, protocol.stratum_keys(), protocol.target)


# --- What is tried -----------------------------------------------------------------------------------


def general_salts(list_: RandomizationList) -> Iterator[tuple[bytes, str]]:
    """Salts that may be any envelope's, with what they were made of."""
    yield from (simple for simple in simple_values())
    for word in words(list_):
        yield from ((value, f"from {word!r}") for value in drawn_from(word))


def simple_values() -> Iterator[tuple[bytes, str]]:
    """Zeros and other constants; numbers, from either end."""
    yield from ((bytes([each]) * SALT_BYTES, "constant") for each in range(256))
    for number in SMALL:
        yield number.to_bytes(SALT_BYTES, "big"), "counted"
        yield number.to_bytes(SALT_BYTES, "little"), "counted"
        yield from ((value, "counted") for value in drawn_from(str(number).encode()))


def words(list_: RandomizationList) -> list[bytes]:
    """All that is public of the list, and the moments about its making."""
    texts = [list_.pk, list_.pk.hex, list_.trial_id, list_.name, list_.sequence, list_.environment]
    texts += [list_.root, list_.design_commitment, list_.signature, list_.signer_public_key]
    texts += [list_.made_at.isoformat(), f"{list_.made_at:%Y-%m-%dT%H:%M:%SZ}", f"{list_.made_at:%Y-%m-%d}"]
    second = int(list_.made_at.timestamp())
    texts += [second + more for more in SECONDS]
    texts += [int(list_.made_at.timestamp() * scale) for scale in (10**3, 10**6, 10**9)]
    return [list_.pk.bytes, bytes.fromhex(list_.root), *(str(text).encode() for text in texts)]


def drawn_from(word: bytes) -> Iterator[bytes]:
    """What code makes 32 bytes of when it has only a word."""
    yield hashlib.sha256(word).digest()
    yield hashlib.sha512(word).digest()[:SALT_BYTES]
    yield hashlib.blake2s(word).digest()
    yield word[:SALT_BYTES].ljust(SALT_BYTES, b"\0")
    yield word[:SALT_BYTES].rjust(SALT_BYTES, b"\0")


def own_salts(rows: Sequence[Envelope], index: int) -> Iterator[tuple[bytes, str]]:
    """Salts made of what is public of the envelope itself, alone and with the list; and of its neighbours."""
    row, list_ = rows[index], rows[index].stratum.list
    own = [str(text).encode() for text in (row.number, row.position, index, index + 1, row.pk)]
    own += [row.position.to_bytes(size, end) for size in (4, 8) for end in ("big", "little")]  # type: ignore[arg-type]
    whose = [list_.pk.bytes, str(list_.pk).encode(), list_.pk.hex.encode(), list_.trial_id.encode()]
    pairs = [first + between + last for first, last, between in product(whose, own, BETWEEN)]
    for word in [*own, *pairs, *(last + first for first, last in product(whose, own))]:
        yield from ((value, f"from {word!r}") for value in drawn_from(word))
    for neighbour in rows[max(index - 1, 0) : index + 2]:
        yield bytes.fromhex(neighbour.commitment), "a neighbour's commitment"


def seeds_to_try(list_: RandomizationList) -> Iterator[bytes]:
    """Seeds of the list's stream, as salts were tried; and such as a generator with a known state gives."""
    yield from (seed for seed, _ in general_salts(list_))
    for number in starts(list_):
        yield random.Random(number).randbytes(SEED_BYTES)


def starts(list_: RandomizationList) -> Iterator[int]:
    """With what somebody starts a generator that is no secret one."""
    yield from SMALL
    yield from (int(list_.made_at.timestamp()) + more for more in SECONDS)


def salts_of_seeds(seeds: Iterable[bytes], count: int) -> Iterator[tuple[str, list[bytes]]]:
    """A salt for each place, from every seed by way of the list's own stream."""
    for seed in dict.fromkeys(seeds):
        stream = Stream(seed, "salts")
        yield f"seed {seed.hex()[:8]}…", [stream.take(SALT_BYTES) for _ in range(count)]


def neighbours(salt: bytes, steps: int) -> Iterator[tuple[bytes, str]]:
    """What a salt so many places on would be, had it been made of this one."""
    number, whole = int.from_bytes(salt, "big"), 2 ** (8 * SALT_BYTES)
    yield salt, "the same"
    for more in SMALL:
        for value in (number + more, number - more, number ^ more):
            yield (value % whole).to_bytes(SALT_BYTES, "big"), "counted on"
            yield (value % whole).to_bytes(SALT_BYTES, "little"), "counted on"
    yield from ((value, "hashed") for value in islice(chained(salt), abs(steps)))
    yield from ((value, "from it") for value in drawn_from(salt + str(steps).encode()))


def chained(salt: bytes) -> Iterator[bytes]:
    """Each the hash of the one before."""
    while True:
        salt = hashlib.sha256(salt).digest()
        yield salt


def protocol_of(list_: RandomizationList) -> Protocol:
    """The trial's protocol, which is public."""
    protocol: Protocol = list_.trial.protocol_version.protocol
    return protocol
