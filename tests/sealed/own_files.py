"""Lists of our own invention, in the forms in which people have them: text, built here from one good list."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from typing import Any

from tests.lanes import TESTS

FOLDER = TESTS / "cases" / "lists"
OWN = FOLDER / "own"
"""Binary files, written once with pandas 3.0 and pyreadstat 1.3.7."""

ARMS = ("PLACEBO", "IL2-1MIU", "IL2-2MIU")
NAMES = ("Placebo", "IL-2 1 MIU", "IL-2 2 MIU")
WORDS = dict(zip(NAMES, ARMS, strict=True))
Row = dict[str, str]
Case = tuple[bytes, dict[str, Any]]


def good() -> list[Row]:
    """The list of the case without row names: id, block, size and arm of 36 envelopes; and place in block."""
    with (FOLDER / "05_blockrand_norownames.csv").open(newline="") as file:
        rows = [
            dict(zip(("id", "block", "size", "arm"), row, strict=True)) for row in list(csv.reader(file))[1:]
        ]
    for at, row in enumerate(rows):
        same = [other for other in rows[:at] if other["block"] == row["block"]]
        row["place"] = str(len(same) + 1)
    return rows


def table(heads: Sequence[str], cells: Callable[[Row], Sequence[str]], **form: Any) -> str:
    """The good list under these headings, as CSV."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator=form.pop("end", "\n"), **form)
    writer.writerows([list(heads), *(list(cells(row)) for row in good())])
    return text.getvalue()


def plain(**form: Any) -> str:
    """With the headings that everybody knows."""
    return table(("id", "block", "block size", "treatment"), usual, **form)


def usual(row: Row) -> tuple[str, ...]:
    return row["id"], row["block"], row["size"], row["arm"]


def coded(row: Row) -> str:
    return str(NAMES.index(row["arm"]) + 1)


CODED = {str(n): arm for n, arm in enumerate(ARMS, 1)}
FRENCH = {"Placebo (témoin)": "PLACEBO"} | {name: WORDS[name] for name in NAMES[1:]}


def in_french(row: Row) -> tuple[str, ...]:
    arm = "Placebo (témoin)" if row["arm"] == "Placebo" else row["arm"]
    return row["id"], row["block"], row["size"], arm


def french(**form: Any) -> str:
    return table(("Numéro", "Bloc", "Taille du bloc", "Traitement"), in_french, **form)


def cut() -> str:
    """34 rows: the last block of three ends after its first row."""
    return "\n".join(plain().splitlines()[:35]) + "\n"


