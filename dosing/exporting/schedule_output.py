"""A calendar as JSON, CSV or a table: what the `schedule` command prints."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import asdict, dataclass, fields
from datetime import date

from dosing.core.days import Day
from dosing.core.planned import Calendar, Planned, PlannedInjection
from trial.core.sentences import Sentence
from trial.refusals import in_language


@dataclass(frozen=True)
class Row:
    """One planned day. `course` and `day_in_course` are for injections only; notes are sentences.

    `explanation` says why the day lies where it lies.
    """

    kind: str
    code: str
    course: int | None
    day_in_course: int | None
    trial_day: int
    date: Day
    earliest: Day
    latest: Day
    notes: tuple[str, ...]
    explanation: str


COLUMNS = tuple(field.name for field in fields(Row))
IN_THE_TABLE = COLUMNS[:-1]
"""A sentence for each day has no room on a screen."""
ALL_CLEAR = Sentence("No planned day meets a public holiday or a weekend that is known here.")


def rows(calendar: Calendar, language: str = "en") -> tuple[Row, ...]:
    """The calendar's rows in date order."""
    return tuple(_row(entry, language) for entry in calendar.entries())


def as_json(calendar: Calendar, language: str = "en") -> str:
    """A list of objects; dates as YYYY-MM-DD, notes as a list."""
    listed = [asdict(row) for row in rows(calendar, language)]
    return json.dumps(listed, default=date.isoformat, ensure_ascii=False, indent=2)


def as_csv(calendar: Calendar, language: str = "en") -> str:
    """A header and one line for each day; notes joined by semicolons."""
    sheet = io.StringIO()
    writer = csv.writer(sheet, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(_cells(row) for row in rows(calendar, language))
    return sheet.getvalue().removesuffix("\n")


def as_table(calendar: Calendar, language: str = "en") -> str:
    """Aligned columns with each note in a word, then every warning as a sentence."""
    cells = [IN_THE_TABLE, *(_table_line(entry, language) for entry in calendar.entries())]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    lines = ["  ".join(map(str.ljust, line, widths)).rstrip() for line in cells]
    return "\n".join([*lines, "", *(_warnings(calendar, language) or [in_language(ALL_CLEAR, language)])])


FORMATS = {"json": as_json, "csv": as_csv, "table": as_table}


def _row(entry: Planned, language: str) -> Row:
    course, day = None, None
    if isinstance(entry, PlannedInjection):
        course, day = entry.course_number, entry.day_in_course
    kind = "visit" if course is None else "injection"
    notes = tuple(in_language(note.text, language) for note in entry.notes)
    return Row(
        kind=kind,
        code=entry.code,
        course=course,
        day_in_course=day,
        trial_day=entry.trial_day,
        date=entry.date,
        earliest=entry.earliest,
        latest=entry.latest,
        notes=notes,
        explanation=in_language(entry.reason, language),
    )


def _table_line(entry: Planned, language: str) -> tuple[str, ...]:
    in_a_word = ", ".join(in_language(note.name, language) for note in entry.notes)
    return (*_cells(_row(entry, language))[:-2], in_a_word)


def _warnings(calendar: Calendar, language: str) -> list[str]:
    notes = (in_language(note.text, language) for entry in calendar.entries() for note in entry.notes)
    return list(dict.fromkeys(f"{note.removesuffix('.')}." for note in notes))


def _cells(row: Row) -> list[str]:
    *values, notes, explanation = (getattr(row, column) for column in COLUMNS)
    return ["" if value is None else str(value) for value in values] + ["; ".join(notes), explanation]
