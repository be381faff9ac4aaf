"""What the endpoints of the `trial` app take and show."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from trial.core.numbers import read_number
from trial.core.protocol import Before, CriterionKind, Group, Unit
from trial.models import AuditEntry, EndReason, Status, WithdrawalScope
from trial.queries import counted_ends, counting
from trial.rest.fields import Body, Day, Email, Flag, Line, Moment, Prose
from trial.rest.queries import PageQuery, Whole

LANGUAGES = (("en", "English"), ("fr", "French"))

# --- Taken ---------------------------------------------------------------------------------------


class EitherNumber(Line):
    """A participant number or a randomisation number, as it may be typed."""

    default_error_messages = {"number": _("This is no number of a participant; look at the card.")}

    def to_internal_value(self, data: Any) -> str:
        """The number as it was typed, if it can be one."""
        typed = str(super().to_internal_value(data))
        try:
            read_number(typed)
        except ValueError:
            self.fail("number")
        return typed


class ParticipantsQuery(PageQuery):
    """The parameters that choose participants."""

    status = serializers.ChoiceField(Status.choices, required=False, help_text="Only those in this status.")
    site = Line(required=False, max_length=6, help_text="Only those of the site with this number.")
    number = EitherNumber(
        required=False,
        max_length=40,
        help_text="Only the one with this participant number or randomisation number.",
    )


@extend_schema_field(
    {"oneOf": [{"type": "boolean"}, {"type": "number"}, {"type": "string", "maxLength": 40}]}
)
class Answer(serializers.Field):
    """One answer: true or false, a number, or a day as YYYY-MM-DD."""

    default_error_messages = {"kind": _("Answer true, false, a number, or a day as YYYY-MM-DD.")}

    def to_internal_value(self, data: Any) -> bool | int | Decimal | str:
        """The answer as it was sent; the protocol judges it."""
        if not isinstance(data, bool | int | Decimal | str) or len(str(data)) > 40:
            self.fail("kind")
        return data

    def to_representation(self, value: Any) -> Any:
        """The answer."""
        return value


class Named(serializers.DictField):
    """Values by their names."""

    default_error_messages = {"not_a_dict": _("Send an object: each value under its name.")}


class Confirmed(Named):
    """Unlikely values that are right all the same: the very value, by its field."""

    child = Answer()

    def __init__(self) -> None:
        super().__init__(
            required=False,
            default=dict,
            help_text="Unlikely values that are right, each under its field: that very value.",
        )


class NewParticipant(Body):
    """A person who is being screened."""

    site = Line(required=False, max_length=6, help_text="The site's number; a token of one site needs none.")
    consent_signed_on = Day(required=False, help_text="The day on which the consent was signed, if it was.")
    confirmed = Confirmed()


class ConsentBody(Body):
    """A signed consent."""

    signed_on = Day()
    correction = Flag(required=False, help_text="The day that is recorded is wrong; this is the right one.")
    reason = Prose(required=False, help_text="Why it is corrected; needed for a correction.")
    confirmed = Confirmed()


class EligibilityBody(Body):
    """The answers to the protocol's criteria."""

    birth_date = Day(help_text="Used for the age on the day of consent; only month and year are kept.")
    answers = Named(child=Answer(), help_text="By question: I1, I5a, E3.")
    strata = Named(
        child=Line(max_length=40),
        required=False,
        default=dict,
        help_text="By stratification factor; what the site fixes need not be given.",
    )
    happened_on = Day(
        required=False,
        help_text="The day on which the criteria were gone through on paper; needed once a site has closed.",
    )
    confirmed = Confirmed()


class ContactBody(Body):
    """Where reminders may go."""

    email = Email(max_length=254)
    language = serializers.ChoiceField(LANGUAGES)
    consented_on = Day(help_text="The day on which the participant agreed to reminders.")
    confirmed = Confirmed()


class AuditQuery(PageQuery):
    """The parameters that choose a part of the trail."""

    after = Whole(required=False, help_text="Only entries with a higher sequence number.")
    chain = Line(
        required=False,
        max_length=6,
        help_text="A site's number; without it the token's site, or the trial's own.",
    )


# --- Shown ---------------------------------------------------------------------------------------


class Words(serializers.Serializer):
    """A sentence in both languages."""

    en = serializers.CharField()
    fr = serializers.CharField()


class Failure(Words):
    """A criterion that is not met, in words."""

    id = serializers.CharField()


class EndList(serializers.ListSerializer):
    """The ends among a participant's statuses; one that was corrected is not among them."""

    def to_representation(self, data: Any) -> Any:
        """Each end that counts."""
        return super().to_representation(counted_ends(counting(data.all())))


class EndShape(serializers.Serializer):
    """An end of treatment or trial that counts."""

    class Meta:
        list_serializer_class = EndList

    scope = serializers.ChoiceField(WithdrawalScope.choices)
    cause = serializers.ChoiceField(EndReason.choices, allow_null=True, help_text="Null: not coded.")
    term = serializers.CharField(
        source="cause.term", default=None, allow_null=True, help_text="The same as CDISC spells it (NCOMPLT)."
    )
    day = Day(allow_null=True)
    early = serializers.BooleanField(help_text="Treatment was stopped early by it.")


