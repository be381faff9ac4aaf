"""The acceptance report as tables: the same for the terminal and for the page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from randomization.core.acceptance import Acceptance, StratumReport
from randomization.core.order.guessing import Guesses
from randomization.core.order.verdict import Verdict
from trial.core.sentences import Sentence
from trial.refusals import in_page_language

REFUSED = Sentence("The limit is one in a million: it is not accepted.")
REASON = Sentence("The limit is one in a thousand: it is accepted with a reason alone, which is signed.")


@dataclass(frozen=True)
class Shown:
    """One table: a title, the heads of its columns, and rows of text."""

    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def report_tables(report: Acceptance) -> list[Shown]:
    """Counts for each arm, blocks and runs, how well it can be guessed, what the numbers may tell."""
    return [_counts(report), _blocks(report), _guesses(report), _numbers(report)]


def verdict_lines(report: Acceptance) -> list[str]:
    """How rare the order is, what is seen in it, and under what it was judged."""
    verdict = report.verdict
    seen = Sentence("What is seen: %(seen)s.", seen=verdict.seen) if verdict.seen else None
    said = [verdict.sentence, *([seen] if seen else []), *([_todo(verdict)] if seen else []), verdict.under]
    return [in_page_language(sentence) for sentence in said]


def _todo(verdict: Verdict) -> Sentence:
    return REFUSED if verdict.refused else REASON


def report_text(report: Acceptance) -> str:
    """The report for a terminal."""
    lines = [in_page_language(report.origin), " ".join(verdict_lines(report))]
    return "\n\n".join([*lines, *("\n".join(_lines(table)) for table in report_tables(report))])


def _counts(report: Acceptance) -> Shown:
    codes = list(report.arms)
    rows = [_row(stratum.key, stratum.arms) for stratum in report.strata]
    if len(rows) > 1:
        rows.append(_row(_("all together"), {code: report.arms[code] for code in codes}))
    return Shown(_("Envelopes of each arm"), (_("Stratum"), _("Envelopes"), *codes), tuple(rows))


def _row(key: str, arms: Mapping[str, int]) -> tuple[str, ...]:
    return (key, str(sum(arms.values())), *(str(count) for count in arms.values()))


def _blocks(report: Acceptance) -> Shown:
    heads = (
        _("Stratum"),
        _("Blocks (size × how many)"),
        _("Blocks off the ratio"),
        _("Runs of one arm (length × how many)"),
        _("Largest lead"),
    )
    return Shown(_("Blocks and runs"), heads, tuple(_block_row(stratum) for stratum in report.strata))


def _block_row(stratum: StratumReport) -> tuple[str, ...]:
    uneven = str(stratum.uneven_blocks) if stratum.block_sizes else "–"
    return (
        stratum.key,
        _times(stratum.block_sizes),
        uneven,
        _times(stratum.runs),
        f"{stratum.peak_range:g}",
    )


def _guesses(report: Acceptance) -> Shown:
    heads = (
        _("Stratum"),
        _("Guessed from the earlier arms"),
        _("Guessed by who also knows the block's size"),
        _("Certain"),
    )
    rows = [_guess_row(stratum.key, stratum.guesses) for stratum in report.strata]
    if len(rows) > 1:
        rows.append(_guess_row(_("all together"), report.guesses))
    return Shown(_("How well this list can be guessed"), heads, tuple(rows))


def _guess_row(key: str, found: Guesses) -> tuple[str, ...]:
    return (key, *(_share(part, found.places) for part in (found.guessed, found.knowing, found.certain)))


def _share(part: float | None, places: int) -> str:
    return (
        "–"
        if part is None
        else in_page_language(Sentence("%(share)s %%", share=Decimal(f"{100 * part / places:.1f}")))
    )


def _times(counts: Mapping[int, int]) -> str:
    return ", ".join(f"{size} × {times}" for size, times in counts.items()) or _("no blocks")


def _numbers(report: Acceptance) -> Shown:
    lint, heads = report.lint, (_("Feature"), _("Arms guessed correctly from it"))
    looked = {"features": lint.features, "envelopes": lint.envelopes}
    title = _("Numbers: %(features)d features of %(envelopes)d numbers looked at") % looked
    rows = [
        (in_page_language(row.feature), _("%(n)d of %(all)d") % {"n": row.right, "all": lint.envelopes})
        for row in lint.telling
    ]
    none = _("none reveals the arm") if lint.long_enough else _("too few envelopes to find anything in them")
    return Shown(title, heads, tuple(rows) or ((none, ""),))


def _lines(table: Shown) -> Iterator[str]:
    widths = [max(map(len, column)) for column in zip(table.heads, *table.rows, strict=True)]
    yield table.title
    for row in (table.heads, *table.rows):
        yield "  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
