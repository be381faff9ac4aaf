"""The tables of the calendar: plans, what became of them, choices, deviations, reminders."""

from dosing.models.appointments import Appointment
from dosing.models.choices import ChoiceKind, ClosedDay, CourseChoice
from dosing.models.deviations import Deviation, DeviationKind, DeviationReview
from dosing.models.feeds import CalendarFeed
from dosing.models.left_open import LeftOpen
from dosing.models.plans import Plan, PlannedInjection, PlannedVisit
from dosing.models.readiness import Readiness
from dosing.models.records import (
    RECORDABLE,
    RECORDABLE_OF_A_VISIT,
    WITHOUT_A_MOMENT,
    BodySite,
    Cause,
    InjectionOutcome,
    InjectionRecord,
    Place,
    Timing,
    VisitOutcome,
    VisitRecord,
)
from dosing.models.reminders import Heartbeat, Reminder, ReminderState, ZoneRules
from dosing.models.unscheduled import UnscheduledVisit

__all__ = [
    "RECORDABLE",
    "RECORDABLE_OF_A_VISIT",
    "WITHOUT_A_MOMENT",
    "Appointment",
    "BodySite",
    "CalendarFeed",
    "Cause",
    "ChoiceKind",
    "ClosedDay",
    "CourseChoice",
    "Deviation",
    "DeviationKind",
    "DeviationReview",
    "Heartbeat",
    "InjectionOutcome",
    "InjectionRecord",
    "LeftOpen",
    "Place",
    "Plan",
    "PlannedInjection",
    "PlannedVisit",
    "Readiness",
    "Reminder",
    "ReminderState",
    "Timing",
    "UnscheduledVisit",
    "VisitOutcome",
    "VisitRecord",
    "ZoneRules",
]
