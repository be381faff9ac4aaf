"""The endpoints of deviations: the list, the review of one, and the table as CSV."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from rest_framework import serializers
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from dosing.models import DeviationKind
from dosing.reading.deviations import DeviationView, as_csv, as_rows, deviations_for
from dosing.services.reviewing import DeviationClosed, review_deviation
from trial.people.signing import hand_of_token
from trial.permissions import Permission
from trial.rest.endpoint import Acting, Endpoint
from trial.rest.fields import Body, Day, Flag, Moment, Prose
from trial.rest.queries import PageQuery


class ReviewBody(Body):
    """A person's word on a deviation."""

    important = Flag(
        help_text="Whether it may affect the data's reliability, or rights, safety or well-being."
    )
    assessment = Prose()
    closed = Flag(required=False, help_text="True closes it; what was said then stays.")


class DeviationList(serializers.ListSerializer):
    """Many deviations at once, so that the queries do not grow with their number."""

    def to_representation(self, data: Any) -> list[Any]:
        """The rows as they stand."""
        return super().to_representation(as_rows(data))


class DeviationShape(serializers.Serializer):
    """A deviation as it stands."""

    class Meta:
        list_serializer_class = DeviationList

    participant = serializers.CharField()
    site = serializers.CharField()
    number = serializers.IntegerField(help_text="Counts within the participant.")
    kind = serializers.ChoiceField(DeviationKind.values)
    event = serializers.CharField(help_text="injection:7, visit:V3, hold:5 or consent.")
    planned = Day(allow_null=True)
    earliest = Day(allow_null=True)
    latest = Day(allow_null=True)
    happened_on = Day(allow_null=True)
    reason = serializers.CharField()
    protocol_version = serializers.CharField()
    protocol_digest = serializers.CharField()
    drafted_at = Moment()
    corrected = serializers.BooleanField(help_text="The record behind it was corrected since.")
    state = serializers.ChoiceField(("draft", "classified", "closed"))
    presumed_important = serializers.BooleanField(
        help_text="Important by its kind; a person may say otherwise."
    )
    important = serializers.BooleanField(allow_null=True)
    assessment = serializers.CharField()
    reviewed_by = serializers.CharField()
    reviewed_at = Moment(allow_null=True)


class Deviations(Endpoint):
    """The deviations within reach."""

    reads = Permission.VIEW_PARTICIPANTS
    query_shape = PageQuery
    shape = DeviationShape
    paged = True

    def get(self, request: Request, **where: Any) -> Response:
        """The deviations in the order in which they were drafted."""
        return self.page(deviations_for(self.by), key="id")


class Review(Acting):
    """One deviation."""

    writes = Permission.REVIEW_DEVIATIONS
    body_shape = ReviewBody
    answer_shape = DeviationShape
    refusals = (DeviationClosed,)

    def act(self, *, important: bool, assessment: str, closed: bool = False) -> DeviationView:
        """Classify a deviation, and close it."""
        row = review_deviation(
            participant=self.participant,
            number=self.kwargs["deviation"],
            important=important,
            assessment=assessment,
            closed=closed,
            by=self.by,
            at=self.at,
            hand=hand_of_token(self.request.auth),
        )
        return as_rows(deviations_for(self.by).filter(pk=row.deviation_id))[0]


class Csv(BaseRenderer):
    """Lets `Accept: text/csv` in; the view itself makes the bytes."""

    media_type, format = "text/csv", "csv"


class DeviationsCsv(Endpoint):
    """The deviations as a table."""

    reads = Permission.VIEW_PARTICIPANTS
    renderer_classes = (Csv,)
    media_type = Csv.media_type

    def get(self, request: Request, **where: Any) -> HttpResponse:
        """All deviations within reach as CSV with a header."""
        headers = {"Content-Disposition": 'attachment; filename="deviations.csv"'}
        content = as_csv(as_rows(deviations_for(self.by)))
        return HttpResponse(content, content_type="text/csv; charset=utf-8", headers=headers)
