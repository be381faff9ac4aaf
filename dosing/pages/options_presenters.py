"""Options and explained days in the words of a page."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dosing.core.calendar import Calendar, NoteKind, Planned, PlannedInjection
from dosing.core.changes import Change
from dosing.core.options import Option, OptionKind
from trial.sentences import in_page_language
from trial.wording import days_between, full_day, medium_day, short_day


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
    if option.kind is OptionKind.MOVE and option.start:
        return f"move:{option.course}:{option.start.isoformat()}"
    return "stop" if option.kind is OptionKind.STOP else f"{option.kind.value}:{option.course}"


def _choice(option: Option, value: str, course: int) -> Choice:
    return Choice(
        value=value,
        title=_title(option, course),
        effect=_effect(option),
        warning=_meets(option),
        rows=change_rows(option.changes),
    )


def _title(option: Option, course: int) -> str:
    words: dict[str, object] = {"course": course, "days": option.days}
    if option.kind is OptionKind.MOVE and option.start:
        day = full_day(option.start)
        later = ngettext("%(days)d day later than planned", "%(days)d days later than planned", option.days)
        where = later % words if option.days else _("as planned at first")
        words |= {"day": day, "where": where}
        return _("Course %(course)d starts on %(day)s, %(where)s") % words
    if option.kind is OptionKind.FOLLOW and option.start:
        text = _("Count the rest from where course %(course)d really began, %(day)s")
        return text % {"course": course, "day": full_day(option.start)}
    if option.kind is OptionKind.STOP:
        return _("Stop the treatment; visits go on")
    return _("Keep the days, although course %(course)d began on another day") % words


def _effect(option: Option) -> str:
    count = len(option.changes)
    if not count:
        return _("No day changes.")
    if option.kind is OptionKind.STOP:
        text = ngettext("%(count)d injection falls away.", "%(count)d injections fall away.", count)
    else:
        text = ngettext("%(count)d day changes.", "%(count)d days change.", count)
    return text % {"count": count}


def _meets(option: Option) -> str:
    """The holidays, closed days and weekends on changed injection days."""
    new = [change.new for change in option.changes if isinstance(change.new, PlannedInjection)]
    days = [f"{short_day(entry.date)} ({note})" for entry in new for note in notes_of(entry)]
    return _("Injections would meet: %(days)s.") % {"days": ", ".join(days)} if days else ""


def notes_of(entry: Planned) -> list[str]:
    """What a day meets, in a word each."""
    return [
        _("weekend") if note.kind is NoteKind.WEEKEND else in_page_language(note.name) for note in entry.notes
    ]


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
