"""The endpoint of the `randomization` app."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response

from randomization.api_shapes import ReceiptShape
from randomization.queries import Receipt, receipt, receipt_of
from randomization.services import (
    AlreadyRandomized,
    ListNotActive,
    NotEligible,
    OnHold,
    draw_envelope,
)
from trial.permissions import Permission
from trial.queries import NotFound
from trial.rest.endpoint import Acting
from trial.screening.recruiting import ListExhausted, TargetReached
from trial.screening.services import NoConsent, SiteNotOpen, WrongStatus


class Randomization(Acting):
    """The draw of a participant's envelope."""

    reads, writes = Permission.VIEW_PARTICIPANTS, Permission.RANDOMIZE
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
    )

    def get(self, request: Request, **where: Any) -> Response:
        """The receipt of the participant's draw, the same whenever it is asked for."""
        drawn = receipt_of(self.participant)
        if drawn is None:
            raise NotFound(_("%(number)s is not randomised.") % {"number": self.participant.number})
        return self.shown(drawn)

    def act(self) -> Receipt:
        """Draw the next envelope of the participant's stratum. A participant has one, for ever."""
        return receipt(draw_envelope(participant=self.participant, by=self.by, at=self.at))
