"""From a statistician's CSV file to the content of a list, or to the faults that keep it out.

One decision for the whole file: it is taken as it stands or not at all. What is checked: arms and
strata, order and numbers, blocks and their ratio, counts against the trial's plan.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from randomization.core.acceptance import is_even
from randomization.core.design import IMPORTED, ArmShare, Design, StratumSize
from randomization.core.imported import OURS, Order
from trial.core.sentences import Sentence, joined

from .counting import block_order_faults, order_faults
from .list_columns import COLUMNS, Columns, recognised
from .list_numbers import number_faults, our_numbers
from .table_file import MOST_FAULTS, Fault, FileFaults, read_table

NO_STRATA = Sentence("The trial has strata and the file names none.")
TWO_ARM_NAMES = Sentence("Two names are used for one arm. Give each arm one name.")
TWO_STRATUM_NAMES = Sentence("Two names are used for one stratum. Give each stratum one name.")
OTHER_STRATUM = Sentence("The trial has no such stratum. Match its name with --stratum NAME=KEY.")
OTHER_ARM = Sentence("The trial has no such arm. Match its name with --arm NAME=CODE.")
LOOKALIKES = Sentence("It has letters beyond the plain alphabet, which may look alike.")
HEADING_ALONE = Sentence("The file has a heading and no rows.")
LEFT_BLOCK = Sentence("This block appears again after another one. Check the order of the rows.")
UNEVEN_BLOCK = Sentence("The block that begins here does not hold the trial's ratio.")
MIXED_SIZES = Sentence("The block that begins here has rows with different block sizes.")
NO_SIZE = Sentence("Its block size is no whole number.")
OTHER_SIZE = Sentence("The block that begins here has another number of rows than its size.")

Content = tuple[str, int, str]
"""What a file says of one envelope: arm code, block (0 without), and number (empty: ours is taken)."""


@dataclass(frozen=True)
class Expected:
    """What the file must agree with.

    `arm_names` and `stratum_names` lead from the file's words to the protocol's codes and keys; a word
    that is a code already needs no entry. `sizes` says how many envelopes each stratum has, strata in
    the protocol's order. `uneven` lets counts stand that are off the ratio (complete randomisation).
    `first_number` is where numbers that count begin, if not at 1 or at a number that ends in 01.
    """

    arms: tuple[ArmShare, ...]
    sizes: Mapping[str, int]
    environment: str
    arm_names: Mapping[str, str] = field(default_factory=dict)
    stratum_names: Mapping[str, str] = field(default_factory=dict)
    factors: tuple[str, ...] = ()
    numbers: str = OURS
    uneven: bool = False
    first_number: int | None = None


@dataclass(frozen=True, repr=False)
class ImportedList:
    """A file that was taken. `contents` are in list order. Never printed: it names arms."""

    kind: str
    design: Design
    contents: tuple[Content, ...]


@dataclass(frozen=True, repr=False, slots=True)
class Row:
    """One row of the file, in the protocol's words."""

    row: int
    stratum: str
    arm: str
    number: str
    block: str
    size: str
    place: str
    position: str


def read_list(data: bytes, expected: Expected) -> ImportedList:
    """The list in this file. Raises FileFaults with the rows and rules at fault."""
    _raise_if(list(_mapping_faults(expected)))
    table = read_table(data)
    columns = recognised(table.heading, expected.factors)
    if not columns.has_strata and len(expected.sizes) > 1:
        raise FileFaults([Fault(1, "heading", NO_STRATA)])
    by_stratum, kind = _rows(table.rows, columns, expected), columns.kind
    rows = [row for stratum in by_stratum.values() for row in stratum]
    _raise_if(list(_list_faults(by_stratum, columns, expected)))
    contents = tuple(
        _contents(
            by_stratum,
            our_numbers([row.number for row in rows], expected.environment)
            if expected.numbers != OURS
            else None,
        )
    )
    return ImportedList(kind, _design(data, expected, by_stratum, contents), contents)


