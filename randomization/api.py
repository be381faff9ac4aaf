"""The endpoint of the `randomization` app."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response

from randomization.api_shapes import DrawBody, ReceiptShape
from randomization.queries import Receipt, receipt, receipt_of
from randomization.services import (
    AlreadyRandomized,
    ListNotActive,
    NotEligible,
    OnHold,
    check_can_randomize,
    draw_envelope,
)
from trial.people.signing import hand_of_token
from trial.permissions import Permission
from trial.queries import NotFound
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
