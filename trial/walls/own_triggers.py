"""The triggers of this application's tables. What a line means: `trial.walls.triggers`."""

from __future__ import annotations

from trial.walls.triggers import append_only, ended_once

TRIGGERS = (
    *append_only("trial_auditentry", "audit entries", key=("chain_id", "sequence")),
    *append_only("trial_consent", "consents", key=("participant_id",)),
    *append_only("trial_consentcorrection", "corrections of a consent", key=("id",)),
    *append_only("trial_eligibilitycheck", "eligibility checks", key=("id",)),
    *append_only("trial_checklistdraft", "kept checklists", key=("id",)),
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
    *append_only("trial_datalock", "data locks", key=("trial_id",)),
    *append_only("trial_idempotentrequest", "answers to requests", key=("delegation_id", "key")),
    *append_only("trial_protocolversion", "protocol versions", key=("trial_id", "digest")),
    *ended_once(
        "trial_delegation",
        "delegations",
        end="ended_at",
        kept=("id", "user_id", "trial_id", "site_id", "role", "granted_by_id", "granted_at"),
    ),
)