TAKEN: dict[str, Case] = {
    "UTF-16, semicolons": (plain(delimiter=";").encode("utf-16"), {}),
    "UTF-16 without a mark, named": (plain().encode("utf-16-le"), {"encoding": "utf-16-le"}),
    "UTF-16, big end first, without a mark, named": (plain().encode("utf-16-be"), {"encoding": "utf-16-be"}),
    "Excel's Unicode text (UTF-16, TAB)": (plain(delimiter="\t", end="\r\n").encode("utf-16"), {}),
    "Windows-1252, named": (
        french(delimiter=";").encode("cp1252"),
        {"encoding": "cp1252", "arm_names": FRENCH},
    ),
    "Mac Roman with CR, named": (
        french(delimiter=";", end="\r").encode("mac-roman"),
        {"encoding": "mac-roman", "arm_names": FRENCH},
    ),
    "DOS, named": (french().encode("cp850"), {"encoding": "cp850", "arm_names": FRENCH}),
    "Latin 9, named": (french().encode("iso-8859-15"), {"encoding": "iso-8859-15", "arm_names": FRENCH}),
    "a mark counts more than a wrong name": (plain().encode("utf-8-sig"), {"encoding": "cp1252"}),
    "CR alone": (plain(end="\r").encode(), {}),
    "TAB": (plain(delimiter="\t").encode(), {}),
    "bars": (plain(delimiter="|").encode(), {}),
    "sep=TAB": (("sep=\t\r\n" + plain(delimiter="\t", end="\r\n")).encode(), {}),
    "sep=, behind a mark": (("sep=,\r\n" + plain(end="\r\n")).encode("utf-8-sig"), {}),
    "sep=^, which nobody guesses": (("sep=^\n" + plain(delimiter="^")).encode(), {}),
    "SEP=; in capitals, in UTF-16": (("SEP=;\r\n" + plain(delimiter=";", end="\r\n")).encode("utf-16"), {}),
    "sep=; and empty columns": (("sep=;;;\n" + plain(delimiter=";")).encode(), {}),
    "everything quoted": (plain(quoting=csv.QUOTE_ALL).encode(), {}),
    "semicolons and a preamble with commas": (
        ("Randomisation, trial X\nBlocks: 3,6,9\n\n" + plain(delimiter=";")).encode(),
        {},
    ),
    "a preamble whose word is a heading": (("Treatment\nseed,7\n" + plain()).encode(), {}),
    "a preamble of ten lines": (("line\n" * 10 + plain()).encode(), {}),
    "a footer without an empty row": ((plain() + "Created with seed 77\n").encode(), {}),
    "a footer with commas": ((plain() + "\nCreated, by hand, with seed 77, by X\n").encode(), {}),
    "a footer of two lines with a total": ((plain() + "\n\nTotal,36\nEnd of list\n").encode(), {}),
    "a footer below a column alone": (
        (table(("treatment",), lambda row: (row["arm"],)) + "\nseed 77\n").encode(),
        {},
    ),
    "the heading again on each printed page": (
        "\n".join([*plain().splitlines()[:20], plain().splitlines()[0], *plain().splitlines()[20:]]).encode(),
        {},
    ),
    "empty rows between blocks": (plain().replace("\n2,", "\n,,,\n2,").encode(), {}),
    "ten thousand empty rows": ((plain() + ",,,\n" * 10_000).encode(), {}),
    "empty columns, also in the heading": (
        table(("id", "block", "block size", "treatment", "", ""), lambda row: (*usual(row), "", "")).encode(),
        {},
    ),
    "empty columns in the rows alone": (
        "\n".join(line if not n else f"{line},,," for n, line in enumerate(plain().splitlines())).encode(),
        {},
    ),
    "an empty column in the middle": (
        table(("id", "", "block", "treatment"), lambda r: (r["id"], "", r["block"], r["arm"])).encode(),
        {},
    ),
    "a column nobody knows, empty": (
        table(("id", "remark", "treatment"), lambda r: (r["id"], "", r["arm"])).encode(),
        {},
    ),
    "a column nobody knows, declared": (
        table(("id", "Opened by", "treatment"), lambda r: (r["id"], "x", r["arm"])).encode(),
        {"columns": {"opened by": "unused"}},
    ),
    "columns declared by number": (
        table(("k1", "k2"), lambda r: (r["id"], r["arm"])).encode(),
        {"columns": {"1": "number", "2": "arm"}},
    ),
    "row names X, numbers as 1.0": (
        table(("X", "id", "treatment"), lambda r: (r["id"], r["id"] + ".0", r["arm"])).encode(),
        {},
    ),
    "row names twice (X.1, X)": (
        table(("", "X", "id", "treatment"), lambda r: (r["id"], r["id"], r["id"], r["arm"])).encode(),
        {},
    ),
    "pandas' index": (
        table(("Unnamed: 0", "id", "arm"), lambda r: (str(int(r["id"]) - 1), r["id"], r["arm"])).encode(),
        {},
    ),
    "SAS' Obs": (table(("Obs", "BLOCK", "TRT"), lambda r: (r["id"], r["block"], r["arm"])).encode(), {}),
    "csv2: decimal commas": (
        table(
            ("id", "block.id", "block.size", "treatment"),
            lambda r: (f"{r['id']},0", f"{r['block']},0", f"{r['size']},0", r["arm"]),
            delimiter=";",
        ).encode(),
        {},
    ),
    "ids 1.00": (table(("id", "treatment"), lambda r: (f"{r['id']}.00", r["arm"])).encode(), {}),
    "coded arms": (table(("id", "arm"), lambda r: (r["id"], coded(r))).encode(), {"arm_names": CODED}),
    "coded arms as 1.0": (
        table(("id", "arm"), lambda r: (r["id"], coded(r) + ".0")).encode(),
        {"arm_names": CODED},
    ),
    "coded arms as 1,0, named so": (
        table(("id", "arm"), lambda r: (r["id"], coded(r) + ",0"), delimiter=";").encode(),
        {"arm_names": {f"{code},0": arm for code, arm in CODED.items()}},
    ),
    "the protocol's codes": (
        table(("id", "arm"), lambda r: (r["id"], WORDS[r["arm"]])).encode(),
        {"arm_names": {}},
    ),
    "the protocol's labels": (plain().encode(), {"arm_names": {}, "arm_labels": WORDS}),
    "REDCap": (
        table(
            ("redcap_randomization_number", "redcap_randomization_group", "redcap_data_access_group"),
            lambda r: (f"10{r['id']:0>2}", coded(r), ""),
        ).encode(),
        {"arm_names": CODED},
    ),
    "REDCap, without numbers": (
        table(("redcap_randomization_group",), lambda r: (coded(r),)).encode(),
        {"arm_names": CODED},
    ),
    "REDCap, its group quoted, one site": (
        table(("redcap_randomization_group", "redcap_data_access_group"), lambda r: (coded(r), "1")).encode(),
        {"arm_names": CODED, "sites": frozenset({"01"})},
    ),
    "randolist": (
        table(
            ("seq_in_strata", "block_in_strata", "blocksize", "seq_in_block", "arm"),
            lambda r: (r["id"], r["block"], r["size"], r["place"], r["arm"]),
        ).encode(),
        {},
    ),
    "randolist for secuTrial": (table(("Number", "Group"), lambda r: (r["id"], r["arm"])).encode(), {}),
    "randolist for REDCap": (table(("rand_result",), lambda r: (coded(r),)).encode(), {"arm_names": CODED}),
    "ralloc, wholly": (
        table(
            ("StratID", "StratSiz", "BlockID", "BlockSiz", "SeqInBlk", "Treat"),
            lambda r: ("1", "36", r["block"], r["size"], r["place"], r["arm"]),
        ).encode(),
        {},
    ),
    "PROC PLAN, units that count through": (
        table(("BLOCK", "UNIT", "TREATMENT"), lambda r: (r["block"], r["id"], r["arm"])).encode(),
        {},
    ),
    "NCI, without blanks in its headings": (
        table(("group", "subject", "assignment"), lambda r: ("All", r["id"], r["arm"])).encode(),
        {},
    ),
    "a stratum of one word": (
        table(("Stratum", "id", "treatment"), lambda r: ("whole trial", r["id"], r["arm"])).encode(),
        {},
    ),
    "French headings": (french(delimiter=";").encode(), {"arm_names": FRENCH}),
    "French headings in capitals, without accents": (
        table(("NUMERO", "NO BLOC", "TAILLE BLOC", "BRAS"), usual, delimiter=";").encode(),
        {},
    ),
    "French headings, every one": (
        table(
            ("N°", "Strate", "Centre", "Bloc n°", "Rang dans le bloc", "Bras de traitement"),
            lambda r: (r["id"], "NA", "01", r["block"], r["place"], r["arm"]),
        ).encode(),
        {},
    ),
    "French: numéro de randomisation": (
        table(("Numéro de randomisation", "Groupe de traitement"), lambda r: (r["id"], r["arm"])).encode(),
        {},
    ),
    "French: numbers of everything": (
        table(
            ("N° d’ordre", "Centre n°", "Numéro du bloc", "Bras attribué"),
            lambda r: (r["id"], "1", r["block"], r["arm"]),
        ).encode(),
        {"columns": {"bras attribue": "arm"}},
    ),
    "French: Groupe alone": (table(("N° patient", "Groupe"), lambda r: (r["id"], r["arm"])).encode(), {}),
    "German headings": (
        table(("Nummer", "Block", "Blockgröße", "Behandlung"), usual, delimiter=";").encode(),
        {},
    ),
    "a count beside a code": (
        table(
            ("Sequence", "Treatment", "Code"), lambda r: (r["id"], r["arm"], f"K{977 * int(r['id']) % 1009}")
        ).encode(),
        {},
    ),
    "a last block that is cut": (cut().encode(), {"sizes": {"all": 34}}),
    "a site of the trial on every row": (
        table(("site", "id", "arm"), lambda r: ("1", r["id"], r["arm"])).encode(),
        {"sites": frozenset({"01", "02"})},
    ),
}
"""What is taken, with what is said beside the file."""