class ParticipantShape(serializers.Serializer):
    """One participant."""

    number = serializers.CharField()
    site = serializers.CharField(source="site.number")
    stratum = serializers.CharField()
    status = serializers.ChoiceField(Status.choices, source="current_status")
    consent_signed_on = Day(source="signed_on", allow_null=True)
    eligible = serializers.BooleanField(allow_null=True, help_text="Null before the first eligibility check.")
    screened_at = Moment()
    ends = EndShape(
        many=True,
        source="statuses",
        help_text="The ends that count, the oldest first, whatever status came after them.",
    )


class RefusedShape(serializers.Serializer):
    """With what an act would be refused now."""

    code = serializers.CharField()
    detail = serializers.CharField()


class BeforehandShape(serializers.Serializer):
    """What to know before somebody is examined."""

    notes = serializers.ListField(
        child=serializers.CharField(),
        help_text="What to know before this person is examined: a closed site, a target that is reached, a "
        "list that is used up. Empty once an envelope is drawn.",
    )


class StandingShape(BeforehandShape):
    """What is in the way of a participant's draw."""

    refused = RefusedShape(
        allow_null=True, help_text="With what a draw would be refused now; null where it would be made."
    )


class SiteNowShape(serializers.Serializer):
    """A site, and what to know before somebody is examined there."""

    site = serializers.CharField(source="site.number")
    name = serializers.CharField(source="site.name")
    zone = serializers.CharField(source="site.zone")
    opened_on = Day(source="site.opened_on", allow_null=True)
    closed_on = Day(
        source="site.closed_on", allow_null=True, help_text="The first day on which it takes nobody; or null."
    )
    refused = RefusedShape(
        allow_null=True,
        help_text="With what a new number would be refused now: `site_not_open`, `target_reached` or "
        "`list_exhausted`; null where it would be given.",
    )
    notes = serializers.ListField(
        child=serializers.CharField(),
        help_text="What to know before somebody is examined there, such as a stratum in which nobody can be "
        "randomised now.",
    )


class SitesShape(serializers.Serializer):
    """The sites within the token's reach, by number."""

    sites = SiteNowShape(many=True)


class OneParticipantShape(ParticipantShape, StandingShape):
    """One participant, and what is in the way of a draw."""


class CheckShape(serializers.Serializer):
    """The outcome of an eligibility check."""

    eligible = serializers.BooleanField()
    failures = Failure(many=True)
    checked_at = Moment()
    protocol_version = serializers.CharField(source="protocol_version.version")


class PlausibleShape(serializers.Serializer):
    """The range that a number usually lies in; both ends belong to it."""

    low = serializers.CharField()
    high = serializers.CharField()


class WithinShape(serializers.Serializer):
    """How long something keeps out, from the day on which it last was so to the day named by `before`."""

    value = serializers.IntegerField(source="time.value")
    unit = serializers.ChoiceField([(unit.value, unit.value) for unit in Unit], source="time.unit")
    before = serializers.ChoiceField([(before.value, before.value) for before in Before])


class QuestionShape(serializers.Serializer):
    """A question of the eligibility check. `kind` says how it is answered: yes_no, age, since or number.

    A number outside `plausible` has to be confirmed. Where there is `within`, the answer is false or the
    day on which it last was so.
    """

    id = serializers.CharField()
    group = serializers.ChoiceField([(group.value, group.value) for group in Group])
    kind = serializers.ChoiceField([(kind.value, kind.value) for kind in CriterionKind])
    text = Words()
    question = Words(allow_null=True)
    unit = serializers.CharField()
    plausible = PlausibleShape(allow_null=True)
    within = WithinShape(allow_null=True)


class LevelShape(serializers.Serializer):
    """One value of a stratification factor."""

    code = serializers.CharField()
    label = Words()  # type: ignore[assignment]


class FactorShape(LevelShape):
    """A stratification factor."""

    levels = LevelShape(many=True)
    from_site = serializers.BooleanField(help_text="Each site fixes the level; it need not be given.")


class EligibilityShape(BeforehandShape):
    """What is asked, what to know beforehand, and how the last check came out."""

    questions = QuestionShape(many=True)
    strata = FactorShape(many=True)
    check = CheckShape(allow_null=True)


class ContactShape(serializers.Serializer):
    """That reminders may be sent. The address is not shown again."""

    language = serializers.CharField()
    consented_on = Day()
    recorded_at = Moment()


class EntryShape(serializers.Serializer):
    """One entry of the audit trail, with its link to the one before."""

    sequence = serializers.IntegerField()
    at = Moment()
    actor = serializers.CharField()
    role = serializers.CharField()
    action = serializers.CharField()
    subject = serializers.CharField()
    body = serializers.SerializerMethodField()
    previous = serializers.CharField()
    hash = serializers.CharField()

    def get_body(self, entry: AuditEntry) -> dict[str, Any]:
        """What was hashed, as JSON; its canonical form is the text under the hash."""
        return entry.shown()  # but for early entries of draws (docs/archive.md)
