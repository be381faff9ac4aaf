"""Passwords of the pharmacy door. Whoever has a second factor there keeps the password of today."""

from __future__ import annotations

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps
from django.utils import timezone


def seal_those_in_use(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    """The owner runs this: what stands in the accounts at this moment is taken as theirs."""
    holders = apps.get_model("mfa", "Authenticator").objects.values("user")
    users = apps.get_model("trial", "User").objects.filter(pk__in=holders)
    row, at = apps.get_model("sealed", "PharmacyPassword"), timezone.now()
    row.objects.bulk_create(row(user_id=one.pk, digest=one.password, at=at) for one in users)


class Migration(migrations.Migration):
    dependencies = [
        ("sealed", "0015_links_are_mailed"),
        ("mfa", "0003_authenticator_type_uniq"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="PharmacyPassword",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField()),
                ("digest", models.CharField(blank=True, max_length=128)),
                (
                    "user",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={"ordering": ["id"]},
        ),
        migrations.RunPython(seal_those_in_use, migrations.RunPython.noop),
    ]
