"""The clinic door's pages that stop treatment, let it go on, or end it."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from dosing.pages.forms import CorrectEndForm, FoundAgainForm, HoldForm, ReleaseForm, WithdrawForm
from dosing.pages.what_ends import effects, what_ends
from dosing.reading.history import told_end
from dosing.services.correcting_ends import (
    addresses_to_renew,
    check_can_correct_end,
    correct_end,
    scopes_instead,
)
from dosing.services.status import check_can_end, find_again, hold, release, scopes_left, withdraw
from trial.models import WithdrawalScope
from trial.pages.frame import ParticipantPage
from trial.pages.signing import SignedOncePage
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
        return _("Treatment is on hold. Visits go on; nobody is reminded of injections.")


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


class End(ParticipantPage, SignedOncePage):
    """An end of treatment or trial, or its correction: signed; what it ends is said beside the question."""

    permission = Permission.WITHDRAW

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        """What would end, with every day."""
        ends = what_ends(self.participant, at=self.at)
        return super().get_context_data(ends=ends, rows=effects(self.participant, self.scopes), **context)

    @property
    def scopes(self) -> list[WithdrawalScope]:
        """The ends that can be recorded."""
        raise NotImplementedError

    def get_form_kwargs(self) -> dict[str, Any]:
        """The ends that can be recorded."""
        return super().get_form_kwargs() | {"scopes": self.scopes}

    def get_success_url(self) -> str:
        """Back to the participant."""
        return reverse("participant", args=[self.participant.number])


class WithdrawParticipant(End):
    """Record a withdrawal, a death or a loss."""

    form_class = WithdrawForm
    template_name = "dosing/withdraw.html"

    @property
    def scopes(self) -> list[WithdrawalScope]:
        """The ends that can still be recorded. Raises WrongStatus where there is none."""
        check_can_end(self.participant)
        return scopes_left(self.participant)

    def act(self, **answers: Any) -> str:
        """Record it and return the sentence that says so."""
        withdraw(participant=self.participant, by=self.by, at=self.at, **answers)
        return _(
            "Recorded for %(number)s. What ended has stopped. If it was a slip, correct it under "
            "“More actions”."
        ) % {"number": self.participant.number}


class CorrectEnd(End):
    """Correct the latest withdrawal, death or loss."""

    form_class = CorrectEndForm
    template_name = "dosing/correct_end.html"

    @property
    def scopes(self) -> list[WithdrawalScope]:
        """The ends that may be right instead. Raises NoEnd where there is none to correct."""
        return scopes_instead(self.participant)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        """The entry that is corrected."""
        _before, wrong = check_can_correct_end(self.participant)
        said = told_end(wrong)
        return super().get_context_data(wrong=said, reason=wrong.reason, **context)

    def get_initial(self) -> dict[str, Any]:
        """The coded reason that is recorded."""
        _before, wrong = check_can_correct_end(self.participant)
        return super().get_initial() | {"cause": wrong.cause}

    def act(self, **answers: Any) -> str:
        """Correct it and return the sentence that says so."""
        row = correct_end(participant=self.participant, by=self.by, at=self.at, **answers)
        done = _("Corrected. The earlier entry stays in the history; days that lie ahead count again.")
        if addresses_to_renew(row):
            done += " " + _(
                "The calendar address ended with the wrong entry, and calendar programs now show the days as "
                "cancelled. Make a new address."
            )
        return done
