"""Doses by course, windows of visits, deviations and reminders: bars of parts, and the same as tables."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from operator import attrgetter
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, ngettext_lazy, npgettext_lazy, pgettext

from dosing.core.charts import Bar, Part, bars
from dosing.models import DeviationKind, ReminderState
from dosing.progress.facts import Facts
from dosing.progress.figure import Cell, Figure
from dosing.reading.queries import VisitDay
from trial.core.protocol import ReminderFor


@dataclass(frozen=True)
class State:
    """A state of what is counted: as a heading, as words with a count, and how its part of a bar looks.

    `counted` has a place `%(n)d`; where its words agree with the count, it is lazy, for it to choose.
    """

    key: str
    heading: str
    counted: Any
    look: str

    def part(self, count: int) -> Part:
        """So many in this state, as a part of a bar."""
        return Part(count, str(self.counted % {"n": count}), self.look)


def _table(
    key: str,
    title: str,
    sentence: str,
    heads: tuple[str, Sequence[State]],
    rows: Mapping[str, Counter[str]],
) -> Figure:
    """A bar for each row, with a part for each state; the same numbers in the table."""
    first, states = heads
    drawn = [
        Bar(name, tuple(state.part(counts[state.key]) for state in states)) for name, counts in rows.items()
    ]
    cells: list[tuple[Cell, ...]] = [
        (name, *(counts[state.key] for state in states)) for name, counts in rows.items()
    ]
    empty = _("Nothing yet.")
    columns = (first, *(state.heading for state in states))
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


def _dose_states() -> list[State]:
    return [
        State("given", _("given"), ngettext_lazy("%(n)d given", "%(n)d given", "n"), "done"),
        State(
            "partial",
            _("partly given"),
            ngettext_lazy("%(n)d partly given", "%(n)d partly given", "n"),
            "hold",
        ),
        State("missed", _("not given"), ngettext_lazy("%(n)d not given", "%(n)d not given", "n"), "late"),
        State(
            "late", _("not recorded"), ngettext_lazy("%(n)d not recorded", "%(n)d not recorded", "n"), "open"
        ),
        State("due", _("due today"), _("%(n)d due today"), "ink"),
        State("planned", _("planned"), ngettext_lazy("%(n)d planned", "%(n)d planned", "n"), "planned"),
        State(
            "hold",
            pgettext("injection", "on hold"),
            ngettext_lazy("%(n)d on hold", "%(n)d on hold", "n"),
            "soft",
        ),
        State("stopped", _("stopped"), ngettext_lazy("%(n)d stopped", "%(n)d stopped", "n"), "stopped"),
        State(
            "not_applicable",
            _("not applicable"),
            ngettext_lazy("%(n)d not applicable", "%(n)d not applicable", "n"),
            "soft",
        ),
    ]


def visit_windows(facts: Facts) -> Figure:
    """Whether visits took place in their windows, visit by visit in the order of the protocol."""
    codes = [visit.code for visit in facts.protocol.every_visit]
    found = {visit.code for visit in facts.visits}
    order = [code for code in codes if code in found] + sorted(found - set(codes))
    counts = {code: Counter(_met(visit) for visit in facts.visits if visit.code == code) for code in order}
    total = sum(counts.values(), Counter())
    said = {"inside": total["inside"], "done": total["inside"] + total["outside"]}
    sentence = _("%(inside)s of %(done)s visits that took place were within their window.") % said
    beside = ngettext(
        "%(n)s unscheduled visit is not among these.",
        "%(n)s unscheduled visits are not among these.",
        facts.unscheduled,
    )
    found_beside = beside % {"n": facts.unscheduled} if facts.unscheduled else ""
    shown = _table("visits", _("Visit windows"), sentence, (_("Visit"), _visit_states()), counts)
    return replace(shown, note=found_beside)


def _met(visit: VisitDay) -> str:
    """A moved visit is judged by the window of its plan; both ends belong to it."""
    if visit.done_on is None:
        return visit.state
    return "inside" if visit.earliest <= visit.done_on <= visit.latest else "outside"


def _visit_states() -> list[State]:
    return [
        State("inside", _("in the window"), _("%(n)d in the window"), "done"),
        State("outside", _("outside it"), _("%(n)d outside it"), "hold"),
        State("missed", _("missed"), ngettext_lazy("%(n)d missed", "%(n)d missed", "n"), "late"),
        State(
            "late", _("not recorded"), ngettext_lazy("%(n)d not recorded", "%(n)d not recorded", "n"), "open"
        ),
        State("due", _("window open"), _("%(n)d window open"), "ink"),
        State("planned", _("planned"), ngettext_lazy("%(n)d planned", "%(n)d planned", "n"), "planned"),
        State("stopped", _("stopped"), ngettext_lazy("%(n)d stopped", "%(n)d stopped", "n"), "stopped"),
        State(
            "not_applicable",
            _("not applicable"),
            ngettext_lazy("%(n)d not applicable", "%(n)d not applicable", "n"),
            "soft",
        ),
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


def _review_states() -> list[State]:
    return [
        State("draft", _("drafted"), _("%(n)d drafted"), "late"),
        State(
            "classified", _("classified"), ngettext_lazy("%(n)d classified", "%(n)d classified", "n"), "hold"
        ),
        State("closed", pgettext("deviation", "closed"), _("%(n)d closed"), "done"),
    ]


def reminders(facts: Facts) -> Figure:
    """How many reminders stand where, by whom they are for. No address and no message is read for it."""
    recipients = {ReminderFor.PARTICIPANT: _("To participants"), ReminderFor.SITE: _("To the team")}
    counts = {
        words: Counter({state: n for (to, state), n in facts.reminders.items() if to == recipient})
        for recipient, words in recipients.items()
        if any(to == recipient for to, _state in facts.reminders)
    }
    total = sum(counts.values(), Counter())
    said = {"sent": total["sent"], "failed": total["failed"] + total["overdue"]}
    sentence = _("%(sent)s reminders were sent; %(failed)s failed or came too late.") % said
    return _table("reminders", _("Reminders"), sentence, (_("To"), _reminder_states()), counts)


def _reminder_states() -> list[State]:
    counted = {
        ReminderState.SENT: (ngettext_lazy("%(n)d sent", "%(n)d sent", "n"), "done"),
        ReminderState.OPEN: (
            npgettext_lazy("reminder", "%(n)d planned", "%(n)d planned", "n"),
            "planned",
        ),
        ReminderState.SKIPPED: (
            ngettext_lazy("%(n)d not sent: no address", "%(n)d not sent: no address", "n"),
            "soft",
        ),
        ReminderState.CANCELLED: (ngettext_lazy("%(n)d cancelled", "%(n)d cancelled", "n"), "stopped"),
        ReminderState.OVERDUE: (
            ngettext_lazy("%(n)d not sent: its day had passed", "%(n)d not sent: its day had passed", "n"),
            "hold",
        ),
        ReminderState.FAILED: (ngettext_lazy("%(n)d failed", "%(n)d failed", "n"), "late"),
    }
    return [State(state.value, str(state.label), words, look) for state, (words, look) in counted.items()]