def _mapping_faults(expected: Expected) -> Iterator[Fault]:
    codes = {arm.code for arm in expected.arms}
    if unknown := set(expected.arm_names.values()) - codes:
        arms = ", ".join(sorted(codes))
        sentence = Sentence(
            "The protocol has no arm %(arm)s. Its arms are %(arms)s.", arm=min(unknown), arms=arms
        )
        yield Fault(0, "arm", sentence)
    if unknown := set(expected.stratum_names.values()) - set(expected.sizes):
        yield Fault(0, "stratum", no_such_stratum(min(unknown)))
    for what, names, sentence in (
        ("arm", expected.arm_names, TWO_ARM_NAMES),
        ("stratum", expected.stratum_names, TWO_STRATUM_NAMES),
    ):
        if len(set(names.values())) < len(names):
            yield Fault(0, what, sentence)


def _rows(
    found: Iterator[tuple[int, list[str]]], columns: Columns, expected: Expected
) -> dict[str, list[Row]]:
    """The rows by stratum, strata in the protocol's order, with every word made one of the protocol's."""
    arms = {arm.code: arm.code for arm in expected.arms if arm.code not in expected.arm_names.values()}
    arms |= {_nfc(name): code for name, code in expected.arm_names.items()}
    strata = {key: key for key in expected.sizes} | {
        _nfc(name): key for name, key in expected.stratum_names.items()
    }
    by_stratum: dict[str, list[Row]] = {key: [] for key in expected.sizes}
    faults: list[Fault] = []
    for row, cells in found:
        name, treatment = _nfc(columns.stratum(cells)), _nfc(columns.cell("arm", cells))
        key = strata.get(name) if columns.has_strata else next(iter(expected.sizes))
        arm = arms.get(treatment)
        faults += _word_faults(row, columns, cells, key is None, arm is None, treatment)
        if len(faults) >= MOST_FAULTS:
            break
        if key is not None and arm is not None:
            roles = ("number", "block", "size", "place", "position")
            by_stratum[key].append(Row(row, key, arm, *(columns.cell(role, cells) for role in roles)))
    _raise_if(faults)
    return by_stratum


def _word_faults(
    row: int, columns: Columns, cells: Sequence[str], no_stratum: bool, no_arm: bool, treatment: str
) -> Iterator[Fault]:
    for role, place in columns.places.items():
        if not cells[place]:
            yield Fault(row, "empty", Sentence("A cell is empty: %(column)s.", column=COLUMNS[role]))
    if no_stratum:
        yield Fault(row, "stratum", OTHER_STRATUM)
    if no_arm and treatment:
        both = joined((OTHER_ARM, LOOKALIKES), Sentence("%(first)s %(rest)s"))
        yield Fault(row, "arm", OTHER_ARM if treatment.isascii() else both)


def _list_faults(
    by_stratum: Mapping[str, list[Row]], columns: Columns, expected: Expected
) -> Iterator[Fault]:
    every = [row for rows in by_stratum.values() for row in rows]
    if not every:
        yield Fault(0, "empty", HEADING_ALONE)
        return
    numbered = [[(row.row, row.number) for row in rows] for rows in by_stratum.values()]
    yield from order_faults(numbered, expected.first_number)
    yield from block_order_faults([list(_block_names(rows)) for rows in by_stratum.values()])
    if expected.numbers != OURS:
        yield from number_faults([(row.row, row.number) for row in every], expected.environment)
    for key, rows in by_stratum.items():
        yield from _position_faults(rows)
        yield from _block_faults(rows, columns, expected)
        yield from _count_faults(key, rows, expected)


def _position_faults(rows: Sequence[Row]) -> Iterator[Fault]:
    for position, row in enumerate(rows, 1):
        if row.position and row.position != str(position):
            sentence = Sentence(
                "Its position should be %(position)s: positions count from 1.", position=position
            )
            yield Fault(row.row, "order", sentence)
            return


def _block_names(rows: Sequence[Row]) -> Iterator[tuple[int, str]]:
    """The first row and the name of each block, in the order in which they begin."""
    first: dict[str, int] = {}
    for row in rows:
        if row.block:
            first.setdefault(row.block, row.row)
    return ((row, name) for name, row in first.items())


