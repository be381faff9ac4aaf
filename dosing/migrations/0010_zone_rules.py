"""Under which rules of time zones reminders were planned."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("dosing", "0009_odd_consents")]

    operations = [
        migrations.CreateModel(
            name="ZoneRules",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("sequence", models.PositiveIntegerField(unique=True)),
                ("version", models.CharField(max_length=40)),
                ("at", models.DateTimeField()),
            ],
        )
    ]
