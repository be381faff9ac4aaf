"""What was prepared and what moved is written once."""

from django.db import migrations

from trial.walls.triggers import append_only


class Migration(migrations.Migration):
    """Triggers on the pharmacy's facts."""

    dependencies = [("pharmacy", "0001_initial")]

    operations = [
        *append_only("pharmacy_preparation", "preparations", key=("id",)),
        *append_only("pharmacy_preparationstep", "steps of syringes", key=("preparation_id", "sequence")),
        *append_only("pharmacy_stepbox", "boxes of steps", key=("step_id", "recipient")),
        *append_only("pharmacy_stockentry", "stock movements", key=("site_id", "sequence")),
        *append_only("pharmacy_stockbox", "boxes of movements", key=("entry_id", "recipient")),
    ]
