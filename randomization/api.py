"""The endpoint of the `randomization` app."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response

from randomization.api_shapes import ConfirmationBody, ConfirmationShape, DrawBody, ReceiptShape
from randomization.eligibility.confirming import (
    EligibilityNotConfirmed,
    NothingToConfirm,
    asks,
    confirm_eligibility,
    number_of_check,
)
from randomization.queries import Receipt, receipt, receipt_of
from randomization.services import (
    AlreadyRandomized,
    ListNotActive,
    NotEligible,
    OnHold,
    check_can_randomize,
    draw_envelope,
)
from trial.models import EligibilityConfirmation
from trial.people.signing import hand_of_token
from trial.permissions import Permission
from trial.queries import NotFound, latest_check
from trial.refusals import NotConfirmed, why_not
from trial.rest.endpoint import Acting
from trial.screening.recruiting import ListExhausted, TargetReached
from trial.screening.services import NoConsent, SiteNotOpen, WrongStatus


class Randomization(Acting):
    """The draw of a participant's envelope."""

    reads, writes = Permission.VIEW_PARTICIPANTS, Permission.RANDOMIZE
    body_shape = DrawBody
    shape = answer_shape = ReceiptShape
    refusals = (
        NoConsent,
        NotEligible,
        EligibilityNotConfirmed,
        OnHold,
        WrongStatus,
        SiteNotOpen,
        AlreadyRandomized,
        ListNotActive,
        TargetReached,
        ListExhausted,
        NotConfirmed,
    )

    def get(self, request: Request, **where: Any) -> Response:
        """The receipt of the draw, the same whenever it is asked for; before it, what a draw lacks."""
        drawn = receipt_of(self.participant)
        if drawn is None:
            why = why_not(check_can_randomize, self.participant, at=self.at)
            sentence = _("%(number)s is not randomised.") % {"number": self.participant.number}
            both = f"{sentence} {why}".strip()
            raise NotFound(both)
        return self.shown(drawn)

    def act(self, *, confirmed: dict[str, object]) -> Receipt:
        """Draw the next envelope of the participant's stratum. A participant has one, for ever."""
        hand = hand_of_token(self.request.auth)
        return receipt(
            draw_envelope(
                participant=self.participant, by=self.by, at=self.at, hand=hand, confirmed=confirmed
            )
        )


class EligibilityConfirmed(Acting):
    """An investigator's confirmation of the eligibility check that counts."""

    reads, writes = Permission.VIEW_PARTICIPANTS, Permission.CONFIRM_ELIGIBILITY
    body_shape = ConfirmationBody
    shape = answer_shape = ConfirmationShape
    refusals = (NothingToConfirm,)

    def get(self, request: Request, **where: Any) -> Response:
        """Whether the protocol asks for it, for which check, and whether it is given."""
        check = latest_check(self.participant)
        return self.shown(self._told(getattr(check, "confirmation", None)))

    def act(self, *, check: int) -> dict[str, object]:
        """Confirm that check. By token nobody signs: the row names the system and for whom it acts."""
        hand = hand_of_token(self.request.auth)
        row = confirm_eligibility(
            participant=self.participant, check=check, by=self.by, at=self.at, hand=hand
        )
        return self._told(row)

    def _told(self, row: EligibilityConfirmation | None) -> dict[str, object]:
        return {
            "asked": asks(self.participant.trial.protocol_version.protocol),
            "check": number_of_check(self.participant),
            "confirmed_at": row and row.confirmed_at,
            "confirmed_by": row and row.confirmed_by.user.shown_name,
        }