REFUSED: dict[str, tuple[bytes, dict[str, Any], str]] = {
    "Windows-1252, not named": (french().encode("cp1252"), {"arm_names": FRENCH}, "UTF-8"),
    "Mac Roman, not named": (french(end="\r").encode("mac-roman"), {"arm_names": FRENCH}, "UTF-8"),
    "another encoding named": (
        french().encode("cp1252"),
        {"encoding": "mac-roman", "arm_names": FRENCH},
        "no such arm",
    ),
    "UTF-16 without a mark, not named": (plain().encode("utf-16-le"), {}, "invisible character"),
    "a column nobody knows": (
        table(("id", "Opened by", "treatment"), lambda r: (r["id"], "x", r["arm"])).encode(),
        {},
        "“Opened by”, is not known",
    ),
    "a Dutch column nobody knows": (
        table(("volgnummer", "treatment"), lambda r: (r["id"], r["arm"])).encode(),
        {},
        "“volgnummer”, is not known",
    ),
    "a column without a heading": (
        table(("id", "", "treatment"), lambda r: (r["id"], "x", r["arm"])).encode(),
        {},
        "Column 2 has no heading",
    ),
    "a declared role that is none": (plain().encode(), {"columns": {"id": "serial"}}, "cannot be serial"),
    "no heading": ("\n".join(plain().splitlines()[1:]).encode(), {}, "no heading"),
    "two columns for the arm": (
        table(("treatment", "arm"), lambda r: (r["arm"], r["arm"])).encode(),
        {},
        "are both the arm",
    ),
    "rows of several sites": (
        table(
            ("site", "id", "arm"), lambda r: ("1" if int(r["id"]) < 9 else "2", r["id"], r["arm"])
        ).encode(),
        {"sites": frozenset({"01", "02"})},
        "several sites",
    ),
    "a site of another trial": (
        table(("centre", "id", "arm"), lambda r: ("77", r["id"], r["arm"])).encode(),
        {"sites": frozenset({"01", "02"})},
        "does not have",
    ),
    "strata in a trial without any": (
        table(
            ("stratum", "id", "arm"), lambda r: ("a" if int(r["id"]) < 9 else "b", r["id"], r["arm"])
        ).encode(),
        {},
        "more than one",
    ),
    "row names that were sorted": (
        table(("X", "treatment"), lambda r: (str(37 - int(r["id"])), r["arm"])).encode(),
        {},
        "the file was sorted",
    ),
    "a footer that hides rows": ((plain().replace("\n36,", "\n\nnote 36,")).encode(), {}, "row 38"),
    "a cut list where a whole one is planned": (cut().encode(), {}, "34 envelopes, 36 are planned"),
    "a cut last block with too many of one arm": (
        "\n".join([*plain().splitlines()[:34], "34,9,3,Placebo", "35,9,3,Placebo"]).encode(),
        {"sizes": {"all": 35}},
        "do not stand in the trial's ratio",
    ),
    "a row twice with another arm": ((plain() + "36,9,3,IL-2 1 MIU\n").encode(), {}, "row 37"),
    "an .ods": (b"PK\x03\x04" + bytes(60), {}, "cannot be read"),
    "an old workbook, or one with a password": (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
        {},
        "Excel workbook",
    ),
    "a PDF": (b"%PDF-1.7\n", {}, "PDF"),
}
"""What is refused, and what the sentence says."""


