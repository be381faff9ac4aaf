"""What a participant's status means for the calendar: said once, for every status."""

from __future__ import annotations

from enum import StrEnum
from typing import assert_never

from trial.models import Status


class Treatment(StrEnum):
    """How far the calendar goes on."""

    GOES_ON = "goes_on"
    HELD = "held"
    OVER = "over"
    """No injection any more; visits go on."""
    LEFT = "left"


def treatment_of(status: str) -> Treatment:
    """What this status leaves of the calendar. Raises ValueError for one that is not known."""
    match known := Status(status):
        case (
            Status.SCREENING
            | Status.SCREEN_FAILED
            | Status.ELIGIBLE
            | Status.RANDOMIZED
            | Status.ON_TREATMENT
        ):
            return Treatment.GOES_ON
        case Status.ON_HOLD:
            return Treatment.HELD
        case Status.FOLLOW_UP:
            return Treatment.OVER
        case Status.COMPLETED | Status.WITHDRAWN:
            return Treatment.LEFT
        case _:
            assert_never(known)
