"""A statistician's file is read as it stands or not at all, and says which row breaks which rule."""

from __future__ import annotations

import csv
import random
import time
import tracemalloc
from collections.abc import Callable
from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from randomization.core.brought.counting import block_order_faults
from randomization.core.brought.list_csv import ImportedList
from randomization.core.brought.table_file import FileFaults
from tests.core.list_files import (
    BAD_BYTES,
    BAD_ROWS,
    FORMATS,
    NAMES,
    Rows,
    blockrand,
    expected,
    nci,
    places,
    read_list,
    sealed_envelope_list,
    written,
)
from tests.french import in_french
from trial.core.numbers import check_digit

CODES = dict(zip(NAMES, ("PBO", "LOW", "HIGH"), strict=True))
ORDER = [CODES[arm] for _, _, _, arm in places()]
ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-32")
TRANSPORTS = [
    *product(ENCODINGS, ",;\t", ("\n", "\r\n"), (csv.QUOTE_MINIMAL,)),
    ("utf-8", ",", "\r", csv.QUOTE_ALL),
    ("utf-16", ";", "\r\n", csv.QUOTE_ALL),
]


def refused(data: bytes, **more: object) -> list[tuple[int, str]]:
    """Rows and rules of a file that must be refused; no cell of it is repeated."""
    with pytest.raises(FileFaults) as refusal:
        read_list(data, expected(**more))
    assert not [name for name in NAMES if name in str(refusal.value)]
    sentences = [fault.sentence for fault in refusal.value.faults]
    assert all(in_french(said) != str(said) for said in sentences), sentences
    return [(fault.row, fault.rule) for fault in refusal.value.faults]


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize(("encoding", "delimiter", "end", "quoting"), TRANSPORTS)
def test_a_good_list_is_read_however_it_was_saved(
    name: str, encoding: str, delimiter: str, end: str, quoting: int
) -> None:
    text = written(FORMATS[name](), delimiter=delimiter, end=end, quoting=quoting)
    read = read_list(text.encode(encoding), expected())
    assert [arm for arm, _, _ in read.contents] == ORDER


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("wrong", BAD_ROWS)
def test_a_bad_row_keeps_the_whole_list_out(name: str, wrong: str) -> None:
    rows, (spoil, rules) = FORMATS[name](), BAD_ROWS[wrong]
    spoil(rows)
    assert rules & {rule for _, rule in refused(written(rows).encode())}


@pytest.mark.parametrize("wrong", BAD_BYTES)
def test_what_is_no_list_is_refused_by_one_rule(wrong: str) -> None:
    data, rule = BAD_BYTES[wrong]
    assert rule in {found for _, found in refused(data)} | ({"cells"} if rule == "empty" else set())


def test_the_corpus_has_three_hundred_cases() -> None:
    assert len(FORMATS) * (len(TRANSPORTS) + len(BAD_ROWS)) + len(BAD_BYTES) >= 300


def test_a_fault_names_the_row_as_a_spreadsheet_counts() -> None:
    rows = blockrand()
    rows[8][3] = "placebo"
    rows[30][3] = "Low dose\n"
    rows.insert(1, ["", "", "", ""])
    assert refused(written(rows).encode()) == [(32, "line_break")]
    rows[31][3] = "Low dose"
    assert refused(written(rows).encode()) == [(10, "arm")]


def test_a_gap_and_a_double_are_named_where_they_are() -> None:
    rows = nci()
    for row in rows[20:]:
        row[1] = str(int(row[1]) + 1)
    assert refused(written(rows).encode()) == [(21, "gap")]
    rows[20][1] = "19"
    assert (21, "double") in refused(written(rows).encode())


def ids(change: Callable[[list[str]], object], rows: Rows | None = None) -> bytes:
    """The NCI file (no block column would show that rows were moved) with other ids."""
    rows = rows or nci()
    numbers = [row[1] for row in rows[1:]]
    change(numbers)
    return written(
        [rows[0], *([row[0], n, *row[2:]] for row, n in zip(rows[1:], numbers, strict=True))]
    ).encode()


def exchange(numbers: list[str]) -> None:
    numbers[3], numbers[5] = numbers[5], numbers[3]


def one_odd(numbers: list[str]) -> None:
    exchange(numbers)
    numbers[20] = "x21"


def far_end(numbers: list[str]) -> None:
    exchange(numbers)
    numbers[35] = "500"


def eight_odd(numbers: list[str]) -> None:
    exchange(numbers)
    numbers[10:18] = [f"{n}{chr(97 + n)}" for n in range(8)]


