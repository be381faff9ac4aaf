"""The endpoints of the sealed half: one arm at a time, audited before it is shown.

No answer with an arm is ever stored: a repeated request opens the envelope again, and is audited again.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from functools import cached_property
from typing import Any

from django.db import DatabaseError, transaction
from django.http import HttpResponse
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from randomization.sealed.opening.password_check import confirm_without_lockout
from randomization.sealed.opening.revealing import CannotReveal, NotRandomized, Purpose, code_break, reveal
from randomization.sealed.vault.envelope_contents import SealDamaged
from trial.core.protocol import Arm
from trial.models import CurrentParticipant
from trial.people.confirming import WrongPassword
from trial.people.signing import hand_of_token
from trial.permissions import Permission
from trial.queries import find_participant
from trial.rest import idempotency
from trial.rest.endpoint import Acting, Endpoint
from trial.rest.fields import Body, Moment, Prose
from trial.screening.shapes import Words

logger = logging.getLogger(__name__)

OPENING = (NotRandomized, SealDamaged, CannotReveal)


class ArmShape(serializers.Serializer):
    """An arm of the protocol."""

    code = serializers.CharField()
    label = Words()  # type: ignore[assignment]


class AllocationShape(serializers.Serializer):
    """One participant's arm. For the eyes of the person who asked."""

    participant = serializers.CharField()
    arm = ArmShape()


class CodeBreakShape(AllocationShape):
    """A broken code."""

    broken_at = Moment()


class CodeBreakBody(Body):
    """Why the code must be broken, and the password of the token's holder."""

    reason = Prose()
    password = serializers.CharField(max_length=1000, trim_whitespace=False, write_only=True)


class Allocation(Endpoint):
    """One participant's arm."""

    reads = Permission.VIEW_ALLOCATION
    shape = AllocationShape
    read_refusals = OPENING

    def get(self, request: Request, **where: Any) -> Response:
        """The arm of one participant. That it was asked for is recorded before it is shown."""
        arm = reveal(participant=self.participant, by=self.by, purpose=Purpose.ALLOCATION, at=self.at)
        return self.shown({"participant": self.participant, "arm": arm})


class CodeBreak(Acting):
    """Emergency unblinding of one participant."""

    writes = Permission.BREAK_CODE
    body_shape = CodeBreakBody
    answer_shape = CodeBreakShape
    refusals = (*OPENING, WrongPassword)

    @cached_property
    def participant(self) -> CurrentParticipant:
        """The participant of the address, if within reach. Raises NotFound."""
        return find_participant(self.by, self.kwargs["number"])

    def post(self, request: Request, **where: Any) -> HttpResponse:
        """Break the code. Repeated under its key it is no second code break, but opened and audited again."""
        idempotency.required_key(request)
        sent: Any = request.data
        values = self.read_body(sent)
        confirm_without_lockout(user=self.by.user, password=values.pop("password"), by=self.by, at=self.at)
        fact, arm = self._earlier(values) or self._now(values)
        shown = self.answer_shape({"participant": self.participant, "arm": arm, "broken_at": self.at}).data
        return idempotency.as_answer(201, idempotency.as_text({**shown, **fact}))

    def act(self, **values: Any) -> object:
        """Break the code of one participant in an emergency: a reason and the password, no approval."""
        return code_break(participant=self.participant, by=self.by, at=self.at, **values)

    def _earlier(self, values: Mapping[str, Any]) -> tuple[Any, Arm] | None:
        """What was kept of the first time, and the arm once more."""
        kept = idempotency.kept_answer(self.by, idempotency.required_key(self.request))
        if kept is None:
            return None
        idempotency.refuse_other(kept, self.request, values)
        arm = reveal(
            participant=self.participant, by=self.by, purpose=Purpose.CODE_BREAK_AGAIN, at=self.at, **values
        )
        return json.loads(kept.body), arm

    def _now(self, values: Mapping[str, Any]) -> tuple[Any, Arm]:
        """Break the code, then keep that it was done. Nothing may stand in the way of the answer."""
        hand = hand_of_token(self.request.auth)
        arm = code_break(
            participant=self.participant, by=self.by, at=self.at, reason=values["reason"], hand=hand
        )
        fact = {"broken_at": Moment().to_representation(self.at)}
        try:
            with transaction.atomic():
                text = idempotency.as_text(fact)
                idempotency.keep(self.request, values, by=self.by, status=201, body=text, at=self.at)
        except DatabaseError as fault:
            logger.warning("a code break was not kept under its key: %s", type(fault).__name__)
        return fact, arm
