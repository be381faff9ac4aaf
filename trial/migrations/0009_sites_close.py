"""A site closes to recruitment on a day, as it opens on one."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("trial", "0008_tokens_of_one_door")]

    operations = [migrations.AddField("site", "closed_on", models.DateField(null=True))]
