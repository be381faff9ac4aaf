"""The acts of the calendar: booking day 1, recording what happened, holding and ending treatment."""

from dosing.services.amending import CannotAmend, move_everybody, move_to_version
from dosing.services.booking import (
    CannotBook,
    FirstInjectionGiven,
    NotRandomized,
    book_first_injection,
    propose_first_injection,
)
from dosing.services.choosing import (
    CannotMove,
    NoSlip,
    follow_actual,
    keep_days,
    move_course,
    present_options,
)
from dosing.services.closing import DayClosed, DayOpen, close_day, open_day
from dosing.services.day_guards import BeforeDay1
from dosing.services.feeding import FeedRevoked, make_feed, revoke_feed
from dosing.services.recording import (
    AlreadyRecorded,
    NothingPlanned,
    OnHold,
    OutOfWindow,
    TreatmentEnded,
    record_injection,
    record_visit,
)
from dosing.services.reviewing import DeviationClosed, review_deviation
from dosing.services.status import NotLost, NotOnHold, find_again, hold, release, withdraw

__all__ = [
    "AlreadyRecorded",
    "BeforeDay1",
    "CannotAmend",
    "CannotBook",
    "CannotMove",
    "DayClosed",
    "DayOpen",
    "DeviationClosed",
    "FeedRevoked",
    "FirstInjectionGiven",
    "NoSlip",
    "NotLost",
    "NotOnHold",
    "NotRandomized",
    "NothingPlanned",
    "OnHold",
    "OutOfWindow",
    "TreatmentEnded",
    "book_first_injection",
    "close_day",
    "find_again",
    "follow_actual",
    "hold",
    "keep_days",
    "make_feed",
    "move_course",
    "move_everybody",
    "move_to_version",
    "open_day",
    "present_options",
    "propose_first_injection",
    "record_injection",
    "record_visit",
    "release",
    "review_deviation",
    "revoke_feed",
    "withdraw",
]
