"""The endpoint of a participant's protocol version."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from dosing.reading.explaining import ExplainedCalendar
from dosing.reading.queries import current_plan
from dosing.reading.situation import recounted
from dosing.reading.versions import changes_by, put_into_past
from dosing.rest import shapes
from dosing.rest.api import explained_for
from dosing.rest.reschedule_shapes import ChangeShape
from dosing.services.amending import CannotAmend, move_to_version
from dosing.services.recording import NothingPlanned
from trial.permissions import Permission
from trial.rest.endpoint import Acting
from trial.rest.fields import Line, Prose
from trial.screening.services import WrongStatus


class VersionBody(shapes.ReasonBody):
    """To which version, and why."""

    digest = Line(max_length=64, help_text="The SHA-256 of the protocol file, as `newest_digest` says.")
    reason = Prose()
    not_applicable = serializers.ListField(
        child=Line(max_length=40),
        required=False,
        max_length=1000,
        help_text="Codes out of `put_into_past`: nothing was due on these days.",
    )


class VersionShape(serializers.Serializer):
    """The version that planned the calendar, the newest one, and what moving to it would change."""

    participant = serializers.CharField()
    version = serializers.CharField(help_text="Empty before day 1 is booked.")
    digest = serializers.CharField()
    newest_version = serializers.CharField()
    newest_digest = serializers.CharField()
    changes = ChangeShape(many=True)
    put_into_past = ChangeShape(
        many=True, help_text="Those by which a day would pass of which nothing is recorded."
    )
    recounted = ChangeShape(
        many=True, help_text="Those that any new plan brings, as months are added up before they are clamped."
    )


class Version(Acting):
    """The protocol version that a participant's calendar follows."""

    reads, writes = Permission.VIEW_PARTICIPANTS, Permission.AMEND
    shape = VersionShape
    body_shape = VersionBody
    answer_shape = shapes.CalendarShape
    refusals = (NothingPlanned, CannotAmend, WrongStatus)

    def get(self, request: Request, **where: Any) -> Response:
        """Both versions, with every day and window that a move to the newest would change."""
        plan, newest = current_plan(self.participant), self.participant.trial.protocol_version
        changes = changes_by(self.participant, plan, newest, at=self.at) if plan else ()
        past = put_into_past(self.participant, plan, newest, changes, at=self.at) if plan else ()
        return self.shown(
            {
                "participant": self.participant.number,
                "version": plan.protocol_version.version if plan else "",
                "digest": plan.protocol_version.digest if plan else "",
                "newest_version": newest.version,
                "newest_digest": newest.digest,
                "changes": changes,
                "put_into_past": past,
                "recounted": recounted(self.participant, plan) if plan else (),
            }
        )

    def act(self, *, digest: str, reason: str, not_applicable: Collection[str] = ()) -> ExplainedCalendar:
        """Move the participant to a newer version; the reply is the calendar that follows."""
        move_to_version(
            participant=self.participant,
            digest=digest,
            reason=reason,
            not_applicable=not_applicable,
            by=self.by,
            at=self.at,
        )
        return explained_for(self)
