"""Files that statisticians have are taken as they are, or asked about: the cases, and our own of each kind.

What is judged here is the form. Whether an order is believed is another question.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import pytest

from randomization.core.brought.headings import ROLES
from randomization.core.brought.list_columns import Known
from randomization.core.brought.list_csv import Expected, ImportedList, list_of, strata_said
from randomization.core.brought.list_words import level_words
from randomization.core.brought.table_file import FileFaults
from randomization.core.design import ArmShare
from randomization.sealed.lists import files
from randomization.sealed.lists.binary_reader import MOST_MEMORY
from randomization.sealed.lists.files import grid_of
from randomization.sealed.lists.remedies import COMMAND, HOW, PAGE, folded, ranges_of
from tests.lanes import TESTS
from tests.sealed import own_files, sent_files, workbooks
from tests.sealed.own_files import ARMS, CODED, FOLDER, FRENCH, KEYS, LEVELS, OWN, WORDS, good

PLAIN = Expected(
    arms=tuple(ArmShare(code, 1) for code in ARMS),
    sizes={"all": 36},
    environment="live",
    arm_names=WORDS,
    sites=frozenset({"01", "02"}),
)
FACTORS = Expected(
    arms=(ArmShare("PLACEBO", 1), ArmShare("IL2-2MIU", 1)),
    sizes=dict.fromkeys(KEYS, 12),
    environment="live",
    arm_names={"Placebo": "PLACEBO", "Aldesleukin 2 MIU": "IL2-2MIU"},
    factors=("COUNTRY", "ONSET"),
    factor_names={
        "Country": "COUNTRY",
        "Pays": "COUNTRY",
        "Form of onset": "ONSET",
        "Forme de début": "ONSET",
    },
    levels=tuple(level_words([(word, names[0]) for names in factor for word in names]) for factor in LEVELS),
    sites=frozenset({"01", "02"}),
)
"""A trial without strata, and one with two factors."""

ABC = dict(zip("ABC", ARMS, strict=True))
LOW = {"Placebo": ARMS[0], "Low": ARMS[1], "High": ARMS[2]}
FROM_0 = {str(n): arm for n, arm in enumerate(ARMS)}
OWN_WORDS = {
    "France/Début bulbaire": "FR/BULBAR",
    "France/Début spinal": "FR/LIMB",
    "Royaume-Uni/Début bulbaire": "UK/BULBAR",
    "Royaume-Uni/Début spinal": "UK/LIMB",
}
SAID: dict[str, dict[str, Any]] = {
    "15": {"encoding": "cp1252", "arm_names": FRENCH},
    "21": {"arm_names": FROM_0},
    "22": {"arm_names": FROM_0},
    "27": {"arm_names": CODED},
    "34": {"arm_names": CODED},
    "53": {
        "levels": (),
        "columns": {"Pays du centre": "COUNTRY", "Forme de début": "ONSET"},
        "stratum_names": OWN_WORDS,
    },
    "56": {"arm_names": {"1": "PLACEBO", "2": "IL2-2MIU"}, "stratum_names": own_files.CODES},
    "59": {"stratum_names": {str(n): key for n, key in enumerate(KEYS, 1)}},
    "h03": {"arm_names": {}},
    "h01": {"arm_names": LOW},
    "h02": {"arm_names": LOW},
    "h04": {"arm_names": LOW},
    "h05": {"arm_names": LOW},
    "h06": {"arm_names": CODED},
    "h07": {"arm_names": LOW},
    "h08": {"arm_names": LOW},
    "order-all-a-then-b-then-c": {"arm_names": ABC},
    "order-float-ids-sorted-by-arm": {"arm_names": ABC},
    "order-suffix-ids-sorted-by-arm": {"arm_names": ABC},
}
"""What a person says beside a file, by the beginning of its name: words, columns, encoding."""
WITH_FACTORS = ("51", "53", "55", "56", "57", "59", "60", "62", "h03")
BY_ITS_COUNT = {
    "h04_blocks_sorted_as_text.csv": "sorts 10 before 2",
    "h05_decimal_numbers_two_rows_exchanged.csv": "not above the one before",
    "order-float-ids-sorted-by-arm.csv": "A number is missing",
    "order-suffix-ids-sorted-by-arm.csv": "A number is missing",
}
"""Files whose own numbers show that rows were moved."""
NOTES = {
    "04_preamble_lines.csv": "Seed: 123456",
    "46_footer.csv": "Created with seed 77 on 2026-11-01",
}
FILES = sorted(path for path in FOLDER.iterdir() if path.is_file())


def said_of(path: Path) -> Expected:
    """What is expected of the file, with what a person says beside it."""
    kind = FACTORS if path.name.startswith(WITH_FACTORS) else PLAIN
    said = next((more for start, more in SAID.items() if path.name.startswith(start)), {})
    return replace(kind, **said)


def taken(data: bytes, expected: Expected) -> ImportedList:
    return list_of(grid_of(data, expected), expected)


def sentences(data: bytes, expected: Expected, door: str = PAGE) -> str:
    with pytest.raises(FileFaults) as refusal:
        taken(data, expected)
    return " ".join(map(str, folded(refusal.value.faults, door)))


def arms_of(brought: ImportedList) -> list[str]:
    return [arm for arm, _, _ in brought.contents]


ORDER = [WORDS[row["arm"]] for row in good()]


def test_every_case_is_here() -> None:
    assert len(FILES) == 49


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_case_comes_out_as_it_should(path: Path) -> None:
    expected = said_of(path)
    if path.name in BY_ITS_COUNT:
        assert BY_ITS_COUNT[path.name] in sentences(path.read_bytes(), expected)
        return
    brought = taken(path.read_bytes(), expected)
    assert len(brought.contents) == sum(expected.sizes.values())
    assert NOTES.get(path.name, "") in " ".join(map(str, brought.notes))


SAME = [path for path in FILES if re.match(r"(0|1|2|3[0139]|4[367])", path.name)]


@pytest.mark.parametrize("path", SAME, ids=lambda path: path.name)
def test_the_same_list_in_every_form_has_the_same_order(path: Path) -> None:
    assert arms_of(taken(path.read_bytes(), said_of(path))) == ORDER


TAKEN = own_files.TAKEN | sent_files.TAKEN
REFUSED = own_files.REFUSED | sent_files.REFUSED


@pytest.mark.parametrize("name", TAKEN)
def test_a_list_of_our_own_is_taken(name: str) -> None:
    data, said = TAKEN[name]
    brought = taken(data, replace(PLAIN, **said))
    assert arms_of(brought) == ORDER[: len(brought.contents)]


@pytest.mark.parametrize("name", REFUSED)
def test_a_list_of_our_own_is_asked_about_or_refused(name: str) -> None:
    data, said, words = REFUSED[name]
    assert words in sentences(data, replace(PLAIN, **said))


@pytest.mark.parametrize("name", own_files.STRATIFIED)
def test_strata_are_understood(name: str) -> None:
    data, said = own_files.STRATIFIED[name]
    path = FOLDER / "51_se_factors.csv"
    assert arms_of(taken(data, replace(FACTORS, **said))) == arms_of(taken(path.read_bytes(), FACTORS))


@pytest.mark.parametrize("name", own_files.NOT_STRATIFIED)
def test_strata_that_are_not_understood_are_asked_about(name: str) -> None:
    data, words = own_files.NOT_STRATIFIED[name]
    assert words in sentences(data, FACTORS)


@pytest.mark.parametrize("path", sorted(OWN.iterdir()), ids=lambda path: path.name)
def test_a_binary_file_of_our_own_comes_out_as_it_should(path: Path) -> None:
    expected = replace(PLAIN, arm_names=FRENCH) if "accents" in path.name else PLAIN
    if path.name == "two_codes_one_label.dta":
        assert "Two codes of treatment have one label" in sentences(path.read_bytes(), expected)
    else:
        assert arms_of(taken(path.read_bytes(), expected)) == ORDER


def test_labels_may_be_matched_by_their_codes_but_not_with_two_arms() -> None:
    data = (OWN / "labelled.dta").read_bytes()
    assert arms_of(taken(data, replace(PLAIN, arm_names=CODED))) == ORDER
    crossed = {"1": ARMS[1], "Placebo": ARMS[0], "2": ARMS[2]}
    assert "matched with two arms" in sentences(data, replace(PLAIN, arm_names=crossed))


@pytest.mark.parametrize("name", workbooks.TAKEN)
def test_a_workbook_is_taken(name: str) -> None:
    data, told = workbooks.TAKEN[name]
    brought = taken(data, PLAIN)
    assert arms_of(brought) == ORDER
    notes = " ".join(map(str, brought.notes))
    assert [words for words in told if words not in notes] == []
    assert bool(told) == bool(notes)


@pytest.mark.parametrize("name", workbooks.REFUSED)
def test_a_workbook_is_asked_about_or_refused(name: str) -> None:
    data, words = workbooks.REFUSED[name]
    assert words in sentences(data, PLAIN)


def test_a_sheet_is_named_where_two_could_be_the_list() -> None:
    data = workbooks.beside_notes(named_alike=True)
    assert arms_of(taken(data, replace(PLAIN, sheet=" randomisation "))) == ORDER
    assert "not clear which sheet" in sentences(data, replace(PLAIN, sheet="List"))


@pytest.mark.parametrize("kind", ["dta", "sav", "xpt"])
def test_half_a_binary_file_is_refused_in_a_sentence(kind: str) -> None:
    path = next(path for path in FILES if path.suffix == f".{kind}")
    assert "cannot be read" in sentences(path.read_bytes()[:400], PLAIN)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("name", ["27_ralloc.dta", "33_spss.sav", "30_proc_plan.xpt", "26_excel.xlsx"])
def test_a_spoiled_binary_file_is_refused_or_has_the_same_order(name: str, seed: int) -> None:
    spoil, data = Random(seed), bytearray((FOLDER / name).read_bytes())
    for _ in range(20):
        data[spoil.randrange(3, len(data))] = spoil.randrange(256)
    try:
        brought = taken(bytes(data), said_of(FOLDER / name))
    except FileFaults as refusal:
        assert folded(refusal.faults, PAGE)  # noqa: PT017 - both ends are right
    else:
        assert arms_of(brought) == ORDER


def test_a_reader_that_dies_or_takes_too_long_is_a_refusal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "PATIENCE", 0.01)
    assert "grows too large" in sentences(workbooks.sheet(), PLAIN)


def test_the_reader_has_bounds(tmp_path: Path) -> None:
    """It may not take more memory than it is given, and can write no file."""
    script = tmp_path / "beyond.py"
    reader = files.READER
    tried = (
        f"import runpy, sys; limits = runpy.run_path({str(reader)!r})['limit']; limits()\n"
        f"try:\n    bytearray({MOST_MEMORY})\nexcept MemoryError:\n    print('memory')\n"
        f"import signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        f"try:\n    open({str(tmp_path / 'x')!r}, 'wb', 0).write(b'x')\nexcept OSError:\n    print('file')\n"
    )
    script.write_text(tried)
    done = subprocess.run([sys.executable, "-I", str(script)], capture_output=True, text=True, check=False)
    assert done.stdout.split() == ["memory", "file"], done.stderr


def test_no_library_for_these_formats_is_loaded_by_the_server() -> None:
    """Every page of the pharmacy's is there, and a workbook was read."""
    asked = (
        "import sys, django; django.setup()\n"
        "from randomization.core.brought.list_csv import Expected\n"
        "from randomization.sealed import urls\n"
        "from randomization.sealed.lists.files import grid_of\n"
        f"data = open({str(FOLDER / '26_excel.xlsx')!r}, 'rb').read()\n"
        "print(len(grid_of(data, Expected((), {}, 'live')).records))\n"
        "print(sorted({'openpyxl', 'pyreadstat', 'numpy', 'narwhals'} & set(sys.modules)))\n"
    )
    door = {
        "VELUM_DOOR": "pharmacy",
        "VELUM_SECRET_KEY": "0" * 64,
        "DJANGO_SETTINGS_MODULE": "trial.settings",
    }
    command = [sys.executable, "-c", asked]
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, cwd=TESTS.parent, env=os.environ | door
    )
    assert done.stdout.splitlines() == ["37", "[]"], done.stderr


