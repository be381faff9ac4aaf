"""What the endpoints of the pharmacy take and show."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers

from dosing.pharmacy.stock import MOST_VIALS
from trial.rest.fields import Body, Day, Line, Moment, Prose
from trial.rest.queries import Query, Whole
from trial.screening.shapes import Confirmed, Words

STEPS = ("prepared", "checked", "released", "discarded")
STATES = ("", "prepared", "checked", "released")
DAY_STATES = ("", "given", "partial", "missed", "not_applicable", "late", "due", "planned", "hold", "stopped")
MOVEMENTS = ("quarantined", "freed", "destroyed")

# --- Taken ---------------------------------------------------------------------------------------


class PreparationsQuery(Query):
    """Which day."""

    day = Day(required=False, help_text="YYYY-MM-DD; without it, today at the site.")


class StepBody(Body):
    """The next step of a syringe."""

    step = serializers.ChoiceField(STEPS)
    lot = serializers.UUIDField(required=False, help_text="For prepared: the lot's id, as `lots` lists it.")
    note = Prose(required=False, help_text="For prepared, checked and released.")
    reason = Prose(required=False, help_text="For discarded: why.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Each step has its own fields: a lot to prepare from, a reason to discard."""
        wanted = {"prepared": "lot", "discarded": "reason"}.get(attrs["step"], "")
        allowed = {"step", wanted} if attrs["step"] == "discarded" else {"step", wanted, "note"}
        errors = {
            name: _("This step does not use this field. Leave it out.")
            for name in attrs
            if name not in allowed
        }
        if wanted and wanted not in attrs:
            errors[wanted] = _("This step needs this field. Fill it in.")
        if errors:
            raise serializers.ValidationError(errors)
        return attrs


class ReceiptBody(Body):
    """A delivery."""

    site = Line(required=False, max_length=6, help_text="The site's number; a token of one site needs none.")
    product = Line(max_length=120, help_text="As the protocol calls it.")
    lot_number = Line(max_length=40, help_text="As printed on the box.")
    expiry = Day(help_text="The last day of use.")
    quantity = Whole(min_value=1, max_value=MOST_VIALS, help_text="Vials.")
    confirmed = Confirmed()


class MovementBody(Body):
    """What happens to a lot."""

    movement = serializers.ChoiceField(MOVEMENTS)
    reason = Prose()
    quantity = Whole(min_value=1, max_value=MOST_VIALS, required=False, help_text="For destroyed: vials.")
    confirmed = Confirmed()

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Vials are counted when they are destroyed, and only then."""
        if ("quantity" in attrs) != (attrs["movement"] == "destroyed"):
            sentence = _("Enter a number of vials only when vials are destroyed.")
            raise serializers.ValidationError({"quantity": sentence})
        if attrs["movement"] != "destroyed" and attrs.pop("confirmed"):
            sentence = _("There is nothing to confirm here; take it out.")
            raise serializers.ValidationError({"confirmed": sentence})
        return attrs


# --- Shown ---------------------------------------------------------------------------------------


class RecipeShape(serializers.Serializer):
    """What goes into the syringe, by the protocol."""

    product = serializers.CharField()
    dose = Words()
    volume_ml = serializers.CharField()
    concentration = serializers.CharField()


class MadeShape(serializers.Serializer):
    """What was made, as it was sealed then."""

    product = serializers.CharField()
    dose_en = serializers.CharField()
    dose_fr = serializers.CharField()
    volume_ml = serializers.CharField()
    concentration = serializers.CharField()
    lot_number = serializers.CharField()
    expiry = Day()
    vial = serializers.IntegerField()


class StepShape(serializers.Serializer):
    """One step that was taken."""

    step = serializers.ChoiceField(STEPS)
    by = serializers.CharField()
    at = Moment()
    note = serializers.CharField()


class LotShape(serializers.Serializer):
    """One lot, in vials."""

    id = serializers.UUIDField()
    product = serializers.CharField()
    number = serializers.CharField()
    expiry = Day()
    received = serializers.IntegerField()
    destroyed = serializers.IntegerField()
    on_hand = serializers.IntegerField()
    quarantined = serializers.BooleanField()


class PreparationShape(serializers.Serializer):
    """One syringe: what goes in, for whom, from what, and what was done."""

    id = serializers.UUIDField()
    participant = serializers.CharField()
    site = serializers.CharField(source="site.number")
    number = serializers.IntegerField(help_text="The injection's number, from 1 over all courses.")
    date = Day()
    course = serializers.IntegerField(allow_null=True)
    day_in_course = serializers.IntegerField(allow_null=True)
    state = serializers.ChoiceField(STATES, help_text="Empty: to prepare.")
    recipe = RecipeShape(allow_null=True)
    made = MadeShape(allow_null=True)
    steps = StepShape(many=True)
    lots = LotShape(many=True, help_text="From which it may be made, first to expire first.")
    recorded = serializers.BooleanField(help_text="What became of the injection is known.")
    day_state = serializers.ChoiceField(
        DAY_STATES,
        help_text="The injection's own state, as the clinic sees it; empty once the calendar has moved on.",
    )
    stopped = serializers.CharField(help_text="Why nothing may be handed out; empty otherwise.")
    fault = serializers.CharField(help_text="Why the envelope does not open; empty otherwise.")


class PreparationsShape(serializers.Serializer):
    """What is to be prepared on a day."""

    day = Day()
    preparations = PreparationShape(many=True)


class StepTakenShape(serializers.Serializer):
    """That the step was written down."""

    id = serializers.UUIDField()
    step = serializers.ChoiceField(STEPS)
    recorded_at = Moment()


class AccountShape(serializers.Serializer):
    """The account of one lot. `difference` is zero when the books close."""

    site = serializers.CharField(source="site.number")
    lot = LotShape()
    used = serializers.IntegerField()
    expired = serializers.BooleanField()
    difference = serializers.IntegerField()


class StockShape(serializers.Serializer):
    """Every lot within reach."""

    products = serializers.ListField(child=serializers.CharField())
    lots = AccountShape(many=True)


class MovedShape(serializers.Serializer):
    """That the movement was written down."""

    movement = serializers.ChoiceField(("received", *MOVEMENTS))
    recorded_at = Moment()
