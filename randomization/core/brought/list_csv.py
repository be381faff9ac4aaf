"""From a statistician's file to the content of a list, or to the faults that keep it out.

One decision for the whole file: it is taken as it stands or not at all. What is checked: arms and
strata, order and numbers, blocks and their ratio, counts against the trial's plan.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby, islice, takewhile

from randomization.core.acceptance import is_even
from randomization.core.design import IMPORTED, ArmShare, Design, StratumSize
from randomization.core.imported import OURS, Order
from trial.core.sentences import LIST, Sentence, Words, joined

from .counting import block_order_faults, order_faults
from .headings import ROLES
from .list_columns import Columns, Known, recognised, row_name_faults
from .list_numbers import number_faults, our_numbers
from .list_words import ArmWords, StratumWords, as_counted
from .table_file import Fault, FileFaults, Grid
from .table_shape import Table, form_faults, table_of, without_footer

NO_STRATA = Sentence("The trial has strata and the file names none. %(known)s")
TWO_ARM_NAMES = Sentence("Two names are used for one arm. Give each arm one name.")
TWO_STRATUM_NAMES = Sentence("Two names are used for one stratum. Give each stratum one name.")
OTHER_STRATUM = Sentence("The trial has no such stratum. %(known)s")
THE_STRATA = Sentence("Its strata are %(strata)s.")
THE_LEVELS = Sentence("A stratum is a level of each factor, with / between: %(levels)s.")
MOST_STRATA = 12
"""Strata that are named one by one; of more the levels are named."""
SEVERAL_STRATA = Sentence("The trial has no strata, and the file names more than one.")
OTHER_ARM = Sentence("The trial has no such arm. Its arms are %(arms)s.")
TWO_MEANINGS = Sentence("Its code and its label were matched with two arms. Match one of them.")
OTHER_SITE = Sentence("The file gives its rows to a site that the trial does not have.")
OTHER_LEVEL = Sentence("The stratum is not drawn from at the row's site, which fixes another level.")
ELSEWHERE = Sentence(
    "The file names site %(site)s on every row, and site %(site)s does not draw from %(strata)s. The column "
    "was passed over: every site draws in one order."
)
AGREES = Sentence(
    "The file names a site beside each stratum, as the sites fix them: %(pairs)s. The column was passed "
    "over: every site draws in one order."
)
SEVERAL_SITES = Sentence(
    "The file gives its rows to several sites; the trial draws for all sites in one order."
)
DAYS = Sentence("A spreadsheet has made a date of this cell. Enter what stood there, as text.")
LOOKALIKES = Sentence("It has letters beyond the plain alphabet, which may look alike.")
EMPTY = Sentence("A cell is empty: %(column)s. Fill it, or take the row out if it is no envelope.")
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
    `factor_names`, `levels` (a mapping for each factor) and `arm_labels` lead from the protocol's own
    words to its codes; `drawn_at` says which strata a site can draw from, where it fixes a level;
    `columns` leads from headings to roles, as a person said; `encoding` and `sheet` say
    where in the file to read.
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
    factor_names: Mapping[str, str] = field(default_factory=dict)
    levels: tuple[Mapping[str, str], ...] = ()
    arm_labels: Mapping[str, str] = field(default_factory=dict)
    sites: frozenset[str] = frozenset()
    drawn_at: Mapping[str, frozenset[str]] = field(default_factory=dict)
    columns: Mapping[str, str] = field(default_factory=dict)
    encoding: str = ""
    sheet: str = ""

    @property
    def known(self) -> Known:
        """What a heading may be in this trial."""
        return Known({**{code: code for code in self.factors}, **self.factor_names}, self.columns)


@dataclass(frozen=True, repr=False)
class ImportedList:
    """A file that was taken. `contents` are in list order. Never printed: it names arms.

    `notes` say what was passed over in the file, in its own words.
    """

    kind: str
    design: Design
    contents: tuple[Content, ...]
    notes: tuple[Words, ...] = ()


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


def list_of(grid: Grid, expected: Expected) -> ImportedList:
    """The list in the rows of a file of whatever kind. Raises FileFaults with the rows and rules at fault."""
    _raise_if([*_mapping_faults(expected), *expected.known.faults()])
    table, columns = _table_of(grid, expected)
    by_stratum = _rows(table, columns, expected, grid)
    notes = (*table.notes, *_site_notes(table, columns, by_stratum, expected))
    source, written = grid.source, grid.kind
    del grid, table
    rows = [row for stratum in by_stratum.values() for row in stratum]
    _raise_if(list(_list_faults(by_stratum, columns, expected)))
    numbers = [row.number for row in rows]
    theirs = our_numbers(numbers, expected.environment) if expected.numbers != OURS else None
    contents = tuple(_contents(by_stratum, theirs))
    design = _design(source, expected, by_stratum, contents)
    kind = " ".join(filter(None, (columns.kind, written)))
    return ImportedList(kind, design, contents, notes)


def _table_of(grid: Grid, expected: Expected) -> tuple[Table, Columns]:
    """The rows of the list in good form, and which column is for what."""
    words = _arm_words(expected)
    table = table_of(grid, expected.known, words.names)
    columns = recognised(table.row, table.heading, table.records, expected.known)
    if not columns.has_strata and len(expected.sizes) > 1:
        raise FileFaults([Fault(table.row, "heading", NO_STRATA.having(known=known_strata(expected)))])
    arm = columns.places["arm"]
    labelled = words.under(grid.labels.get(table.heading[arm], {}))
    table = without_footer(table, arm, labelled.knows, {place for _, place in columns.used()})
    if not table.records:
        raise FileFaults([Fault(0, "empty", HEADING_ALONE)])
    _raise_if(form_faults(table, columns.read()))
    _raise_if([*_empty_cells(table, columns), *_day_faults(table, columns, grid)])
    return as_counted(table, columns), columns


def _mapping_faults(expected: Expected) -> Iterator[Fault]:
    codes = {arm.code for arm in expected.arms}
    if unknown := set(expected.arm_names.values()) - codes:
        arms = ", ".join(sorted(codes))
        sentence = Sentence(
            "The protocol has no arm %(arm)s. Its arms are %(arms)s.", arm=min(unknown), arms=arms
        )
        yield Fault(0, "arm", sentence)
    if unknown := set(expected.stratum_names.values()) - set(expected.sizes):
        yield Fault(0, "stratum", no_such_stratum(min(unknown), known_strata(expected)))
    for what, names, sentence in (
        ("arm", expected.arm_names, TWO_ARM_NAMES),
        ("stratum", expected.stratum_names, TWO_STRATUM_NAMES),
    ):
        if len(set(names.values())) < len(names):
            yield Fault(0, what, sentence)


def _rows(table: Table, columns: Columns, expected: Expected, grid: Grid) -> dict[str, list[Row]]:
    """The rows by stratum, strata in the protocol's order, with every word made one of the protocol's."""
    heading = table.heading
    arms = _arm_words(expected).under(grid.labels.get(heading[columns.places["arm"]], {}))
    strata = StratumWords(
        tuple(expected.sizes),
        expected.stratum_names,
        expected.levels,
        tuple(grid.labels.get(heading[place], {}) for place in columns.factors),
    )
    by_stratum: dict[str, list[Row]] = {key: [] for key in expected.sizes}
    about = heading[columns.places["stratum"]] if "stratum" in columns.places else ""
    faults: list[Fault] = []
    words = _OtherWords(expected)
    for row, cells in table.records:
        levels = columns.levels(cells)
        key = strata.key(levels) if columns.has_strata else next(iter(expected.sizes))
        arm, said = arms.arm(columns.cell("arm", cells))
        faults += words.faults(row, key is None, said, strata.single, about)
        if key is not None and arm:
            roles = ("number", "block", "size", "place", "position")
            by_stratum[key].append(Row(row, key, arm, *(columns.cell(role, cells) for role in roles)))
    faults += _site_faults(table, columns, by_stratum, expected)
    faults += _site_stratum_faults(table, columns, by_stratum, expected)
    faults += row_name_faults(columns, table.records)
    faults += _counting_faults(table, columns, by_stratum, expected)
    _raise_if(faults)
    return by_stratum


def _arm_words(expected: Expected) -> ArmWords:
    codes = tuple(arm.code for arm in expected.arms)
    return ArmWords(codes, expected.arm_names, expected.arm_labels)


def _empty_cells(table: Table, columns: Columns) -> Iterator[Fault]:
    for row, cells in table.records:
        for role, place in columns.used():
            if not cells[place]:
                yield Fault(row, "empty", EMPTY.having(column=ROLES[role]))


def _day_faults(table: Table, columns: Columns, grid: Grid) -> Iterator[Fault]:
    for _, place in columns.used():
        if place in grid.dates:
            yield Fault(grid.dates[place], "date", DAYS, "column", table.heading[place])


class _OtherWords:
    """Faults of words that are none of the trial's: each says which the trial has."""

    def __init__(self, expected: Expected) -> None:
        self.arm = OTHER_ARM.having(arms=joined((arm.code for arm in expected.arms), LIST))
        self.stratum = OTHER_STRATUM.having(known=known_strata(expected))

    def faults(self, row: int, no_stratum: bool, said: str, single: bool, about: str) -> Iterator[Fault]:
        """What is wrong with the words of this row."""
        if no_stratum and single:
            yield Fault(row, "stratum", SEVERAL_STRATA, "column", about)
        elif no_stratum:
            yield Fault(row, "stratum", self.stratum, "stratum")
        if said == "two":
            yield Fault(row, "arm", TWO_MEANINGS, "arm")
        elif said == "lookalike":
            yield Fault(row, "arm", joined((self.arm, LOOKALIKES), Sentence("%(first)s %(rest)s")), "arm")
        elif said:
            yield Fault(row, "arm", self.arm, "arm")


