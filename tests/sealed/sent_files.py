"""Lists as they are sent: edited by hand, summed up, signed, with titles. All are the one good list."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Callable

from tests.sealed.own_files import ARMS, CODED, FRENCH, Case, Row, coded, french, good, plain, table, usual

HARD, NARROW = "\u00a0", "\u202f"


def with_arms(change: Callable[[Row], str]) -> bytes:
    """Number and arm alone, the arm's word changed."""
    return table(("id", "treatment"), lambda row: (row["id"], change(row))).encode()


def above(*lines: str) -> bytes:
    return ("\n".join(lines) + "\n" + plain()).encode()


def below(*lines: str) -> bytes:
    return (plain() + "\n".join(lines) + "\n").encode()


def padded() -> bytes:
    lines = (line.split(",") for line in plain().splitlines())
    return "\n".join(";".join(cell.ljust(12) for cell in cells) for cells in lines).encode()


def remarks(remark: str) -> Case:
    """A column that is said not to be used, and what stands in it."""
    text = table(("id", "Remark", "treatment"), lambda row: (row["id"], remark, row["arm"]))
    return text.encode(), {"columns": {"Remark": "unused"}}


def of_sas(first: str, last: str = "") -> bytes:
    rows = "".join(f'{r["id"]},{r["block"]},{r["place"]},"{r["arm"]}"\n' for r in good())
    return f'{first}"Obs","BLOCK","UNIT","TRT"\n{rows}{last}'.encode()


def of_r() -> bytes:
    rows = "".join(f'"{r["id"]}",{r["id"]},"{r["block"]}",{r["size"]},"{r["arm"]}"\n' for r in good())
    return f'"","id","block.id","block.size","treatment"\n{rows}'.encode()


def with_sums_between() -> bytes:
    lines = plain().splitlines()
    return "\n".join(f"{line}\nBlock total,,3," if line.startswith("3,") else line for line in lines).encode()


TAKEN: dict[str, Case] = {
    "blanks after the commas": (plain().replace(",", ", ").encode(), {}),
    "blanks around every cell": (plain().replace(",", " , ").replace("\n", " \n ").encode(), {}),
    "cells padded to one width": (padded(), {}),
    "blanks after the commas, everything quoted": (
        plain(quoting=csv.QUOTE_ALL).replace(",", ", ").encode(),
        {},
    ),
    "blanks before the commas, everything quoted": (
        plain(quoting=csv.QUOTE_ALL).replace(",", " ,").encode(),
        {},
    ),
    "a blank that does not break behind each arm": (with_arms(lambda row: row["arm"] + HARD), {}),
    "blanks that do not break inside the arms": (with_arms(lambda row: row["arm"].replace(" ", HARD)), {}),
    "narrow blanks inside the arms": (with_arms(lambda row: row["arm"].replace(" ", NARROW)), {}),
    "two blanks inside the arms": (with_arms(lambda row: row["arm"].replace(" ", "  ")), {}),
    "a total below": (below("Total,,,36"), {}),
    "a total in the arm's column": (below(",,Total,36"), {}),
    "a total of every column": (below("Total,8,36,36"), {}),
    "a count below": (below("Count,36,,"), {}),
    "a count in French": (below("Nombre total,36,,"), {}),
    "N = 36 below": (below("N = 36,,,"), {}),
    "a signature below": (below("Signed:,Dr X,,"), {}),
    "a signature in French": (below("Signé par,Dr X,,le 3 novembre"), {}),
    "the arms' sums, then the total": (
        below("Placebo,12,,", "IL-2 1 MIU,12,,", "IL-2 2 MIU,12,,", "Total,36,,"),
        {},
    ),
    "the total, then the arms' sums": (
        below("Total,,,36", "Placebo,,,12", "IL-2 1 MIU,,,12", "IL-2 2 MIU,,,12"),
        {},
    ),
    "a mean below coded arms": (
        (
            table(("id", "block", "arm"), lambda row: (row["id"], row["block"], coded(row))) + "Mean,,2\n"
        ).encode(),
        {"arm_names": CODED},
    ),
    "a sum below each block": (with_sums_between(), {}),
    "a line break in a column that is not used": remarks("see\nfile"),
    "what looks like a formula in a column that is not used": remarks("- none"),
    "a long remark in a column that is not used": remarks("x" * 300),
    "line breaks in headings": (
        table(
            ("id", "Block\nsize", "Block", "Treatment\ngroup"),
            lambda row: (row["id"], row["size"], row["block"], row["arm"]),
        ).encode(),
        {},
    ),
    "merged titles, as Excel's CSV has them": (above("Randomisation list,,,", "IMODALS,,,", ",,,"), {}),
    "lines that begin with a hash": (above("# made with blockrand", "# seed 42"), {}),
    "French Excel": (french(delimiter=";", end="\r\n").encode("utf-8-sig"), {"arm_names": FRENCH}),
    "trailing semicolons": (plain(delimiter=";").replace("\n", ";;\n").encode(), {}),
    "SAS ODS CSV": (of_sas('"The SAS System"\n\n'), {}),
    "SAS ODS CSV with the plan before it": (
        of_sas('"The PLAN Procedure"\n\n"Factor","Levels"\n"BLOCK",8\n"UNIT",36\n\n'),
        {},
    ),
    "SAS ODS CSV with frequencies below": (
        of_sas("", '\n"TRT","Frequency"\n"Placebo",12\n"IL-2 1 MIU",12\n"IL-2 2 MIU",12\n'),
        {},
    ),
    "R, row names quoted": (of_r(), {}),
    "REDCap, its numbers empty": (
        table(
            ("redcap_randomization_number", "redcap_randomization_group"), lambda row: ("", coded(row))
        ).encode(),
        {"arm_names": CODED},
    ),
    "randomizr": (
        table(("", "blocks", "Z"), lambda row: (row["id"], row["block"], row["arm"])).encode(),
        {},
    ),
    "numbers as text for Excel": (
        table(("id", "treatment"), lambda row: (f'="{row["id"]:0>3}"', row["arm"])).encode(),
        {},
    ),
    "DOS' end of file": (plain(end="\r\n").encode() + b"\x1a", {}),
    "a form feed at the end": (plain().encode() + b"\x0c", {}),
    "headings in capitals, with blanks": (
        table(("ID ", "BLOCK_NO", "BLOCK SIZE", "TREATMENT ARM"), usual).encode(),
        {},
    ),
    "a table of Markdown": (
        "\n".join(f"| {' | '.join(line.split(','))} |" for line in plain().splitlines()).encode(),
        {},
    ),
}
"""What is taken, with what is said beside the file."""

