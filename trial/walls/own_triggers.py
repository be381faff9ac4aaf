"""The triggers of this application's tables. What a line means: `trial.walls.triggers`."""

from __future__ import annotations

from trial.walls.duty_triggers import ACTING
from trial.walls.lock_triggers import facts
from trial.walls.triggers import append_only, ended_once

TRIGGERS = (
    *append_only("trial_auditentry", "audit entries", key=("chain_id", "sequence")),
    *append_only("trial_consent", "consents", key=("participant_id",)),
    *append_only("trial_consentcorrection", "corrections of a consent", key=("id",)),
    *append_only("trial_eligibilitycheck", "eligibility checks", key=("id",)),
    *append_only("trial_eligibilityconfirmation", "confirmations of eligibility", key=("judged_id",)),
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
    *facts("trial_participant", "SELECT NEW.trial_id", columns="birth_month, stratum"),
    *facts("trial_consent"),
    *facts("trial_consentcorrection"),
    *facts("trial_eligibilitycheck"),
    *facts("trial_eligibilityconfirmation"),
    *facts("trial_checklistdraft"),
    *facts("trial_participantstatus"),
    *facts("trial_contactdetails", only="NEW.withdrawn_at IS NULL"),
    *append_only("trial_datalock", "data locks", key=("trial_id",)),
    *append_only("trial_signature", "signatures", key=("id",)),
    *append_only("trial_idempotentrequest", "answers to requests", key=("delegation_id", "key")),
    *append_only("trial_protocolversion", "protocol versions", key=("trial_id", "digest")),
    *ended_once(
        "trial_delegation",
        "delegations",
        end="ended_at",
        kept=("id", "user_id", "trial_id", "site_id", "role", "granted_by_id", "granted_at"),
    ),
    *append_only("trial_dutyend", "ends of duties", key=("delegation_id",)),
    *append_only("trial_accountshut", "shut accounts", key=("user_id",)),
    *append_only("trial_sessionsended", "ended sessions", key=("id",)),
    *append_only("trial_tokenrevoked", "revoked tokens", key=("token_id",)),
    *append_only("trial_invitation", "invitations", key=("id",)),
    *append_only("trial_invitationuse", "uses of invitations", key=("invitation_id",)),
    *append_only("trial_invitationcancelled", "cancelled invitations", key=("invitation_id",)),
    *append_only("trial_enrolmentasked", "asked enrolment codes", key=("id",)),
    *append_only("trial_accessreview", "reviews of access", key=("id",)),
    *append_only("trial_signonlink", "links to accounts elsewhere", key=("id",)),
    *ACTING,
)