def test_equal_sentences_are_said_once_with_all_their_rows() -> None:
    rows = "\n".join(["id,treatment", *(f"{n},Nobody knows" for n in range(1, 37))])
    assert sentences(rows.encode(), PLAIN) == (
        f"rows 2 to 37, arm: The trial has no such arm. Its arms are {', '.join(ARMS)}. "
        "Enter its name beside the arm."
    )
    assert ranges_of([4, 2, 3, 9, 9, 7]) == [(2, 4), (7, 7), (9, 9)]


def test_passed_over_rows_are_told() -> None:
    for name in ("a total below", "a sum below each block", "a signature below", "SAS ODS CSV"):
        data, said = TAKEN[name]
        assert "Passed over" in " ".join(map(str, taken(data, replace(PLAIN, **said)).notes)), name


@pytest.mark.parametrize("sign", [",", ".", "'", " ", "\u00a0", "\u202f"])
def test_a_sign_between_thousands_does_not_count(sign: str) -> None:
    rows = [f"{number.replace(',', sign)};{arm}" for number, arm in sent_files.thousand()]
    expected = replace(PLAIN, sizes={"all": 1_200}, uneven=True)
    assert len(taken("\n".join(["id;treatment", *rows]).encode(), expected).contents) == 1_200


@pytest.mark.parametrize("name", [*REFUSED])
def test_a_page_never_says_an_option_and_a_command_no_field(name: str) -> None:
    data, said, _ = REFUSED[name]
    expected = replace(PLAIN, **said)
    assert "--" not in sentences(data, expected, PAGE)
    assert not re.search(
        r"say below|\b(beside|tick|choose)\b", sentences(data, expected, COMMAND), re.IGNORECASE
    )


