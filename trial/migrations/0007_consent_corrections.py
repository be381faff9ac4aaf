"""The day of a consent can be corrected: by a row of its own, written once."""

import django.db.models.deletion
from django.db import migrations, models

from trial.walls.triggers import append_only


class Migration(migrations.Migration):
    """The table, and the triggers that let nobody change it."""

    dependencies = [("trial", "0006_half_done_checklists")]

    operations = [
        migrations.CreateModel(
            name="ConsentCorrection",
            fields=[
                (
                    "id",
                    models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                ("signed_on", models.DateField()),
                ("reason", models.TextField()),
                ("recorded_at", models.DateTimeField()),
                (
                    "participant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="consent_corrections",
                        to="trial.participant",
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="trial.delegation"
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=~models.Q(reason=""), name="a_corrected_consent_has_a_reason"
                    ),
                ],
            },
        ),
        *append_only("trial_consentcorrection", "corrections of a consent", key=("id",)),
    ]