def _site_faults(
    table: Table, columns: Columns, by_stratum: Mapping[str, list[Row]], expected: Expected
) -> Iterator[Fault]:
    """A site on every row says where each envelope is to be drawn; only a list for one site can say so.

    Or one whose strata follow from the site: then its column says the same as the stratum does.
    """
    if "site" not in columns.places:
        return
    place = columns.places["site"]
    named = {cells[place].lstrip("0"): row for row, cells in reversed(table.records) if cells[place]}
    sites = {site.lstrip("0") for site in expected.sites}
    if len(named) > 1 and not _sites_that_agree(table, columns, by_stratum, expected):
        yield Fault(max(named.values()), "site", SEVERAL_SITES, "column", table.heading[place])
    elif sites and not named.keys() <= sites:
        yield Fault(min(named.values()), "site", OTHER_SITE, "column", table.heading[place])


def _site_stratum_faults(
    table: Table, columns: Columns, by_stratum: Mapping[str, list[Row]], expected: Expected
) -> Iterator[Fault]:
    """A site may fix a level, the country say. A list for a site that draws from none of its rows cannot be.

    One that names one site throughout, with strata of other sites as well, says where it was made: see
    `_site_notes`.
    """
    site, drawn, others = _where(table, columns, by_stratum, expected)
    if site and others and not drawn:
        heading = table.heading[columns.places["site"]]
        for row in (row for rows in others.values() for row in rows):
            yield Fault(row, "site", OTHER_LEVEL, "column", heading)


