"""Released syringes wait behind this door until their moment; what the clinic could read too early is moved here."""

import uuid
from typing import Any

import django.db.models.deletion
from django.db import migrations, models
from django.utils import timezone


def behind_this_door(apps: Any, editor: Any) -> None:
    """Give each row of readiness its announcement, and take away from the clinic what is not due yet."""
    announcement, now = apps.get_model("pharmacy", "Announcement"), timezone.now()
    step = apps.get_model("pharmacy", "PreparationStep")
    for ready in apps.get_model("dosing", "Readiness").objects.all():
        released = step.objects.filter(
            preparation__participant=ready.participant_id,
            preparation__number=ready.number,
            preparation__date=ready.date,
            step="released",
        )
        if found := released.order_by("-sequence").first():
            shown = ready.visible_from if ready.visible_from <= now else None
            announcement.objects.create(step=found, due_at=ready.visible_from, published_at=shown)
            if not shown:
                ready.delete()


def before_the_clinic_again(apps: Any, editor: Any) -> None:
    """Write what waits as it was written before, hidden by the clinic's query alone."""
    ready = apps.get_model("dosing", "Readiness")
    rows = apps.get_model("pharmacy", "Announcement").objects.filter(published_at=None, withdrawn_at=None)
    for row in rows.select_related("step__preparation"):
        syringe = row.step.preparation
        ready.objects.create(
            participant_id=syringe.participant_id,
            number=syringe.number,
            date=syringe.date,
            visible_from=row.due_at,
        )


class Migration(migrations.Migration):
    dependencies = [
        ("pharmacy", "0003_resealed_only"),
        ("dosing", "0010_zone_rules"),
    ]

    operations = [
        migrations.CreateModel(
            name="Announcement",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("due_at", models.DateTimeField()),
                ("published_at", models.DateTimeField(null=True)),
                ("withdrawn_at", models.DateTimeField(null=True)),
                (
                    "step",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="pharmacy.preparationstep",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("published_at", None), ("withdrawn_at", None)),
                        fields=["due_at"],
                        name="announcements_that_wait",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("published_at", None),
                            ("published_at__gte", models.F("due_at")),
                            _connector="OR",
                        ),
                        name="nothing_is_published_before_it_is_due",
                    )
                ],
            },
        ),
        migrations.RunPython(behind_this_door, before_the_clinic_again),
    ]