def test_both_doors_know_the_same_remedies() -> None:
    assert HOW[PAGE].keys() == HOW[COMMAND].keys()
    assert not any("--" in str(sentence) for sentence in HOW[PAGE].values())


def test_known_columns_are_listed_where_one_is_asked_about() -> None:
    data, _, _ = own_files.REFUSED["a column nobody knows"]
    said = sentences(data, replace(FACTORS), COMMAND)
    assert "--column NAME=ROLE" in said
    named = re.search(r"A column is one of these: (.*?)\.", said)
    assert named and named[1].split(", ") == ["COUNTRY", "ONSET", *ROLES]
    assert [word for word in named[1].split(", ") if list(Known({}, {"x": word}).faults())] == [
        "COUNTRY",
        "ONSET",
    ]
    assert "the arm, the number, the position, the stratum, the block" in sentences(data, PLAIN)
    assert "ake it out" not in said


def test_the_words_of_the_page_are_roles_in_both_languages_and_other_words_are_none() -> None:
    french = french_words()
    for role, words in ROLES.items():
        for word in (role, str(words), french[words.code], role.upper()):
            assert FACTORS_KNOWN.meant(word) == role
    assert FACTORS_KNOWN.meant("Pays") == FACTORS_KNOWN.meant("country") == "COUNTRY"
    for word in ("serial", "", "the", "unused column"):
        assert list(Known({}, {"x": word}).faults())


