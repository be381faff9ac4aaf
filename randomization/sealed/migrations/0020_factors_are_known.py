"""Second factors from before: whoever has one keeps their site able to break a code."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("sealed", "0019_sign_on_links"),
        ("trial", "0019_factors_at_the_pharmacy"),
        ("mfa", "0003_authenticator_type_uniq"),
    ]

    operations = [
        migrations.RunSQL(
            "INSERT INTO trial_factoratpharmacy (user_id) SELECT DISTINCT user_id FROM mfa_authenticator "
            "WHERE type IN ('totp', 'webauthn')",
            migrations.RunSQL.noop,
        )
    ]