def from_two(numbers: list[str]) -> None:
    numbers[:] = [str(n) for n in range(2, 38)]


def from_102(numbers: list[str]) -> None:
    numbers[:] = [str(n) for n in range(102, 138)]


def last_far(numbers: list[str]) -> None:
    numbers[35] = "500"


def odd_alone(numbers: list[str]) -> None:
    numbers[20] = "x21"


COUNTS = [
    (exchange, "order"),
    (one_odd, "order"),
    (far_end, "order"),
    (eight_odd, "order"),
    (odd_alone, "order"),
    (last_far, "gap"),
    (from_two, "gap"),
    (from_102, "gap"),
]


@pytest.mark.parametrize(("change", "rule"), COUNTS)
def test_a_file_that_counts_must_count_wholly(change: Callable[[list[str]], object], rule: str) -> None:
    assert rule in {found for _, found in refused(ids(change))}


def codes_at_random(numbers: list[str]) -> None:
    numbers[:] = map(str, random.Random(4).sample(range(1000, 10_000), 36))


def of_a_site(numbers: list[str]) -> None:
    numbers[:] = [f"FR-{n}" for n in range(301, 337)]


@pytest.mark.parametrize("change", [codes_at_random, of_a_site])
def test_codes_at_random_and_the_count_of_a_site_are_taken(change: Callable[[list[str]], object]) -> None:
    assert len(read_list(ids(change), expected()).contents) == 36


def test_a_count_that_begins_elsewhere_is_taken_when_that_is_said() -> None:
    assert len(read_list(ids(from_two), expected(first_number=2)).contents) == 36
    assert refused(ids(lambda numbers: None), first_number=2) == [(2, "gap")]


def test_strata_may_count_each_by_itself_or_one_after_the_other() -> None:
    rows = two_strata()
    assert read_list(written(rows).encode(), expected(**STRATA))
    through = [rows[0], *([row[0], str(n), *row[2:]] for n, row in enumerate(rows[1:], 1))]
    assert read_list(written(through).encode(), expected(**STRATA))
    through[50][1] = "x"
    assert refused(written(through).encode(), **STRATA) == [(51, "order")]


def test_blocks_are_numbered_in_the_order_of_the_file() -> None:
    blocks = [block for _, block, _ in read_list(written(blockrand()).encode(), expected()).contents]
    assert blocks == [block for block, _, _, _ in places()]


@pytest.mark.parametrize(
    ("names", "wrong"),
    [
        ("A B C D E F G H", False),
        ("A B D C E F G H", True),
        ("A B C D E F G I", True),
        ("B A C D E F G H", True),
        ("a b c d e f h g", True),
        ("Bloc-A Bloc-B Bloc-D Bloc-C Bloc-E Bloc-F Bloc-G Bloc-H", True),
        ("BlockA BlockB BlockC BlockD BlockE BlockF BlockH BlockG", True),
        ("I II III IV V VI VII VIII", False),
        ("I II III V IV VI VII VIII", True),
        ("i ii iii iv v vi viii vii", True),
        ("(A) (B) (C) (D) (E) (F) (G) (H)", False),
        ("(A) (B) (C) (E) (D) (F) (G) (H)", True),
        ("A/8 C/8 B/8 D/8 E/8 F/8 G/8 H/8", True),
        ("I. II. III. IV. V. VI. VIII. VII.", True),
        ("Ⅰ Ⅱ Ⅲ Ⅴ Ⅳ Ⅵ Ⅶ Ⅷ", True),
        ("Q Z R T B M X K", False),
        ("red blue green white black grey pink brown", False),
    ],
)
def test_blocks_that_are_lettered_count_as_numbers_do(names: str, wrong: bool) -> None:
    given, rows = names.split(), blockrand()
    for row in rows[1:]:
        row[1] = given[int(row[1]) - 1]
    if wrong:
        assert {rule for _, rule in refused(written(rows).encode())} & {"order", "gap"}
    else:
        read_list(written(rows).encode(), expected())


def test_letters_may_count_in_each_stratum_or_through_the_file() -> None:
    numbered = [[(2, "A"), (5, "B"), (8, "C")], [(11, "A"), (14, "B"), (17, "C")]]
    through = [[(2, "A"), (5, "B"), (8, "C")], [(11, "D"), (14, "E"), (17, "F")]]
    turned = [[(2, "A"), (5, "C"), (8, "B")], [(11, "D"), (14, "E"), (17, "F")]]
    assert [len(list(block_order_faults(one))) > 0 for one in (numbered, through, turned)] == [
        False,
        False,
        True,
    ]


