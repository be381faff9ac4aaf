"""Whose days an earlier version took for stopped."""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("dosing", "0013_feeds_end"),
        ("trial", "0019_factors_at_the_pharmacy"),
    ]

    operations = [
        migrations.CreateModel(
            name="LeftOpen",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("through", models.DateField()),
                (
                    "participant",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="left_open",
                        to="trial.participant",
                    ),
                ),
            ],
            options={"ordering": ["participant"]},
        ),
    ]
