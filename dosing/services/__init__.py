"""The acts of the calendar: booking day 1, recording what happened, holding and ending treatment."""

from dosing.services.booking import (
    CannotBook,
    FirstInjectionGiven,
    NotRandomized,
    book_first_injection,
    propose_first_injection,
)
from dosing.services.recording import (
    AlreadyRecorded,
    NothingPlanned,
    OnHold,
    OutOfWindow,
    TreatmentEnded,
    record_injection,
    record_visit,
)
from dosing.services.status import NotOnHold, hold, release, withdraw

__all__ = [
    "AlreadyRecorded",
    "CannotBook",
    "FirstInjectionGiven",
    "NotOnHold",
    "NotRandomized",
    "NothingPlanned",
    "OnHold",
    "OutOfWindow",
    "TreatmentEnded",
    "book_first_injection",
    "hold",
    "propose_first_injection",
    "record_injection",
    "record_visit",
    "release",
    "withdraw",
]
