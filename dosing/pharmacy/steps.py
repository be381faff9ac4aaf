"""Which step of a syringe may be taken now, by whom: asked by the act and by the page that offers it."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from dosing.pharmacy.models import Step
from dosing.pharmacy.slots import Slot
from trial.models import Delegation
from trial.policies import refuse_locked
from trial.refusals import Refusal
from trial.wording.clock import day_at
from trial.wording.words import medium_day

DAYS_AHEAD = 1
"""A syringe is made on its day or on the day before; a label covers no more (24 h after reconstitution)."""

_WAY = ("", Step.PREPARED, Step.CHECKED, Step.RELEASED)


class WrongPreparationStep(Refusal):
    """The syringe is not at the step from which this one may be taken."""

    code = "wrong_preparation_step"


class NotItsDay(Refusal):
    """It is too early or too late to prepare or release this syringe."""

    code = "not_its_day"


class SamePreparer(Refusal):
    """This person prepared the syringe, so another one has to check it."""

    code = "same_preparer"


def check_can_take(step: Step, slot: Slot, *, by: Delegation, at: datetime) -> None:
    """Raises why this step is not taken now by this person: what is stopped, the day, the order, the maker.

    What is there may always be discarded, also after the data lock.
    """
    if step == Step.DISCARDED:
        if not slot.present:
            raise WrongPreparationStep(_("There is no syringe to discard: none is prepared."))
        return
    refuse_locked(slot.participant.trial_id)
    if slot.stopped:
        raise slot.stopped
    _refuse_day(slot, at)
    before = _WAY[_WAY.index(step) - 1]
    if slot.present != before:
        raise WrongPreparationStep(_step_sentence(slot, before))
    if step == Step.CHECKED and slot.steps[-1].by.user_id == by.user_id:
        raise SamePreparer(_("You prepared this syringe yourself; a second person must check it."))


def _refuse_day(slot: Slot, at: datetime) -> None:
    today, words = day_at(slot.participant.site, at), {"day": medium_day(slot.date)}
    if slot.date > today + timedelta(days=DAYS_AHEAD):
        raise NotItsDay(_("This is for %(day)s. Prepare it on that day or on the day before.") % words)
    if slot.date < today:
        raise NotItsDay(_("This was for %(day)s, which has passed. Discard what was prepared.") % words)


def _step_sentence(slot: Slot, expected: str) -> str:
    if not slot.present:
        return _("This syringe is not prepared yet. Prepare it first.")
    if _WAY.index(slot.present) < _WAY.index(expected):
        return _("This syringe is not %(state)s yet. Do that first.") % {"state": Step(expected).label}
    state = Step(slot.present).label
    return _("This syringe is %(state)s already. Load the list again and look.") % {"state": state}
