"""What the endpoints after a slip take and show."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers

from dosing.core.options import OptionKind
from trial.rest.fields import Body, Day, Flag, Line, Prose
from trial.rest.queries import Whole
from trial.screening.shapes import Confirmed

CHOSEN = [kind.value for kind in OptionKind if kind is not OptionKind.STOP]


class ChoiceBody(Body):
    """One option. `course` is the number of the course over all courses."""

    option = serializers.ChoiceField(CHOSEN)
    course = Whole(min_value=1, max_value=1000)
    start = Day(required=False, help_text="The first day of a course that is moved.")
    reason = Prose()

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """A course is moved to a day; nothing else has one."""
        if (attrs["option"] == "move") != ("start" in attrs):
            raise serializers.ValidationError({"start": _("Enter a date only for a course that is moved.")})
        return attrs


class ClosedDayBody(Body):
    """A day on which a site is closed."""

    site = Line(max_length=6, help_text="The site's number.")
    day = Day()
    name = Line(required=False, max_length=80, help_text="The reason. Needed to close a day.")
    closed = Flag(required=False, help_text="False takes the day back.")
    confirmed = Confirmed()


class ChangeShape(serializers.Serializer):
    """One day that differs; null where only the other plan has it."""

    code = serializers.CharField()
    old = Day(allow_null=True)
    new = Day(allow_null=True)
    old_earliest = Day(allow_null=True)
    old_latest = Day(allow_null=True)
    new_earliest = Day(allow_null=True)
    new_latest = Day(allow_null=True)

    def to_representation(self, instance: Any) -> dict[str, Any]:
        """Both sides of the change, flat."""
        shown: dict[str, Any] = {"code": instance.code}
        for side, entry in (("old", instance.old), ("new", instance.new)):
            shown[side] = entry.date.isoformat() if entry else None
            for end in ("earliest", "latest"):
                shown[f"{side}_{end}"] = getattr(entry, end).isoformat() if entry else None
        return shown


class OptionShape(serializers.Serializer):
    """One lawful option. `days` says how much later than planned the course would start."""

    option = serializers.ChoiceField([kind.value for kind in OptionKind], source="kind")
    course = serializers.IntegerField(help_text="0 where no single course is meant.")
    start = Day(allow_null=True)
    days = serializers.IntegerField()
    changes = ChangeShape(many=True)


class OptionsShape(serializers.Serializer):
    """The lawful options of a participant at this moment."""

    participant = serializers.CharField()
    options = OptionShape(many=True)


class ClosedDayShape(serializers.Serializer):
    """One closed day."""

    site = serializers.CharField()
    day = Day()
    name = serializers.CharField()


class ClosedDaysShape(serializers.Serializer):
    """The closed days within reach, by site and day."""

    days = ClosedDayShape(many=True)
