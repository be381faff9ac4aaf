"""The delegation log: a duty is granted once and ended once (ICH E6(R3) 2.3.3)."""

from django.db import migrations

from trial.walls.triggers import ended_once


class Migration(migrations.Migration):
    """Triggers on delegations."""

    dependencies = [("trial", "0004_ends")]

    operations = ended_once(
        "trial_delegation",
        "delegations",
        end="ended_at",
        kept=("id", "user_id", "trial_id", "site_id", "role", "granted_by_id", "granted_at"),
    )