ALIKE = {"A 1": ARMS[0], "A  1": ARMS[1], "B": ARMS[2]}
"""Two arms whose words differ by blanks alone."""

REFUSED = {
    "arms that differ by blanks alone, a third way": (
        with_arms(lambda row: {"Placebo": "A   1", "IL-2 1 MIU": "A  1"}.get(row["arm"], "B")),
        {"arm_names": ALIKE},
        "no such arm",
    ),
    "a blank too few in an arm": (with_arms(lambda row: row["arm"].replace(" ", "")), {}, "no such arm"),
    "a page's title between the rows": (
        plain().replace("\n19,", "\nList, page 2\n19,").encode(),
        {},
        "take it out",
    ),
    "an envelope without its arm": (
        table(
            ("id", "block", "arm"), lambda r: (*usual(r)[:2], r["arm"] if r["id"] != "17" else "")
        ).encode(),
        {},
        "A cell is empty: the arm.",
    ),
    "a dataset of SAS": (bytes(12) + bytes.fromhex("c2ea8160b31411cfbd92080009c7318c"), {}, "sas7bdat"),
    "an .rds": (gzip.compress(b"X\n\0\0\0\3\0\4\3\0"), {}, "write.csv"),
    "an .RData": (gzip.compress(b"RDX3\nX\n\0\0\0\3"), {}, "write.csv"),
    "a compressed list": (gzip.compress(plain().encode()), {}, "Unpack it"),
    "a web page that is called .xls": (b"\n<html><table><tr><td>1</td></tr></table>", {}, "web page"),
    "Excel's XML of 2003": (b'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>', {}, "is XML"),
    "an RTF": (b"{\\rtf1\\ansi list}", {}, "RTF"),
    "a portable file of SPSS": (b"ASCII SPSS PORT FILE", {}, ".por"),
    "a Parquet file": (b"PAR1" + bytes(20), {}, "Parquet"),
    "a line break in an arm": (with_arms(lambda row: row["arm"].replace(" ", "\n")), {}, "line break"),
}
"""What is asked about or refused, and what the sentence says."""


def thousand() -> list[tuple[str, str]]:
    """Twelve hundred rows: their numbers with a sign between thousands, and their arms."""
    arms = [row["arm"] for row in good()]
    return [(f"{n:,}", arms[n % 36]) for n in range(1, 1_201)]