def _site_notes(
    table: Table, columns: Columns, by_stratum: Mapping[str, list[Row]], expected: Expected
) -> Iterator[Words]:
    """That a column says what the strata say already, or that it says where the list was made and no more."""
    if agreed := _sites_that_agree(table, columns, by_stratum, expected):
        words = [Sentence("%(site)s for %(stratum)s", site=site, stratum=key) for key, site in agreed.items()]
        more = ["…"] if len(words) > MOST_STRATA else []
        yield AGREES.having(pairs=joined([*words[:MOST_STRATA], *more], LIST))
        return
    site, drawn, others = _where(table, columns, by_stratum, expected)
    if site and others and drawn:
        more = ["…"] if len(others) > MOST_STRATA else []
        yield ELSEWHERE.having(site=site, strata=joined([*islice(others, MOST_STRATA), *more], LIST))


def _sites_that_agree(
    table: Table, columns: Columns, by_stratum: Mapping[str, list[Row]], expected: Expected
) -> dict[str, str]:
    """The one site that each stratum names, where each fixes a level and draws from that stratum; else none.

    Several sites within a stratum would each have an order of their own: that is asked about.
    """
    if "site" not in columns.places:
        return {}
    place = columns.places["site"]
    said = {row: cells[place].lstrip("0") for row, cells in table.records}
    sites = {site.lstrip("0"): strata for site, strata in expected.drawn_at.items()}
    found = {key: {said[row.row] for row in rows} for key, rows in by_stratum.items() if rows}
    named = set().union(*found.values())
    fixed = all(sites.get(site, set(by_stratum)) < set(by_stratum) for site in named)
    alone = all(len(one) == 1 and key in sites.get(next(iter(one)), ()) for key, one in found.items())
    if len(named) < 2 or not (fixed and alone):
        return {}
    written = {site.lstrip("0"): site for site in expected.drawn_at}
    return {key: written[next(iter(one))] for key, one in found.items()}


def _where(
    table: Table, columns: Columns, by_stratum: Mapping[str, list[Row]], expected: Expected
) -> tuple[str, dict[str, list[int]], dict[str, list[int]]]:
    """The site that the rows name, and the rows whose strata it draws from, and does not draw from."""
    if "site" not in columns.places:
        return "", {}, {}
    place = columns.places["site"]
    named = {row: cells[place] for row, cells in table.records if cells[place].strip("0")}
    sites = {site.lstrip("0"): strata for site, strata in expected.drawn_at.items()}
    drawn: dict[str, list[int]] = {}
    others: dict[str, list[int]] = {}
    for row in (row for rows in by_stratum.values() for row in rows if row.row in named):
        fixed = sites.get(named[row.row].lstrip("0"), {row.stratum})
        (drawn if row.stratum in fixed else others).setdefault(row.stratum, []).append(row.row)
    return next(iter(named.values()), ""), drawn, others


