"""The pharmacy's boxes may be sealed anew for another key, and change in no other way."""

import importlib

from django.db import migrations

resealed_only = importlib.import_module("randomization.sealed.migrations.0004_end_of_trial").resealed_only


class Migration(migrations.Migration):
    """The same promise as that of the envelopes' boxes."""

    dependencies = [("pharmacy", "0002_written_once"), ("sealed", "0004_end_of_trial")]

    operations = [
        *resealed_only("pharmacy_stepbox", "step_id"),
        *resealed_only("pharmacy_stockbox", "entry_id"),
    ]