FACTORS_KNOWN = FACTORS.known


def french_words() -> dict[str, str]:
    """The catalogue as it stands in the repository."""
    text = (TESTS.parent / "trial/locale/fr/LC_MESSAGES/django.po").read_text()
    return dict(re.findall(r'msgid "(.*)"\nmsgstr "(.*)"', text))


def test_the_help_of_the_command_lists_the_roles_that_it_takes() -> None:
    text = (TESTS.parent / "randomization/sealed/management/commands/import_list.py").read_text()
    assert "', '.join(ROLES)" in text


def test_a_stratum_nobody_knows_is_answered_with_the_keys_or_levels_that_the_trial_has() -> None:
    data, _ = own_files.NOT_STRATIFIED["a level of another trial"]
    assert f"no such stratum. Its strata are {', '.join(KEYS)}." in sentences(data, FACTORS)
    data, _ = own_files.NOT_STRATIFIED["no strata"]
    assert f"names none. Its strata are {', '.join(KEYS)}." in sentences(data, FACTORS, COMMAND)
    many = [f"{a}/{b}" for a in "ABCDE" for b in ("X", "Y", "Z")]
    assert str(strata_said(many, ("SITE", "SEX"))) == (
        "A stratum is a level of each factor, with / between: SITE (A, B, C, D, E), SEX (X, Y, Z)."
    )


def test_two_cases_are_one_list_but_for_mark_and_line_ends() -> None:
    """What is to be taken under one name cannot be refused under the other."""
    one, other = (FOLDER / name for name in ("02_sealed_envelope_crlf_bom.csv", SE_NAME))
    assert one.read_text("utf-8-sig").splitlines() == other.read_text().splitlines()


SE_NAME = "order-se-block-id-as-text.csv"


ROMAN = ["I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X"]
NAMES_OF_BLOCKS = {"numbers": [*map(str, range(1, 11))], "letters": list("ABCDEFGHIJ"), "Roman": ROMAN}
"""Of nine blocks and one more. Nine numbers sorted as text, and letters, stand as they did."""
MOVED = {
    "exchanged": lambda names: [names[1], names[0], *names[2:9]],
    "one moved to the end": lambda names: [*names[:4], *names[5:9], names[4]],
    "backwards": lambda names: names[8::-1],
    "one missing": lambda names: [*names[:2], *names[3:]],
    "sorted as text": lambda names: sorted(names[:9]),
}