def _counting_faults(
    table: Table, columns: Columns, by_stratum: Mapping[str, list[Row]], expected: Expected
) -> Iterator[Fault]:
    """A column that counts beside the codes counts as numbers do."""
    if columns.counting is None:
        return
    said = {row: cells[columns.counting] for row, cells in table.records}
    strata = [[(row.row, said[row.row]) for row in rows] for rows in by_stratum.values()]
    yield from order_faults(strata, expected.first_number)


def _list_faults(
    by_stratum: Mapping[str, list[Row]], columns: Columns, expected: Expected
) -> Iterator[Fault]:
    every = [row for rows in by_stratum.values() for row in rows]
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
            "Stratum %(stratum)s has %(found)s envelopes, %(planned)s are planned.",
            stratum=key,
            found=len(rows),
            planned=expected.sizes[key],
        )
        yield Fault(0, "count", sentence, "size")
    if _is_off(rows, expected.arms) and not expected.uneven:
        sentence = Sentence("The arms of stratum %(stratum)s do not stand in the trial's ratio.", stratum=key)
        yield Fault(0, "ratio", sentence, "uneven")


def _is_off(rows: Sequence[Row], arms: Sequence[ArmShare]) -> bool:
    """Whether an arm has too many rows or too few; what a cut last block leaves open is left open."""
    unit = sum(arm.share for arm in arms)
    cut = _cut_block(rows, unit)
    counts = Counter(row.arm for row in rows[: len(rows) - len(cut)])
    rest, size = Counter(row.arm for row in cut), int(cut[0].size) if cut else 0
    times, over = divmod(len(rows) - len(cut), unit)
    return any(
        not arm.share * times <= counts[arm.code] <= arm.share * times + min(over, arm.share)
        or rest[arm.code] > arm.share * size // unit
        for arm in arms
    )


def _cut_block(rows: Sequence[Row], unit: int) -> Sequence[Row]:
    """The rows of a last block that ends before its size, where the file says block and size."""
    if not rows or not rows[-1].block or not (rows[-1].size.isascii() and rows[-1].size.isdecimal()):
        return ()
    size = int(rows[-1].size[:9])
    held = sum(1 for _ in takewhile(lambda row: row.block == rows[-1].block, reversed(rows)))
    return rows[len(rows) - held :] if held < size and size % unit == 0 else ()


def _contents(by_stratum: Mapping[str, list[Row]], numbers: Iterator[str] | None) -> Iterator[Content]:
    for rows in by_stratum.values():
        block, label = 0, ""
        for row in rows:
            if row.block and row.block != label:
                block, label = block + 1, row.block
            yield row.arm, block, next(numbers) if numbers else ""


def _design(
    source: str, expected: Expected, by_stratum: Mapping[str, list[Row]], contents: Sequence[Content]
) -> Design:
    places = ((key, n) for key, rows in by_stratum.items() for n in range(1, len(rows) + 1))
    order = Order()
    for (key, position), (arm, block, _) in zip(places, contents, strict=True):
        order.add(key, position, arm, block)
    return Design(
        arms=expected.arms,
        strata=tuple(StratumSize(key, len(rows)) for key, rows in by_stratum.items()),
        method=IMPORTED,
        source=source,
        sequence=order.digest(),
        numbers=expected.numbers,
    )


def no_such_stratum(key: str, known: Words) -> Sentence:
    """The sentence for a stratum that the protocol does not have; `known` says which it has."""
    return Sentence("The protocol has no stratum %(stratum)s. %(known)s", stratum=key).having(known=known)


def known_strata(expected: Expected) -> Sentence:
    """The trial's strata by their keys, or the levels of which they are made where there are many."""
    return strata_said(tuple(expected.sizes), expected.factors)


def strata_said(keys: Sequence[str], factors: Sequence[str]) -> Sentence:
    """The same of these keys, whose levels stand in the order of these factors."""
    if len(keys) <= MOST_STRATA or not factors:
        return THE_STRATA.having(strata=joined(keys, LIST))
    columns = zip(factors, zip(*(key.split("/") for key in keys), strict=True), strict=True)
    levels = (f"{code} ({', '.join(dict.fromkeys(found))})" for code, found in columns)
    return THE_LEVELS.having(levels=joined(levels, LIST))


def _raise_if(faults: list[Fault]) -> None:
    if faults:
        raise FileFaults(faults)
