"""Day 1 is the day of the first injection given: one that was missed before may be planned anew.

A plan is written once and superseded once.
"""

from django.db import migrations, models
from django.db.models import Q

from trial.walls.triggers import ended_once, rebuilt_on_sqlite

WITHOUT_A_MOMENT = ("missed", "reopened")


class Migration(migrations.Migration):
    """A fourth outcome, which only a booking writes; and the triggers of plans."""

    dependencies = [
        ("dosing", "0006_feeds"),
        ("trial", "0004_ends"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="injectionrecord",
            name="an_injection_has_a_moment_or_was_missed",
        ),
        migrations.AlterField(
            model_name="injectionrecord",
            name="outcome",
            field=models.CharField(
                choices=[
                    ("given", "given"),
                    ("partial", "partly given"),
                    ("missed", "not given"),
                    ("reopened", "planned again, because day 1 was moved"),
                ],
                max_length=8,
            ),
        ),
        migrations.AddConstraint(
            model_name="injectionrecord",
            constraint=models.CheckConstraint(
                condition=Q(outcome__in=WITHOUT_A_MOMENT, happened_at=None)
                | (~Q(outcome__in=WITHOUT_A_MOMENT) & Q(happened_at__isnull=False)),
                name="an_injection_has_a_moment_or_was_missed",
            ),
        ),
        *rebuilt_on_sqlite(
            "dosing_injectionrecord", "injection records", key=("participant_id", "number", "sequence")
        ),
        *ended_once(
            "dosing_plan",
            "plans",
            end="superseded_at",
            kept=(
                "id",
                "participant_id",
                "first_injection",
                "protocol_version_id",
                "made_by_id",
                "made_at",
                "reason",
            ),
        ),
    ]