@pytest.mark.parametrize(
    ("named", "moved"),
    [(named, moved) for named in NAMES_OF_BLOCKS for moved in MOVED if moved != "sorted as text"]
    + [("Roman", "sorted as text")],
)
def test_its_blocks_out_of_order_or_missing_keep_it_out(named: str, moved: str) -> None:
    heading, *rows = (line.split(",") for line in (FOLDER / SE_NAME).read_text().splitlines())
    names = MOVED[moved](NAMES_OF_BLOCKS[named])
    blocks = [[names[int(row[0]) - 1], *row[1:]] for row in rows]
    data = "\n".join(",".join(row) for row in [heading, *blocks]).encode()
    assert re.search(r"(gap|order|block): ", sentences(data, PLAIN))


@pytest.mark.parametrize("named", NAMES_OF_BLOCKS)
def test_its_blocks_in_their_order_are_taken_however_they_are_named(named: str) -> None:
    heading, *rows = (line.split(",") for line in (FOLDER / SE_NAME).read_text().splitlines())
    blocks = [[NAMES_OF_BLOCKS[named][int(row[0]) - 1], *row[1:]] for row in rows]
    data = "\n".join(",".join(row) for row in [heading, *blocks]).encode()
    assert arms_of(taken(data, PLAIN)) == ORDER


def test_the_site_column_of_the_case_is_told_with_the_trials_own_sites() -> None:
    """Every row names site 01, which draws for one country: that is where the list was made."""
    ours = frozenset(KEYS[:2])
    expected = replace(FACTORS, drawn_at={"01": ours, "02": frozenset(KEYS[2:])})
    brought = taken((FOLDER / "62_site_column.csv").read_bytes(), expected)
    assert arms_of(brought) == arms_of(taken((FOLDER / "51_se_factors.csv").read_bytes(), FACTORS))
    assert [f"does not draw from {', '.join(KEYS[2:])}" in str(note) for note in brought.notes] == [True]


FR, UK = frozenset(KEYS[:2]), frozenset(KEYS[2:])
AT_SITES = replace(
    FACTORS,
    sites=frozenset({"01", "02", "11", "12"}),
    drawn_at={"01": FR, "02": FR, "11": UK, "12": UK},
)
"""The sites of the shipped MIROCALS file: each fixes the country."""


def with_sites(site: Callable[[str, int], str]) -> bytes:
    """The case whose site column holds what `site` says of a row's country and place."""
    heading, *rows = (FOLDER / "62_site_column.csv").read_text().splitlines()
    kept = [",".join([*row.split(",")[:-1], site(row[:2], place)]) for place, row in enumerate(rows)]
    return "\n".join([heading, *kept]).encode()


@pytest.mark.parametrize("zero", ["0", ""])
def test_a_site_column_that_agrees_with_what_the_sites_fix_is_taken_and_told(zero: str) -> None:
    brought = taken(with_sites(lambda country, _: f"{zero}1" if country == "FR" else "11"), AT_SITES)
    assert arms_of(brought) == arms_of(taken((FOLDER / "51_se_factors.csv").read_bytes(), FACTORS))
    assert list(map(str, brought.notes)) == [
        "The file names a site beside each stratum, as the sites fix them: 01 for FR/BULBAR, 01 for FR/LIMB, "
        "11 for UK/BULBAR, 11 for UK/LIMB. The column was passed over: every site draws in one order."
    ]


@pytest.mark.parametrize(
    ("site", "expected", "words"),
    [
        (lambda country, _: "11" if country == "FR" else "01", AT_SITES, "which fixes another level"),
        (lambda country, _: "01" if country == "FR" else "02", AT_SITES, "several sites"),
        (
            lambda country, place: ("01", "02")[place % 2] if country == "FR" else "11",
            AT_SITES,
            "several sites",
        ),
        (lambda country, _: "01" if country == "FR" else "77", AT_SITES, "several sites"),
        (lambda country, _: "01" if country == "FR" else "11", FACTORS, "several sites"),
        (lambda country, _: "77", AT_SITES, "does not have"),
    ],
    ids=["turned over", "of one country", "two in a stratum", "a strange one", "none fixes", "other"],
)
def test_a_site_column_that_contradicts_them_or_orders_a_stratum_by_site_is_asked_about(
    site: Callable[[str, int], str], expected: Expected, words: str
) -> None:
    assert re.search(words, sentences(with_sites(site), expected))
