"""The calendar's values and functions in one place: where services, commands and pages import them."""

from __future__ import annotations

from dosing.core.anchors import CourseKey
from dosing.core.days import date_of, trial_day
from dosing.core.notes import Holidays, Note, NoteKind
from dosing.core.planned import Calendar, Planned, PlannedInjection, PlannedVisit
from dosing.core.planning import Planner, plan, planner_of
from dosing.core.refusals import CalendarRefusal, CannotPlan, FirstInjectionRefused
from dosing.core.starts import StartProposal, check_first_injection, propose_starts
from dosing.core.windows import Timing, judge

__all__ = [
    "Calendar",
    "CalendarRefusal",
    "CannotPlan",
    "CourseKey",
    "FirstInjectionRefused",
    "Holidays",
    "Note",
    "NoteKind",
    "Planned",
    "PlannedInjection",
    "PlannedVisit",
    "Planner",
    "StartProposal",
    "Timing",
    "check_first_injection",
    "date_of",
    "judge",
    "plan",
    "planner_of",
    "propose_starts",
    "trial_day",
]