# --- a trial with two factors ------------------------------------------------------------------------

LEVELS = (
    (("FR", "France", "France"), ("UK", "United Kingdom", "Royaume-Uni")),
    (
        ("BULBAR", "Bulbar onset", "Début bulbaire"),
        ("LIMB", "Limb onset", "Début spinal"),
    ),
)
KEYS = tuple(f"{country[0]}/{onset[0]}" for country in LEVELS[0] for onset in LEVELS[1])


def stratified(heads: Sequence[str], names: Callable[[Sequence[str], Sequence[str]], Sequence[str]]) -> bytes:
    """The four strata of the case with factors; `names` makes cells of the levels of a row."""
    with (FOLDER / "51_se_factors.csv").open(newline="") as file:
        rows = list(csv.reader(file))[1:]
    known = [{level[0]: level for level in factor} for factor in LEVELS]
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([*heads, "block", "treatment"])
    for country, onset, block, _, _, arm in rows:
        writer.writerow([*names(known[0][country], known[1][onset]), block, arm])
    return text.getvalue().encode()


def keyed(mark: str) -> bytes:
    """One column with both codes, this sign between them."""
    return stratified(["stratum"], lambda country, onset: [f"{country[0]}{mark}{onset[0]}"])


CODES = {"1/0": "FR/BULBAR", "1/1": "FR/LIMB", "2/0": "UK/BULBAR", "2/1": "UK/LIMB"}


