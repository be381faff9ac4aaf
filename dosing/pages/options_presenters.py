"""Options and explained days in the words of a page."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import assert_never

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dosing.core.changes import Change
from dosing.core.notes import Note, NoteKind
from dosing.core.options import Option, OptionKind
from dosing.core.planned import Calendar, Planned, PlannedInjection
from trial.refusals import in_page_language
from trial.wording.words import days_between, full_day, medium_day, short_day


@dataclass(frozen=True)
class Choice:
    """One option as a radio button: what it is, what it does, and the table of every changed day."""

    value: str
    title: str
    effect: str
    warning: str
    rows: list[list[str]]


def choices(options: Iterable[Option], kept: Iterable[int]) -> list[Choice]:
    """The options that can be chosen; keeping the days only for the courses in `kept`, which slipped."""
    found = []
    for option in options:
        if option.kind is OptionKind.KEEP:
            found += [_choice(option, f"keep:{course}", course) for course in kept]
        else:
            found.append(_choice(option, value_of(option), option.course))
    return found


def value_of(option: Option) -> str:
    """The option as the form sends it: `move:2:2015-11-05`, `follow:1`, `stop`."""
    match option.kind:
        case OptionKind.MOVE:
            return f"{option.kind.value}:{option.course}:{_start(option).isoformat()}"
        case OptionKind.FOLLOW | OptionKind.KEEP:
            return f"{option.kind.value}:{option.course}"
        case OptionKind.STOP:
            return option.kind.value
        case _:
            assert_never(option.kind)


def _start(option: Option) -> date:
    """Where its course would begin. Only keeping the days and stopping have none."""
    if option.start is None:
        raise ValueError(f"The option {option.kind.value} has no start.")
    return option.start


def _choice(option: Option, value: str, course: int) -> Choice:
    return Choice(
        value=value,
        title=_title(option, course),
        effect=_effect(option),
        warning=_meets(option),
        rows=change_rows(option.changes),
    )


def _title(option: Option, course: int) -> str:
    words: dict[str, object] = {"course": course}
    match option.kind:
        case OptionKind.MOVE:
            words |= {"day": full_day(_start(option)), "where": _later(option.days)}
            return _("Course %(course)d starts on %(day)s, %(where)s") % words
        case OptionKind.FOLLOW if option.first is not None:
            text = _("Day 1 is the first injection, %(day)s, and everything is counted from it")
            return text % {"day": full_day(_start(option))}
        case OptionKind.FOLLOW:
            text = _("Count the rest from where course %(course)d really began, %(day)s")
            return text % {"course": course, "day": full_day(_start(option))}
        case OptionKind.STOP:
            return _("Stop the treatment; visits go on")
        case OptionKind.KEEP:
            return _("Keep the days, although course %(course)d began on another day") % words
        case _:
            assert_never(option.kind)


def _later(days: int) -> str:
    later = ngettext("%(days)d day later than planned", "%(days)d days later than planned", days)
    return later % {"days": days} if days else _("as planned at first")


def _effect(option: Option) -> str:
    count = len(option.changes)
    if not count:
        return _("No day changes.")
    match option.kind:
        case OptionKind.STOP:
            text = ngettext("%(count)d injection falls away.", "%(count)d injections fall away.", count)
        case OptionKind.MOVE | OptionKind.FOLLOW | OptionKind.KEEP:
            text = ngettext("%(count)d day changes.", "%(count)d days change.", count)
        case _:
            assert_never(option.kind)
    return text % {"count": count}


def _meets(option: Option) -> str:
    """The holidays, closed days and weekends on changed injection days."""
    new = [change.new for change in option.changes if isinstance(change.new, PlannedInjection)]
    days = [f"{short_day(entry.date)} ({note})" for entry in new for note in notes_of(entry)]
    return _("Injections would meet: %(days)s.") % {"days": ", ".join(days)} if days else ""


def notes_of(entry: Planned) -> list[str]:
    """The holiday, closed day or weekend on which a day falls."""
    return [_note(note) for note in entry.notes]


def _note(note: Note) -> str:
    match note.kind:
        case NoteKind.WEEKEND:
            return _("weekend")
        case NoteKind.HOLIDAY | NoteKind.CLOSED | NoteKind.BEFORE_DAY_1 | NoteKind.SAME_DAY:
            return in_page_language(note.name)
        case _:
            assert_never(note.kind)


def change_columns() -> list[str]:
    """The words over the table of changes."""
    return [_("What"), _("Until now"), _("Then"), _("Possible until now"), _("Possible then")]


def change_rows(changes: Iterable[Change]) -> list[list[str]]:
    """Code, old and new day, old and new window, of every changed day."""
    return [
        [
            change.code,
            *(medium_day(entry.date) if entry else "–" for entry in (change.old, change.new)),
            *(
                days_between(entry.earliest, entry.latest) if entry else "–"
                for entry in (change.old, change.new)
            ),
        ]
        for change in changes
    ]


def recounted_in_words(changes: Iterable[Change]) -> str:
    """What any new plan moves as plans are counted now; empty where nothing changes for that reason."""
    sides = [(row.code, row.old, row.new) for row in changes if row.old and row.new]
    moved = [(code, old.date, new.date) for code, old, new in sides if old.date != new.date]
    opened = [(code, old.earliest, new.earliest) for code, old, new in sides if old.date == new.date]
    return " ".join(filter(None, (_moved_in_words(_each(moved)), _opened_in_words(_each(opened)))))


def _each(rows: Iterable[tuple[str, date, date]]) -> list[str]:
    said = _("%(code)s from %(old)s to %(new)s")
    return [said % {"code": code, "old": medium_day(old), "new": medium_day(new)} for code, old, new in rows]


def _opened_in_words(opened: list[str]) -> str:
    text = ngettext(
        "%(count)d window opens later with any new plan, as none opens before day 1 or before the draw any "
        "more: %(days)s.",
        "%(count)d windows open later with any new plan, as none opens before day 1 or before the draw any "
        "more: %(days)s.",
        len(opened),
    )
    return text % {"count": len(opened), "days": ", ".join(opened)} if opened else ""


def _moved_in_words(moved: list[str]) -> str:
    text = ngettext(
        "%(count)d day moves with any new plan, as months are now added up before a short month cuts them: "
        "%(days)s.",
        "%(count)d days move with any new plan, as months are now added up before a short month cuts them: "
        "%(days)s.",
        len(moved),
    )
    return text % {"count": len(moved), "days": ", ".join(moved)} if moved else ""


def explained_columns() -> list[str]:
    """The words over the table of explanations."""
    return [_("What"), _("Day"), _("Possible"), _("Why this day"), _("The site that day")]


def explained_rows(calendar: Calendar) -> list[list[str]]:
    """Every planned day with its window, the reason for it, and what it meets at the site."""
    return [
        [
            entry.code,
            medium_day(entry.date),
            days_between(entry.earliest, entry.latest),
            in_page_language(entry.reason),
            ", ".join(notes_of(entry)),
        ]
        for entry in calendar.entries()
    ]
