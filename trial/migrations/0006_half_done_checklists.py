"""A checklist may be kept half-done; what was kept stays as it was kept."""

import django.db.models.deletion
from django.db import migrations, models

from trial.walls.triggers import append_only


class Migration(migrations.Migration):
    """The table, and the triggers that let nobody change it."""

    dependencies = [("trial", "0005_delegations_written_once")]

    operations = [
        migrations.CreateModel(
            name="ChecklistDraft",
            fields=[
                (
                    "id",
                    models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                ("answers", models.JSONField()),
                ("strata", models.JSONField()),
                ("kept_at", models.DateTimeField()),
                (
                    "kept_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="trial.delegation"
                    ),
                ),
                (
                    "participant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="checklist_drafts",
                        to="trial.participant",
                    ),
                ),
            ],
            options={"ordering": ["id"]},
        ),
        *append_only("trial_checklistdraft", "kept checklists", key=("id",)),
    ]