@pytest.mark.parametrize(
    ("strata", "wrong"),
    [
        ("A B", False),
        ("B A", True),
        ("II I", True),
        ("F M", False),
        ("M F", False),
        ("A B, B A", True),
        ("FR-A FR-B FR-C, UK-A UK-B UK-C", False),
        ("FR-A FR-B FR-C, UK-A UK-C UK-B", True),
        ("FR-A FR-B, UK-B UK-A", True),
        ("FR-I FR-II FR-III, UK-IV UK-VI UK-V", True),
    ],
)
def test_letters_count_with_what_stands_around_them_in_their_own_stratum(strata: str, wrong: bool) -> None:
    rows = iter(range(2, 99, 3))
    named = [[(next(rows), name) for name in names.split()] for names in strata.split(", ")]
    assert bool(list(block_order_faults(named))) == wrong


def test_a_last_block_may_be_cut_at_the_target() -> None:
    rows = [*sealed_envelope_list()[:35], *(["35", "8", "6", NAMES[2]], ["36", "8", "6", NAMES[0]])]
    rows[34] = ["34", "8", "6", NAMES[1]]
    rows[31:34] = [["31", "7", "3", NAMES[0]], ["32", "7", "3", NAMES[1]], ["33", "7", "3", NAMES[2]]]
    rows[25:31] = [[str(n), "6", "6", NAMES[n % 3]] for n in range(25, 31)]
    assert len(read_list(written(rows).encode(), expected()).contents) == 36


def two_strata() -> list[list[str]]:
    rows = nci()
    return [rows[0], *(["men", *row[1:]] for row in rows[1:]), *(["women", *row[1:]] for row in rows[1:])]


STRATA = {"sizes": {"f": 36, "m": 36}, "stratum_names": {"women": "f", "men": "m"}}


def test_strata_stand_in_the_protocols_order_whatever_the_files() -> None:
    read = read_list(written(two_strata()).encode(), expected(**STRATA))
    assert [(stratum.key, stratum.target) for stratum in read.design.strata] == [("f", 36), ("m", 36)]


def test_an_unknown_stratum_and_a_missing_one_are_refused() -> None:
    rows = two_strata()
    assert (2, "stratum") in refused(written(rows).encode(), sizes={"f": 36, "m": 36})
    assert refused(written(rows[:37]).encode(), **STRATA) == [(0, "count")]


def test_columns_of_the_factors_make_the_stratum() -> None:
    rows = sealed_envelope_list()
    data = [[*rows[0], "Country", "onset"], *([*row, "fr", "bulbar"] for row in rows[1:])]
    read = read_list(written(data).encode(), expected(factors=("COUNTRY", "ONSET"), sizes={"fr/bulbar": 36}))
    assert read.design.strata[0].key == "fr/bulbar"


def test_a_list_off_the_ratio_is_taken_when_that_is_said() -> None:
    rows = nci()
    next(row for row in rows if row[2] == NAMES[1])[2] = NAMES[0]
    assert refused(written(rows).encode()) == [(0, "ratio")]
    assert isinstance(read_list(written(rows).encode(), expected(uneven=True)), ImportedList)


MAPPINGS = [
    ({"arm_names": {"Placebo": "PBX"}}, "arm"),
    ({"arm_names": {"Placebo": "PBO", "placebo": "PBO"}}, "arm"),
    ({"stratum_names": {"everybody": "nobody"}}, "stratum"),
]


@pytest.mark.parametrize(("names", "rule"), MAPPINGS)
def test_a_mapping_that_leads_nowhere_is_refused(names: dict[str, dict[str, str]], rule: str) -> None:
    assert refused(written(nci()).encode(), **names) == [(0, rule)]


def test_plain_numbers_of_the_file_get_the_letter_and_a_check_digit() -> None:
    numbers = [n for _, _, n in read_list(written(blockrand()).encode(), expected(numbers="file")).contents]
    assert (numbers[0], numbers[16], len(set(numbers))) == ("R-00013", "R-00174", 36)
    assert {check_digit(number[2:]) for number in numbers} == {"0"}