def numbered(country: Sequence[str], onset: Sequence[str]) -> Sequence[str]:
    return str(1 + (country[0] == "UK")), str(int(onset[0] == "LIMB"))


STRATIFIED: dict[str, Case] = {
    **{f"one column, {mark!r} between the levels": (keyed(mark), {}) for mark in "/|,;:_-. "},
    "one column, a comma and a blank": (keyed(", "), {}),
    "one column, hyphens apart": (keyed(" - "), {}),
    "one column in small letters": (
        stratified(["Strate"], lambda country, onset: [f"{country[0]}/{onset[0]}".lower()]),
        {},
    ),
    "one column of labels": (
        stratified(["stratum"], lambda country, onset: [f"{country[1]}, {onset[1]}"]),
        {},
    ),
    "factors in capitals and blanks": (stratified(["  COUNTRY", "ONSET  "], lambda c, o: [c[0], o[0]]), {}),
    "factors in small letters": (
        stratified(["country", "onset"], lambda c, o: [c[0].lower(), o[0].lower()]),
        {},
    ),
    "factors and levels by their French labels": (
        stratified(["Pays", "Forme de début"], lambda c, o: [c[2], o[2]]),
        {},
    ),
    "factors by labels without accents": (
        stratified(["PAYS", "forme de debut"], lambda c, o: [c[0], o[0]]),
        {},
    ),
    "factors in the other order": (stratified(["onset", "country"], lambda c, o: [o[0], c[0]]), {}),
    "factors by unknown words, declared": (
        stratified(["Land", "Beginn"], lambda c, o: [c[0], o[0]]),
        {"columns": {"Land": "COUNTRY", "beginn": "ONSET"}},
    ),
    "REDCap's codes": (stratified(["country", "onset"], numbered), {"stratum_names": CODES}),
    "REDCap's codes as 1.0": (
        stratified(["country", "onset"], lambda c, o: [f"{code}.0" for code in numbered(c, o)]),
        {"stratum_names": CODES},
    ),
    "ralloc's numbers of strata": (
        stratified(["StratID"], lambda c, o: [str(1 + KEYS.index(f"{c[0]}/{o[0]}"))]),
        {"stratum_names": {str(n): key for n, key in enumerate(KEYS, 1)}},
    ),
    "NCI's Group": (stratified(["Group"], lambda c, o: [f"{c[0]}|{o[0]}"]), {}),
}
"""Taken in a trial with two factors."""

NOT_STRATIFIED: dict[str, tuple[bytes, str]] = {
    "one factor of two": (stratified(["country"], lambda c, o: [c[0]]), "in one for every factor"),
    "a level of another trial": (
        stratified(["country", "onset"], lambda c, o: ["DE", o[0]]),
        "no such stratum",
    ),
    "strata by numbers that nobody matched": (
        stratified(["stratum"], lambda c, o: [str(KEYS.index(f"{c[0]}/{o[0]}"))]),
        "no such stratum",
    ),
    "no strata": (plain().encode(), "the file names none"),
    "factors that nobody knows": (
        stratified(["Land", "Beginn"], lambda c, o: [c[0], o[0]]),
        "“Land”, is not known",
    ),
}
"""Refused there, and what the sentence says."""
