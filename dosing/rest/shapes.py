"""What the endpoints of the calendar take and show."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers

from dosing.models import RECORDABLE, RECORDABLE_OF_A_VISIT, BodySite, Cause, Place
from dosing.services.correcting_ends import NEVER
from trial.models import EndReason, Status, WithdrawalScope
from trial.refusals import in_both_languages
from trial.rest.fields import Body, Clock, Day, Flag, Line, Moment, Prose
from trial.rest.queries import Query
from trial.screening.shapes import Confirmed

INJECTION_STATES = (
    "given",
    "partial",
    "missed",
    "not_applicable",
    "late",
    "due",
    "planned",
    "hold",
    "stopped",
)
VISIT_STATES = ("done", "missed", "not_applicable", "late", "due", "planned", "stopped")
STOPPED_BY = "What stops it: `hold`, or the scope of an end; empty where nothing does."
STOPPED_SINCE = "The day of that hold or end. It stops the days after it, and no earlier one."

# --- Taken ---------------------------------------------------------------------------------------


class BookingBody(Body):
    """Day 1."""

    day = Day(help_text="The day of the first injection, in the calendar of the site.")
    reason = Prose(required=False, help_text="Why day 1 is moved, if it is.")
    deviation_reason = Prose(
        required=False,
        help_text="Needed for a day that the protocol does not allow: one that has come, or one for which "
        "the consent is too old. A deviation is drafted.",
    )


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

    absent = ("happened_at", "place", "body_site", "given_by", "without_release")
    outcome = serializers.ChoiceField(RECORDABLE)
    happened_at = Moment(required=False, help_text="Needed unless it was missed.")
    place = serializers.ChoiceField(Place.choices, required=False)
    body_site = serializers.ChoiceField(BodySite.choices, required=False)
    given_by = Line(required=False, max_length=120, help_text="Who gave it; without it, the token's holder.")
    without_release = Flag(
        required=False,
        help_text="True where it was given although the syringe did not show as ready; asked for by "
        "`not_released`. Where it did, it is kept as false.",
    )


class VisitBody(RecordBody):
    """What became of a visit."""

    absent = ("day",)
    outcome = serializers.ChoiceField(RECORDABLE_OF_A_VISIT)
    day = Day(required=False, help_text="The day on which it was done, or to which it is moved.")
    confirmed = Confirmed()


class HourBody(Body):
    """At what hour somebody is expected."""

    hour = Clock(
        allow_null=True,
        help_text="By the clock of the site, as HH:MM; null takes the appointment back. One that the clocks "
        "leave out that day is `invalid`; of one that comes twice the first is meant.",
    )


class ReasonBody(Body):
    """Why."""

    reason = Prose()


class HoldBody(ReasonBody):
    """A hold on treatment."""

    until = Day(
        required=False,
        help_text="Its last day; without it, the longest hold that the protocol allows.",
    )
    deviation_reason = Prose(required=False, help_text="Needed for a longer one; it drafts a deviation.")
    confirmed = Confirmed()


class WithdrawalBody(ReasonBody):
    """A withdrawal."""

    scope = serializers.ChoiceField(WithdrawalScope.choices)
    day = Day(
        required=False,
        help_text="On which it was said, of the death, or of the last contact; needed for the latter two.",
    )
    cause = serializers.ChoiceField(
        EndReason.choices,
        required=False,
        help_text="Who or what ended it, by CDISC's completion and reason for non-completion; without it the "
        "end is counted as not coded. A death and a loss are coded by themselves; reminders have none.",
    )
    confirmed = Confirmed()


class EndCorrectionBody(WithdrawalBody):
    """What is right instead of the latest withdrawal, death or loss."""

    scope = serializers.ChoiceField(
        [NEVER, *(what for what in WithdrawalScope.values if what != WithdrawalScope.REMINDERS)],
        help_text="`never`: nothing of the kind happened, and the participant is where he or she was.",
    )
    day = Day(required=False, help_text="The right day; none with `never`.")


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
    happened_on = Day(allow_null=True, help_text="The day at the site on which it was given.")
    stopped_by = serializers.CharField(help_text=STOPPED_BY)
    stopped_since = Day(allow_null=True, help_text=STOPPED_SINCE)
    place = serializers.CharField()
    body_site = serializers.CharField()
    given_by = serializers.CharField()
    reason = serializers.CharField()
    cause = serializers.CharField(help_text="The coded reason, or empty.")
    without_release = serializers.BooleanField(
        allow_null=True,
        help_text="Given although the syringe did not show as ready; null where nobody was asked.",
    )
    hour = Clock(
        allow_null=True, help_text="The hour of the appointment by the clock of the site, if one is set."
    )


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
    stopped_by = serializers.CharField(help_text=STOPPED_BY)
    stopped_since = Day(allow_null=True, help_text=STOPPED_SINCE)
    reason = serializers.CharField()
    cause = serializers.CharField(help_text="The coded reason, or empty.")
    hour = Clock(
        allow_null=True, help_text="The hour of the appointment by the clock of the site, if one is set."
    )


class TextShape(serializers.Serializer):
    """A sentence in both languages."""

    en = serializers.CharField()
    fr = serializers.CharField()


class BothShape(TextShape):
    """A sentence of the core, in both languages."""

    def to_representation(self, instance: Any) -> dict[str, Any]:
        """The words in English and in French."""
        return dict(TextShape(in_both_languages(instance)).data)


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
    shared_days = BothShape(
        many=True,
        source="double_doses",
        help_text="A sentence for each open day on which a drug is planned more than once.",
    )


class StartShape(serializers.Serializer):
    """A day that may be day 1, with what its whole calendar would meet at the site."""

    day = Day(source="date")
    events_met = serializers.IntegerField(
        help_text="How many injections and visits would fall on a public holiday, a closed day of the "
        "site or a weekend. The fewest stand first; among equals fewest injections, then the earliest day."
    )
    injections_met = serializers.IntegerField()
    visits_met = serializers.IntegerField()
    doubled_days = serializers.IntegerField(
        help_text="On how many days a drug would be planned more than once. Such a day stands last."
    )


class StartsShape(serializers.Serializer):
    """The days that the protocol allows for day 1, best first; none where no such day is left."""

    proposals = StartShape(many=True)


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
    cause = serializers.CharField(help_text="The coded reason of the end, or empty.")
