"""What the endpoint of the `randomization` app shows."""

from __future__ import annotations

from rest_framework import serializers

from trial.rest.fields import Body, Moment
from trial.screening.shapes import Confirmed


class DrawBody(Body):
    """A draw: nothing is said but that an unlikely one is right."""

    confirmed = Confirmed()


class ConfirmationBody(Body):
    """The eligibility check that an investigator confirms."""

    check = serializers.IntegerField(
        min_value=1, help_text="The number of the check, as the GET says it: another check is refused."
    )


class ConfirmationShape(serializers.Serializer):
    """An investigator's confirmation of the eligibility check that counts."""

    asked = serializers.BooleanField(help_text="Whether the protocol asks for it before a draw.")
    check = serializers.IntegerField(help_text="How many times eligibility was checked; the last one counts.")
    confirmed_at = Moment(allow_null=True)
    confirmed_by = serializers.CharField(allow_null=True)


class WitnessShape(serializers.Serializer):
    """Two hashes to keep: with them anybody can check later that neither list nor trail was changed."""

    list_root = serializers.CharField(help_text="Merkle root of the published list, hexadecimal.")
    audit_head = serializers.CharField(help_text="Hash of the audit entry of this draw, hexadecimal.")


class ReceiptShape(serializers.Serializer):
    """The receipt of a draw."""

    participant = serializers.CharField()
    randomization_number = serializers.CharField(source="number")
    randomized_at = Moment(help_text="When it happened: on paper, or by the draw.")
    entered_at = Moment(
        source="drawn_at", help_text="When the draw was entered; later, if it happened on paper."
    )
    randomized_by = serializers.CharField(source="drawn_by.user.shown_name")
    receipt = WitnessShape(source="*")
