"""An entry of the trail keeps the rows that were written with it, for `verify`."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("trial", "0012_sessions_and_factors")]

    operations = [migrations.AddField("auditentry", "rows", models.TextField(null=True))]
