"""What the endpoints of the calendar take and show."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers

from dosing.models import RECORDABLE, BodySite, Cause, Place, VisitOutcome
from trial.models import Status, WithdrawalScope
from trial.refusals import in_both_languages
from trial.rest.fields import Body, Day, Flag, Line, Moment, Prose
from trial.rest.queries import Query

INJECTION_STATES = ("given", "partial", "missed", "late", "due", "planned", "hold", "stopped")
VISIT_STATES = ("done", "missed", "late", "due", "planned", "stopped")

# --- Taken ---------------------------------------------------------------------------------------


class BookingBody(Body):
    """Day 1."""

    day = Day(help_text="The day of the first injection, in the calendar of the site.")
    reason = Prose(required=False, help_text="Why day 1 is moved, if it is.")


class RecordBody(Body):
    """What the records of injections and visits share. `absent` names what a missed one cannot have."""

    absent: tuple[str, ...] = ()
    reason = Prose(required=False, help_text="Needed for whatever did not go as planned.")
    cause = serializers.ChoiceField(
        Cause.choices, required=False, help_text="The coded part of the reason; none for what was done."
    )
    deviation_reason = Prose(required=False, help_text="Needed outside the window.")
    correction = Flag(required=False, help_text="True to correct what is recorded; the first record stays.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Refuse a missed act that is said to have happened."""
        if attrs["outcome"] == "missed":
            sentence = _("Leave this out: it was not done. If it was, correct the outcome.")
            if wrong := {name: sentence for name in self.absent if name in attrs}:
                raise serializers.ValidationError(wrong)
        return attrs


class InjectionBody(RecordBody):
    """What became of an injection."""

    absent = ("happened_at", "place", "body_site", "given_by")
    outcome = serializers.ChoiceField(RECORDABLE)
    happened_at = Moment(required=False, help_text="Needed unless it was missed.")
    place = serializers.ChoiceField(Place.choices, required=False)
    body_site = serializers.ChoiceField(BodySite.choices, required=False)
    given_by = Line(required=False, max_length=120, help_text="Who gave it; without it, the token's holder.")


class VisitBody(RecordBody):
    """What became of a visit."""

    absent = ("day",)
    outcome = serializers.ChoiceField(VisitOutcome.choices)
    day = Day(required=False, help_text="The day on which it was done, or to which it is moved.")


class ReasonBody(Body):
    """Why."""

    reason = Prose()


class HoldBody(ReasonBody):
    """A hold on treatment."""

    until = Day(
        required=False,
        help_text="Its last day; without it, the longest hold that the protocol allows.",
    )


class WithdrawalBody(ReasonBody):
    """A withdrawal."""

    scope = serializers.ChoiceField(WithdrawalScope.choices)
    day = Day(required=False, help_text="Of the death or of the last contact; for these two only.")


class DueQuery(Query):
    """Which day."""

    day = Day(required=False, help_text="YYYY-MM-DD; without it, today at the site.")


# --- Shown ---------------------------------------------------------------------------------------


class InjectionShape(serializers.Serializer):
    """One injection as it stands. Both ends belong to the window."""

    participant = serializers.CharField()
    number = serializers.IntegerField()
    code = serializers.CharField(help_text="C2D5: fifth day of course 2.")
    course = serializers.IntegerField(source="course_number")
    day_in_course = serializers.IntegerField()
    trial_day = serializers.IntegerField()
    date = Day()
    earliest = Day()
    latest = Day()
    state = serializers.ChoiceField(INJECTION_STATES)
    ready = serializers.BooleanField(help_text="The syringe is ready to be fetched.")
    happened_at = Moment(allow_null=True)
    place = serializers.CharField()
    body_site = serializers.CharField()
    given_by = serializers.CharField()
    reason = serializers.CharField()
    cause = serializers.CharField(help_text="The coded reason, or empty.")


class VisitShape(serializers.Serializer):
    """One visit as it stands. `date` is the day it is expected on."""

    participant = serializers.CharField()
    code = serializers.CharField()
    trial_day = serializers.IntegerField()
    target = Day()
    date = Day()
    earliest = Day()
    latest = Day()
    state = serializers.ChoiceField(VISIT_STATES)
    moved = serializers.BooleanField()
    done_on = Day(allow_null=True)
    reason = serializers.CharField()
    cause = serializers.CharField(help_text="The coded reason, or empty.")


class TextShape(serializers.Serializer):
    """A sentence in both languages."""

    en = serializers.CharField()
    fr = serializers.CharField()


class PlannedInjectionShape(InjectionShape):
    """An injection of a calendar, with the reason why it lies on that day."""

    explanation = TextShape()

    def to_representation(self, instance: Any) -> dict[str, Any]:
        """The day's fields, and the reason."""
        return {
            **InjectionShape(instance.day).data,
            "explanation": TextShape(in_both_languages(instance.explanation)).data,
        }


class PlannedVisitShape(VisitShape):
    """A visit of a calendar, with the reason why its target lies on that day."""

    explanation = TextShape()

    def to_representation(self, instance: Any) -> dict[str, Any]:
        """The day's fields, and the reason."""
        return {
            **VisitShape(instance.day).data,
            "explanation": TextShape(in_both_languages(instance.explanation)).data,
        }


class CalendarShape(serializers.Serializer):
    """A participant's calendar. Provisional until the first injection is given."""

    first_injection = Day(source="view.first_injection")
    provisional = serializers.BooleanField(source="view.provisional")
    injections = PlannedInjectionShape(many=True)
    visits = PlannedVisitShape(many=True)


class DueInjectionShape(InjectionShape):
    """An injection of the day, with the states of its whole course."""

    course_states = serializers.ListField(child=serializers.ChoiceField(INJECTION_STATES))

    def to_representation(self, instance: Any) -> dict[str, Any]:
        """The day's fields, and the course."""
        shown = InjectionShape(instance.day).data
        return {**shown, "course_states": list(instance.course)}


class DueShape(serializers.Serializer):
    """What a site has to do on a day: late first."""

    day = Day(source="on")
    injections = DueInjectionShape(many=True)
    visits = VisitShape(many=True)


class StandingShape(serializers.Serializer):
    """Where the participant stands after the act."""

    participant = serializers.CharField()
    status = serializers.ChoiceField(Status.choices)
    scope = serializers.CharField(help_text="How the participant left, if so; empty otherwise.")
    until = Day(allow_null=True, help_text="The last day of a hold.")
