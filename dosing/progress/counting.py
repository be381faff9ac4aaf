"""Doses by course, windows of visits, deviations and reminders: bars of parts, and the same as tables."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import groupby
from operator import attrgetter

from django.utils.translation import gettext as _

from dosing.core.charts import Bar, Part, bars
from dosing.models import DeviationKind, ReminderState
from dosing.progress.facts import Facts
from dosing.progress.figure import Cell, Figure
from dosing.queries import VisitDay

Heading = tuple[str, str, str]
"""A state, its words, and how its part of a bar looks."""


def _table(
    key: str,
    title: str,
    sentence: str,
    heads: tuple[str, Sequence[Heading]],
    rows: Mapping[str, Counter[str]],
) -> Figure:
    """A bar for each row, with a part for each state; the same numbers in the table."""
    first, states = heads
    drawn = [
        Bar(name, tuple(Part(counts[state], words, look) for state, words, look in states))
        for name, counts in rows.items()
    ]
    cells: list[tuple[Cell, ...]] = [
        (name, *(counts[state] for state, _words, _look in states)) for name, counts in rows.items()
    ]
    empty = _("Nothing yet.")
    columns = (first, *(words for _state, words, _look in states))
    return Figure(key, title, sentence, columns, cells, bars(drawn, empty=empty), empty=empty)


def doses(facts: Facts) -> Figure:
    """What became of the planned injections, course by course."""
    counts: dict[str, Counter[str]] = {}
    days = sorted(facts.injections, key=attrgetter("course_number"))
    for course, group in groupby(days, key=attrgetter("course_number")):
        counts[_("Course %(n)s") % {"n": course}] = Counter(day.state for day in group)
    total = sum(counts.values(), Counter())
    said = {"given": total["given"], "missed": total["missed"], "open": total["late"]}
    sentence = (
        _("%(given)s doses were given, %(missed)s were not; of %(open)s nothing is recorded yet.") % said
    )
    return _table("doses", _("Doses by course"), sentence, (_("Course"), _dose_states()), counts)


def _dose_states() -> list[Heading]:
    return [
        ("given", _("given"), "done"),
        ("partial", _("partly given"), "hold"),
        ("missed", _("not given"), "late"),
        ("late", _("not recorded"), "open"),
        ("due", _("due today"), "ink"),
        ("planned", _("planned"), "planned"),
        ("hold", _("on hold"), "soft"),
        ("stopped", _("stopped"), "stopped"),
    ]


def visit_windows(facts: Facts) -> Figure:
    """Whether visits took place in their windows, visit by visit in the order of the protocol."""
    codes = [visit.code for visit in facts.protocol.visits]
    found = {visit.code for visit in facts.visits}
    order = [code for code in codes if code in found] + sorted(found - set(codes))
    counts = {code: Counter(_met(visit) for visit in facts.visits if visit.code == code) for code in order}
    total = sum(counts.values(), Counter())
    said = {"inside": total["inside"], "done": total["inside"] + total["outside"]}
    sentence = _("%(inside)s of %(done)s visits that took place were within their window.") % said
    return _table("visits", _("Visit windows"), sentence, (_("Visit"), _visit_states()), counts)


def _met(visit: VisitDay) -> str:
    """A moved visit is judged by the window of its plan; both ends belong to it."""
    if visit.done_on is None:
        return visit.state
    return "inside" if visit.earliest <= visit.done_on <= visit.latest else "outside"


def _visit_states() -> list[Heading]:
    return [
        ("inside", _("in the window"), "done"),
        ("outside", _("outside it"), "hold"),
        ("missed", _("missed"), "late"),
        ("late", _("not recorded"), "open"),
        ("due", _("window open"), "ink"),
        ("planned", _("planned"), "planned"),
        ("stopped", _("stopped"), "stopped"),
    ]


def deviations(facts: Facts) -> Figure:
    """Departures from the protocol by kind, and how far people have judged them."""
    counts: dict[str, Counter[str]] = {}
    for kind in DeviationKind:
        rows = [row for row in facts.deviations if row.kind == kind]
        if rows:
            counts[str(kind.label)] = Counter(row.state for row in rows)
    important = sum(bool(row.important) for row in facts.deviations)
    said = {"n": len(facts.deviations), "important": important}
    sentence = _("%(n)s deviations, %(important)s of them judged important.") % said
    return _table("deviations", _("Deviations"), sentence, (_("Kind"), _review_states()), counts)


def _review_states() -> list[Heading]:
    return [
        ("draft", _("drafted"), "late"),
        ("classified", _("classified"), "hold"),
        ("closed", _("closed"), "done"),
    ]


def reminders(facts: Facts) -> Figure:
    """How many reminders stand where, by whom they are for. No address and no message is read for it."""
    recipients = {"participant": _("To participants"), "site": _("To the team")}
    counts = {
        words: Counter({state: n for (to, state), n in facts.reminders.items() if to == recipient})
        for recipient, words in recipients.items()
        if any(to == recipient for to, _state in facts.reminders)
    }
    total = sum(counts.values(), Counter())
    said = {"sent": total["sent"], "failed": total["failed"] + total["overdue"]}
    sentence = _("%(sent)s reminders were sent; %(failed)s failed or came too late.") % said
    return _table("reminders", _("Reminders"), sentence, (_("To"), _reminder_states()), counts)


def _reminder_states() -> list[Heading]:
    looks = {
        ReminderState.SENT: "done",
        ReminderState.OPEN: "planned",
        ReminderState.SKIPPED: "soft",
        ReminderState.CANCELLED: "stopped",
        ReminderState.OVERDUE: "hold",
        ReminderState.FAILED: "late",
    }
    return [(state.value, str(state.label), look) for state, look in looks.items()]
