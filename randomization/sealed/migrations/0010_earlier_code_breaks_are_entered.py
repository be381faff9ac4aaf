"""Code breaks from before the outbox are in the blinded trail already: their entry was one transaction with them."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("sealed", "0009_told_from_the_outbox")]

    operations = [
        migrations.RunSQL(
            "INSERT INTO sealed_codebreakentered (code_break_id, at) SELECT id, at FROM sealed_codebreak",
            migrations.RunSQL.noop,
        )
    ]
