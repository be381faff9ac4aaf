"""What is sealed is written once, and so is the trail of who opened it."""

from django.db import migrations

from trial.walls.triggers import append_only


class Migration(migrations.Migration):
    dependencies = [("sealed", "0001_initial"), ("randomization", "0002_in_list_order")]

    operations = [
        *append_only("sealed_seal", "seals", key=("envelope_id", "recipient")),
        *append_only("sealed_listsecret", "secrets of a list", key=("list_id", "recipient")),
        *append_only("sealed_sealedauditentry", "sealed audit entries", key=("chain_id", "sequence")),
        *append_only("sealed_codebreak", "code breaks", key=("id",)),
    ]
