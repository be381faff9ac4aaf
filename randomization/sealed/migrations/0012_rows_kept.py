"""An entry of the sealed trail keeps the rows that were written with it, for `verify`."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("sealed", "0011_sessions")]

    operations = [migrations.AddField("sealedauditentry", "rows", models.TextField(null=True))]