def test_numbers_of_our_form_stay_as_they_are_and_those_of_another_environment_do_not() -> None:
    rows = blockrand()
    for row, (_, _, number) in zip(
        rows[1:], read_list(written(rows).encode(), expected(numbers="file")).contents, strict=True
    ):
        row[0] = number
    data = written(rows).encode()
    assert [n for _, _, n in read_list(data, expected(numbers="file")).contents] == [
        row[0] for row in rows[1:]
    ]
    assert {rule for _, rule in refused(data, numbers="file", environment="training")} == {"number"}


def test_the_same_list_in_another_file_has_the_same_sequence() -> None:
    first = read_list(written(blockrand()).encode(), expected()).design
    second = read_list(written(blockrand(), delimiter=";", end="\r\n").encode("utf-16"), expected()).design
    assert first.sequence == second.sequence
    assert first.source != second.source
    assert replace(first, source=None) == replace(second, source=None)


def long_list() -> bytes:
    """Twenty thousand rows, a fifth of what is taken."""
    return written([["id", "treatment"], *([str(n), NAMES[n % 3]] for n in range(20_000))]).encode()


def test_reading_a_long_list_needs_little_memory() -> None:
    data = long_list()
    tracemalloc.start()
    refused(data)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 50 * 1024 * 1024 / 5


HOSTILE = ["ten megabytes", "a million columns", "a million columns in the second row"]


@pytest.mark.parametrize("wrong", HOSTILE)
def test_a_hostile_file_is_refused_at_once(wrong: str) -> None:
    began = time.process_time()
    refused(BAD_BYTES[wrong][0])
    assert time.process_time() - began < 2


CELLS = st.sampled_from(
    ["", "1", "2", "all", "Placebo", "Low dose", "id", "treatment", "arm", '"', "=1", " ", "é"]
)
ANYTHING = st.one_of(
    st.binary(max_size=400),
    st.text(max_size=200).map(lambda text: text.encode("utf-8", "surrogatepass")),
    st.lists(st.lists(CELLS, max_size=6), max_size=12).map(
        lambda rows: "\n".join(",".join(row) for row in rows).encode()
    ),
)


@given(data=ANYTHING)
@settings(max_examples=400, deadline=None)
def test_no_file_is_anything_but_taken_or_refused(data: bytes) -> None:
    try:
        read_list(data, expected())
    except FileFaults as refusal:
        assert refusal.faults  # noqa: PT017 - both ends are right


@given(cut=st.integers(0, 900), byte=st.integers(0, 255), name=st.sampled_from(sorted(FORMATS)))
@settings(max_examples=400, deadline=None)
def test_a_list_with_one_byte_changed_is_refused_or_read_with_the_same_arms_or_more_faults(
    cut: int, byte: int, name: str
) -> None:
    """One byte never turns one arm into another unnoticed."""
    data = bytearray(written(FORMATS[name]()).encode())
    data[cut % len(data)] = byte
    try:
        read = read_list(bytes(data), expected())
    except FileFaults:
        return
    assert [arm for arm, _, _ in read.contents] == ORDER


def at_site(women: str, men: str) -> bytes:
    """The list of two strata with a site in each row, one for each stratum."""
    heading, *rows = two_strata()
    return written(
        [[*heading, "site"], *([*row, women if row[0] == "women" else men] for row in rows)]
    ).encode()


FIRST, SECOND = STRATA["sizes"]
FIXED = STRATA | {"sites": frozenset({"01", "02"}), "drawn_at": {"01": frozenset({FIRST})}}
"""Site 01 draws from the first stratum alone; nothing is known of what site 02 fixes."""


@pytest.mark.parametrize("sites", [("", "01"), ("", "1")], ids=["one", "bare"])
def test_a_site_that_draws_from_no_row_that_names_it_keeps_the_list_out(sites: tuple[str, str]) -> None:
    assert {rule for _row, rule in refused(at_site(*sites), **FIXED)} == {"site"}


def test_a_site_that_fixes_a_level_never_stands_beside_another_site() -> None:
    assert {rule for _row, rule in refused(at_site("02", "01"), **FIXED)} == {"site"}


@pytest.mark.parametrize(
    ("sites", "told"),
    [(("01", "01"), True), (("1", "1"), True), (("01", ""), False), (("02", "02"), False), (("", ""), False)],
    ids=["throughout", "bare", "where it draws", "free", "none"],
)
def test_a_site_throughout_says_where_the_list_was_made_and_is_told(
    sites: tuple[str, str], told: bool
) -> None:
    notes = " ".join(map(str, read_list(at_site(*sites), expected(**FIXED)).notes))
    assert (f"site {sites[0]} does not draw from {SECOND}. The column was passed over" in notes) == told
    assert told or not notes
