"""The endpoints of visits beside the plan."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from dosing.models import UnscheduledVisit
from dosing.reading.unscheduled import unscheduled_of
from dosing.services.judging import TreatmentEnded
from dosing.services.recording import NothingPlanned
from dosing.services.unscheduled import correct_unscheduled, record_unscheduled, take_back_unscheduled
from trial.permissions import Permission
from trial.rest.endpoint import Acting
from trial.rest.fields import Body, Clock, Day, Prose
from trial.screening.services import NoConsent, WrongStatus


class UnscheduledBody(Body):
    """A visit that took place and that the plan does not have."""

    day = Day(help_text="The day at the site; not before the consent, and never after a death.")
    hour = Clock(required=False, allow_null=True, help_text="By the clock of the site, if it is known.")
    reason = Prose(help_text="Why the participant came.")


class UnscheduledCorrectionBody(UnscheduledBody):
    """What is right instead."""

    why = Prose(help_text="Why the earlier entry is corrected. It stays in the record.")


class TakenBackBody(Body):
    """That it never took place."""

    why = Prose(help_text="Why the entry is taken back. It stays in the record.")


class UnscheduledShape(serializers.Serializer):
    """One visit beside the plan, as it stands."""

    number = serializers.IntegerField()
    day = Day()
    hour = Clock(allow_null=True)
    reason = serializers.CharField()
    taken_back = serializers.BooleanField(help_text="Of the list always false: it holds those that stand.")


class UnscheduledList(serializers.Serializer):
    """Those of one participant, by day."""

    unscheduled = UnscheduledShape(many=True)


class Unscheduled(Acting):
    """The visits of a participant that no plan has."""

    reads, writes = Permission.VIEW_PARTICIPANTS, Permission.RECORD
    body_shape = UnscheduledBody
    shape, answer_shape = UnscheduledList, UnscheduledShape
    refusals = (NoConsent, WrongStatus, TreatmentEnded)

    def get(self, request: Request, **where: Any) -> Response:
        """The visits beside the plan, by day."""
        return self.shown({"unscheduled": unscheduled_of(self.participant)})

    def act(self, **said: Any) -> UnscheduledVisit:
        """Record one. It is no deviation by itself."""
        return record_unscheduled(participant=self.participant, by=self.by, at=self.at, **said)


class CorrectedUnscheduled(Acting):
    """The correction of a visit beside the plan."""

    writes = Permission.RECORD
    body_shape = UnscheduledCorrectionBody
    answer_shape = UnscheduledShape
    refusals = (NoConsent, WrongStatus, TreatmentEnded, NothingPlanned)

    def act(self, **said: Any) -> UnscheduledVisit:
        """Say what is right instead; the first entry stays."""
        number = self.kwargs["visit"]
        return correct_unscheduled(
            participant=self.participant, number=number, by=self.by, at=self.at, **said
        )


class UnscheduledTakenBack(Acting):
    """The end of a visit beside the plan that never took place."""

    writes = Permission.RECORD
    body_shape = TakenBackBody
    answer_shape = UnscheduledShape
    refusals = (NoConsent, WrongStatus, NothingPlanned)

    def act(self, **said: Any) -> UnscheduledVisit:
        """Take it back; the first entry stays."""
        number = self.kwargs["visit"]
        return take_back_unscheduled(
            participant=self.participant, number=number, by=self.by, at=self.at, **said
        )
