"""The clinic door's pages that stop treatment, let it go on, or end it."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from dosing.pages.forms import FoundAgainForm, HoldForm, ReleaseForm, WithdrawForm
from dosing.services.status import check_can_end, find_again, hold, release, scopes_left, withdraw
from trial.permissions import Permission
from trial.screening.views import ParticipantAct


class HoldTreatment(ParticipantAct):
    """Put treatment on hold."""

    permission = Permission.HOLD
    form_class = HoldForm
    template_name = "dosing/hold.html"

    def act(self, **answers: Any) -> str:
        """Put treatment on hold and return the sentence that says so."""
        hold(participant=self.participant, by=self.by, at=self.at, **answers)
        return _("Treatment is on hold. No reminder is sent.")


class ReleaseTreatment(ParticipantAct):
    """End a hold."""

    permission = Permission.HOLD
    form_class = ReleaseForm
    template_name = "dosing/release.html"

    def act(self, **answers: Any) -> str:
        """Release the hold and return the sentence that says so."""
        release(participant=self.participant, by=self.by, at=self.at, **answers)
        return _("The hold is released.")


class FindParticipantAgain(ParticipantAct):
    """Somebody who was lost to follow-up is found."""

    permission = Permission.WITHDRAW
    form_class = FoundAgainForm
    template_name = "dosing/found_again.html"

    def act(self, **answers: Any) -> str:
        """Record that a participant lost to follow-up was found."""
        find_again(participant=self.participant, by=self.by, at=self.at, **answers)
        return _("The visits that lie ahead go on. Treatment does not.")


class WithdrawParticipant(ParticipantAct):
    """Record a withdrawal."""

    permission = Permission.WITHDRAW
    form_class = WithdrawForm
    template_name = "dosing/withdraw.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        """The ends that can still be recorded. Raises WrongStatus where there is none."""
        check_can_end(self.participant)
        return super().get_form_kwargs() | {"scopes": scopes_left(self.participant)}

    def act(self, **answers: Any) -> str:
        """Record the withdrawal and return the sentence that says so."""
        withdraw(participant=self.participant, by=self.by, at=self.at, **answers)
        return _("The withdrawal is recorded. What the participant withdrew from has stopped.")
