"""Faults of a brought file as a person reads them: equal ones together, and what to do at this door.

The core says what is so. What mends it is an option of the command or a field of the page, and nobody is
told of the other.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import islice

from randomization.core.brought.table_file import MOST_FAULTS, Fault
from trial.core.sentences import LIST, Sentence, Words, counted, joined

COMMAND, PAGE = "command", "page"
HOW: dict[str, dict[str, Sentence]] = {
    COMMAND: {
        "arm": Sentence("Match its name with --arm NAME=CODE."),
        "stratum": Sentence("Match its name with --stratum NAME=KEY."),
        "size": Sentence("Correct the file, or say --size KEY=N."),
        "column": Sentence("Say what a column is with --column NAME=ROLE."),
        "numbers": Sentence("Import with --numbers own."),
        "first_number": Sentence("Say --first-number N."),
        "uneven": Sentence("If that is meant (complete randomisation), say --uneven."),
        "encoding": Sentence("Say --encoding NAME."),
        "sheet": Sentence("Say --sheet NAME."),
    },
    PAGE: {
        "arm": Sentence("Enter its name beside the arm."),
        "stratum": Sentence("Enter its name beside the stratum."),
        "size": Sentence("Correct the file, or the number of envelopes."),
        "column": Sentence("Say below what a column is."),
        "numbers": Sentence("Choose numbers that are drawn by Velum."),
        "first_number": Sentence("Enter where the count begins."),
        "uneven": Sentence("If that is meant (complete randomisation), tick that the ratio need not hold."),
        "encoding": Sentence("Choose the encoding of the file."),
        "sheet": Sentence("Enter the name of the sheet."),
    },
}
"""What to do, by what a fault asks for."""
MOST_RANGES = 8
"""Ranges of rows that are named of one sentence."""


def folded(faults: Sequence[Fault], door: str) -> list[Words]:
    """One sentence for each kind of fault, with all its rows, and what to do about it."""
    rows: defaultdict[tuple[str, Words, str], list[int]] = defaultdict(list)
    for fault in faults:
        sentence = fault.typed if door == COMMAND and fault.typed else fault.sentence
        rows[fault.rule, sentence, fault.ask].append(fault.row)
    kinds = list(islice(rows.items(), MOST_FAULTS))
    last = {ask: at for at, ((_, _, ask), _) in enumerate(kinds)}
    said: list[Words] = [
        _said(rule, sentence, at_rows, HOW[door].get(ask) if last[ask] == at else None)
        for at, ((rule, sentence, ask), at_rows) in enumerate(kinds)
    ]
    if len(rows) > MOST_FAULTS:
        more = len(rows) - MOST_FAULTS
        said.append(counted("%(count)s more fault.", "%(count)s more faults.", count=more))
    return said


def _said(rule: str, sentence: Words, rows: Iterable[int], remedy: Sentence | None) -> Sentence:
    whole = joined((sentence, remedy), BESIDE) if remedy else sentence
    ranges = ranges_of(row for row in rows if row)
    if not ranges:
        return Sentence("%(rule)s: %(sentence)s", rule=rule).having(sentence=whole)
    shown: list[Words] = [_shown(*limits) for limits in ranges[:MOST_RANGES]]
    if len(ranges) > MOST_RANGES:
        shown.append("…")
    several = len(ranges) > 1 or ranges[0][0] != ranges[0][1]
    form = (SEVERAL_ROWS if several else ONE_ROW).having(rule=rule)
    return form.having(rows=joined(shown, LIST), sentence=whole)


BESIDE = Sentence("%(first)s %(rest)s")
ONE_ROW = Sentence("row %(rows)s, %(rule)s: %(sentence)s")
SEVERAL_ROWS = Sentence("rows %(rows)s, %(rule)s: %(sentence)s")


def ranges_of(rows: Iterable[int]) -> list[tuple[int, int]]:
    """The rows as ranges: 2, 3, 4 and 9 as (2, 4) and (9, 9)."""
    found: list[tuple[int, int]] = []
    for row in sorted(set(rows)):
        if found and found[-1][1] == row - 1:
            found[-1] = (found[-1][0], row)
        else:
            found.append((row, row))
    return found


def _shown(first: int, last: int) -> Words:
    if first == last:
        return str(first)
    return Sentence("%(first)s to %(last)s", first=first, last=last)
