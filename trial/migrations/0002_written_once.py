"""What is written once stays as it was written, whoever holds the database connection."""

from django.db import migrations

from trial.walls.triggers import append_only


class Migration(migrations.Migration):
    """Triggers on the trail and on the facts about participants."""

    dependencies = [("trial", "0001_initial")]

    operations = [
        *append_only("trial_auditentry", "audit entries", key=("chain_id", "sequence")),
        *append_only("trial_consent", "consents", key=("participant_id",)),
        *append_only("trial_eligibilitycheck", "eligibility checks", key=("id",)),
        *append_only("trial_participantstatus", "statuses", key=("participant_id", "sequence")),
        *append_only(
            "trial_contactdetails",
            "contact details",
            key=("id",),
            erasable="email",
            kept=(
                "id",
                "participant_id",
                "language",
                "consented_on",
                "withdrawn_at",
                "recorded_by_id",
                "recorded_at",
            ),
        ),
        *append_only("trial_idempotentrequest", "answers to requests", key=("delegation_id", "key")),
        *append_only("trial_protocolversion", "protocol versions", key=("trial_id", "digest")),
    ]
