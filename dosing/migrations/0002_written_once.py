"""Records of injections and visits, and planned days, are written once."""

from django.db import migrations

from trial.walls.triggers import append_only


class Migration(migrations.Migration):
    """Triggers on the facts of dosing."""

    dependencies = [("dosing", "0001_initial")]

    operations = [
        *append_only(
            "dosing_injectionrecord", "injection records", key=("participant_id", "number", "sequence")
        ),
        *append_only("dosing_visitrecord", "visit records", key=("participant_id", "code", "sequence")),
        *append_only("dosing_plannedinjection", "planned injections", key=("plan_id", "number")),
        *append_only("dosing_plannedvisit", "planned visits", key=("plan_id", "code")),
    ]
