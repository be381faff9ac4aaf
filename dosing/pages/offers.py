"""What pages offer to do with a participant: by the same checks that refuse it (decision 20).

Each act has one `check_can_…` beside its service, which raises why not. The service asks it under the
participant's lock, a page asks it before it shows a button.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from dosing.core.day_state import DayState
from dosing.core.options import OptionKind
from dosing.reading.queries import CalendarView
from dosing.services.appointments import check_can_set_hours
from dosing.services.booking import check_can_book
from dosing.services.choosing import check_can_choose
from dosing.services.correcting_ends import check_can_correct_end
from dosing.services.feeding import check_can_make_feed
from dosing.services.status import (
    check_can_end,
    check_can_find_again,
    check_can_hold,
    check_can_release,
)
from dosing.services.unscheduled import check_can_record_unscheduled
from randomization.eligibility.confirming import check_can_confirm
from randomization.services import check_can_randomize, check_may_be_drawn
from trial.models import CurrentParticipant, Status
from trial.permissions import Permission, may
from trial.refusals import Refusal, can
from trial.screening.consent_correction import check_can_correct_consent
from trial.screening.erasing import check_can_erase
from trial.screening.mistakes import check_can_mark, check_can_take_back
from trial.screening.services import check_can_judge, check_can_record_consent, check_can_record_contact


@dataclass(frozen=True)
class Known:
    """A participant as a page knows them: as they stand, with the calendar of this moment, `at`."""

    participant: CurrentParticipant
    calendar: CalendarView | None
    at: datetime

    @property
    def begun(self) -> bool:
        """Whether an injection was given, in full or in part."""
        return self.calendar is not None and not self.calendar.provisional

    @property
    def first_choice(self) -> OptionKind:
        """What can be chosen: to move a course, or before any injection another day 1, if one was missed."""
        before = self.calendar is not None and self.participant.current_status == Status.RANDOMIZED
        return OptionKind.FOLLOW if before and self._day_1_is_later() else OptionKind.MOVE

    def _day_1_is_later(self) -> bool:
        """Whether the planned first injections were missed, and day 1 is still counted from them."""
        calendar = self.calendar
        if calendar is None or calendar.injections[0].state != DayState.MISSED:
            return False
        ahead = (day.date for day in calendar.injections if not day.recorded)
        return next(ahead, calendar.first_injection) != calendar.first_injection

    @cached_property
    def why_not_drawn(self) -> Refusal | None:
        """With what a draw would be refused now. Draws are counted for it, so a page asks once."""
        try:
            check_can_randomize(self.participant, at=self.at)
        except Refusal as reason:
            return reason
        return None

    def check_can_randomize(self) -> None:
        """Raise what a draw would be refused with."""
        if self.why_not_drawn:
            raise self.why_not_drawn


@dataclass(frozen=True)
class Offer:
    """An act: who may, and what speaks against it."""

    permission: Permission
    check: Callable[[Known], object]


OFFERS = {
    "consent": Offer(Permission.SCREEN, lambda who: check_can_record_consent(who.participant)),
    "correct_consent": Offer(Permission.SCREEN, lambda who: check_can_correct_consent(who.participant)),
    "eligibility": Offer(Permission.SCREEN, lambda who: check_can_judge(who.participant)),
    "contact": Offer(Permission.MANAGE_CONTACT, lambda who: check_can_record_contact(who.participant)),
    "erase": Offer(Permission.ERASE, lambda who: check_can_erase(who.participant)),
    "participant_feeds": Offer(Permission.MANAGE_CONTACT, lambda who: check_can_make_feed(who.participant)),
    "confirm_eligibility": Offer(
        Permission.CONFIRM_ELIGIBILITY, lambda who: check_can_confirm(who.participant)
    ),
    "paper_randomization": Offer(Permission.CORRECT, lambda who: check_may_be_drawn(who.participant)),
    "randomize": Offer(Permission.RANDOMIZE, lambda who: who.check_can_randomize()),
    "book": Offer(Permission.BOOK, lambda who: check_can_book(who.participant, begun=who.begun)),
    "options": Offer(Permission.BOOK, lambda who: check_can_choose(who.participant, who.first_choice)),
    "hold": Offer(Permission.HOLD, lambda who: check_can_hold(who.participant)),
    "release": Offer(Permission.HOLD, lambda who: check_can_release(who.participant)),
    "withdraw": Offer(Permission.WITHDRAW, lambda who: check_can_end(who.participant)),
    "correct_end": Offer(Permission.WITHDRAW, lambda who: check_can_correct_end(who.participant)),
    "mistake": Offer(Permission.SCREEN, lambda who: check_can_mark(who.participant)),
    "no_mistake": Offer(Permission.SCREEN, lambda who: check_can_take_back(who.participant)),
    "unscheduled": Offer(Permission.RECORD, lambda who: check_can_record_unscheduled(who.participant)),
    "hours": Offer(Permission.RECORD, lambda who: check_can_set_hours(who.participant, who.calendar)),
    "found_again": Offer(Permission.WITHDRAW, lambda who: check_can_find_again(who.participant)),
}
"""By the name of its page's address."""


def offered(name: str, who: Known, role: str) -> bool:
    """Whether a page shows the way to this act: the role may, and the service would not refuse.

    After the data lock only what takes away is left.
    """
    offer = OFFERS[name]
    if who.participant.data_locked and name not in AFTER_THE_LOCK:
        return False
    return may(role, offer.permission) and can(offer.check, who)


AFTER_THE_LOCK = frozenset({"erase"})
