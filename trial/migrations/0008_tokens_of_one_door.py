"""A token is for one door. Those there are: of an unblinded role the pharmacy's, all others the clinic's."""

from __future__ import annotations

from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

UNBLINDED = ("pharmacist", "unblinded_statistician")


def give_doors(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    """An investigator's token may have passed through the clinic's process: it opens nothing elsewhere."""
    tokens = apps.get_model("trial", "ApiToken").objects
    tokens.filter(delegation__role__in=UNBLINDED).update(door="pharmacy")


class Migration(migrations.Migration):
    dependencies = [("trial", "0007_consent_corrections")]

    operations = [
        migrations.AddField("apitoken", "door", models.CharField(max_length=8, db_default="clinic")),
        migrations.RunPython(give_doors, migrations.RunPython.noop),
    ]