def _block_faults(rows: Sequence[Row], columns: Columns, expected: Expected) -> Iterator[Fault]:
    seen: set[str] = set()
    blocks = [list(block) for label, block in groupby(rows, key=lambda row: row.block) if label]
    for n, block in enumerate(blocks):
        first, last = block[0], n == len(blocks) - 1
        if first.block in seen:
            yield Fault(first.row, "block", LEFT_BLOCK)
        seen.add(first.block)
        if "size" in columns.places:
            yield from _size_faults(block, last)
        if "place" in columns.places:
            yield from _place_faults(block)
        cut = last and ("size" not in columns.places or str(len(block)) != first.size)
        if not (cut or is_even(Counter(row.arm for row in block), expected.arms)):
            yield Fault(first.row, "block", UNEVEN_BLOCK)


def _size_faults(block: Sequence[Row], last: bool) -> Iterator[Fault]:
    first = block[0]
    if any(row.size != first.size for row in block):
        yield Fault(first.row, "block", MIXED_SIZES)
    elif not first.size.isascii() or not first.size.isdecimal():
        yield Fault(first.row, "block", NO_SIZE)
    elif len(block) > int(first.size) or (len(block) < int(first.size) and not last):
        yield Fault(first.row, "block", OTHER_SIZE)


def _place_faults(block: Sequence[Row]) -> Iterator[Fault]:
    for place, row in enumerate(block, 1):
        if row.place != str(place):
            sentence = Sentence("Its sequence within the block should be %(place)s.", place=place)
            yield Fault(row.row, "order", sentence)
            return


def _count_faults(key: str, rows: Sequence[Row], expected: Expected) -> Iterator[Fault]:
    if len(rows) != expected.sizes[key]:
        sentence = Sentence(
            "Stratum %(stratum)s has %(found)s envelopes, %(planned)s are planned. Correct the "
            "file, or say --size %(stratum)s=%(found)s.",
            stratum=key,
            found=len(rows),
            planned=expected.sizes[key],
        )
        yield Fault(0, "count", sentence)
    counts, unit = Counter(row.arm for row in rows), sum(arm.share for arm in expected.arms)
    times, over = divmod(len(rows), unit)
    off = any(
        not arm.share * times <= counts[arm.code] <= arm.share * times + min(over, arm.share)
        for arm in expected.arms
    )
    if off and not expected.uneven:
        sentence = Sentence("The arms of stratum %(stratum)s do not stand in the trial's ratio.", stratum=key)
        yield Fault(0, "ratio", sentence)


def _contents(by_stratum: Mapping[str, list[Row]], numbers: Iterator[str] | None) -> Iterator[Content]:
    for rows in by_stratum.values():
        block, label = 0, ""
        for row in rows:
            if row.block and row.block != label:
                block, label = block + 1, row.block
            yield row.arm, block, next(numbers) if numbers else ""


def _design(
    data: bytes, expected: Expected, by_stratum: Mapping[str, list[Row]], contents: Sequence[Content]
) -> Design:
    places = ((key, n) for key, rows in by_stratum.items() for n in range(1, len(rows) + 1))
    order = Order()
    for (key, position), (arm, block, _) in zip(places, contents, strict=True):
        order.add(key, position, arm, block)
    return Design(
        arms=expected.arms,
        strata=tuple(StratumSize(key, len(rows)) for key, rows in by_stratum.items()),
        method=IMPORTED,
        source=hashlib.sha256(data).hexdigest(),
        sequence=order.digest(),
        numbers=expected.numbers,
    )


def _nfc(text: str) -> str:
    return unicodedata.normalize("NFC", text)


def no_such_stratum(key: str) -> Sentence:
    """The sentence for a stratum that the protocol does not have."""
    return Sentence("The protocol has no stratum %(stratum)s.", stratum=key)


def _raise_if(faults: list[Fault]) -> None:
    if faults:
        raise FileFaults(faults)
