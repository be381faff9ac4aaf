"""What each door's database role may do with each table (PostgreSQL). One table, complete by test.

`S` select, `I` insert, `U` update of every column, `D` delete; `U(a, b)` update of those columns
only. A role that may update a column may also lock the row. What is not named for a door is not
granted to it. The owner of the tables, who migrates and makes accounts, needs no grant.
"""

from __future__ import annotations

import re
from functools import cache

SEALED_PREFIXES = ("sealed_", "pharmacy_", "mfa_", "velum_cache_pharmacy", "velum_sessions_pharmacy")
"""Tables of the sealed side: the clinic's role has no right on them at all."""

THROUGH_TRIGGERS = {
    "trial_dutyend_ends": {"trial_delegation": "U(ended_at)", "trial_factoratpharmacy": "S"},
    "trial_accountshut_shuts": {"trial_user": "U(is_active)"},
    "trial_tokenrevoked_revokes": {"trial_apitoken": "U(revoked_at)"},
    "trial_invitationuse_admits": {"trial_user": "I", "trial_delegation": "I"},
}
"""Trigger -> what a row that a door adds does by it, in tables where the door itself has no such right."""

_ACCOUNT = {
    "auth_group": "S",
    "auth_group_permissions": "S",
    "auth_permission": "S",
    "django_content_type": "S",
    "django_migrations": "S",
    "account_emailaddress": "S",
    "account_emailconfirmation": "S",
    "trial_user_groups": "S",
    "trial_user_user_permissions": "S",
    "trial_user": "S U(last_login, language, password)",
    "trial_delegation": "S",
    "trial_apitoken": "S",
    "trial_trial": "S",
    "trial_protocolversion": "S",
    "trial_dutyend": "S I",
    "trial_accountshut": "S I",
    "trial_sessionsended": "S I",
    "trial_tokenrevoked": "S I",
    "trial_invitation": "S I",
    "trial_invitationuse": "S I",
    "trial_invitationcancelled": "S I",
    "trial_enrolmentasked": "S I",
    "trial_accessreview": "S I",
}

CLINIC: dict[str, str] = _ACCOUNT | {
    "trial_site": "S U(last_serial)",
    "trial_participant": "S I U(birth_month, stratum)",
    "trial_consent": "S I",
    "trial_consentcorrection": "S I",
    "trial_eligibilitycheck": "S I",
    "trial_eligibilityconfirmation": "S I",
    "trial_checklistdraft": "S I",
    "trial_participantstatus": "S I",
    "trial_contactdetails": "S I U(email)",
    "trial_idempotentrequest": "S I",
    "trial_auditchain": "S I U(sequence, head)",
    "trial_auditentry": "S I",
    "trial_datalock": "S I",
    "trial_trycount": "S I U D",
    "trial_alarm": "S I U(attempts, claim, claimed_until, sent_at, told)",
    "trial_signature": "S I",
    "randomization_codebreaknotice": "S U(attempts, claim, claimed_until, sent_at, told)",
    "randomization_randomizationlist": "S",
    "randomization_liststep": "S I",
    "randomization_stratum": "S U(place)",
    "randomization_envelope": "S U(participant_id, drawn_by_id, drawn_at, audit_hash)",
    "randomization_paperdraw": "S I",
    "randomization_randomizedinerror": "S I",
    "randomization_truestratum": "S I",
    "dosing_plan": "S I U(superseded_at)",
    "dosing_plannedinjection": "S I",
    "dosing_plannedvisit": "S I",
    "dosing_injectionrecord": "S I",
    "dosing_visitrecord": "S I",
    "dosing_coursechoice": "S I",
    "dosing_appointment": "S I",
    "dosing_unscheduledvisit": "S I",
    "dosing_closedday": "S I",
    "dosing_calendarfeed": "S I U(ended_at, revoked_at)",
    "dosing_deviation": "S I",
    "dosing_deviationreview": "S I",
    "dosing_readiness": "S",
    "dosing_leftopen": "S",
    "dosing_reminder": "S I U",
    "dosing_heartbeat": "S I U",
    "dosing_zonerules": "S I",
    "trial_clinicfactor": "S I U D",
    "trial_opensession": "S I U(key) D",
    "trial_signonlink": "S I",
    "velum_cache_clinic": "S I U D",
    "velum_sessions_clinic": "S I U D",
}

PHARMACY: dict[str, str] = _ACCOUNT | {
    "trial_delegation": "S I U(ended_at)",
    "trial_user": "S I U(is_active, last_login, language, password)",
    "trial_trial": "S U(environment)",
    "trial_site": "S U(last_serial)",
    "trial_participant": "S U(stratum)",
    "trial_consent": "S",
    "trial_consentcorrection": "S",
    "trial_eligibilitycheck": "S",
    "trial_eligibilityconfirmation": "S",
    "trial_participantstatus": "S",
    "trial_idempotentrequest": "S I",
    "trial_auditchain": "S I U(sequence, head)",
    "trial_auditentry": "S I",
    "trial_datalock": "S",
    "trial_signature": "S I",
    "randomization_codebreaknotice": "S I",
    "randomization_randomizationlist": "S I",
    "randomization_liststep": "S I",
    "randomization_stratum": "S I U(place)",
    "randomization_envelope": "S I",
    "randomization_paperdraw": "S",
    "randomization_randomizedinerror": "S",
    "randomization_truestratum": "S",
    "dosing_plan": "S",
    "dosing_plannedinjection": "S",
    "dosing_plannedvisit": "S",
    "dosing_injectionrecord": "S",
    "dosing_visitrecord": "S",
    "dosing_readiness": "S I U D",
    "dosing_closedday": "S",
    "dosing_coursechoice": "S",
    "dosing_appointment": "S",
    "dosing_unscheduledvisit": "S",
    "dosing_deviation": "S",
    "dosing_deviationreview": "S",
    "dosing_leftopen": "S",
    "dosing_reminder": "S",
    "trial_checklistdraft": "S",
    "sealed_sealedtrycount": "S I U D",
    "mfa_authenticator": "S I U D",
    "trial_factoratpharmacy": "S I D",
    "sealed_sealedsession": "S I U(key) D",
    "velum_cache_pharmacy": "S I U D",
    "velum_sessions_pharmacy": "S I U D",
}

RIGHTS = {"clinic": CLINIC, "pharmacy": PHARMACY}

WORDS = {"S": "SELECT", "I": "INSERT", "U": "UPDATE", "D": "DELETE"}


def rights_of(door: str, table: str) -> str:
    """What that door's role may do with that table; empty for nothing.

    Where nothing else is said, the pharmacy may add to every table of the sealed rooms, and change where no
    trigger forbids it.
    """
    sealed = "S I U" if door == "pharmacy" and table.startswith(("sealed_", "pharmacy_")) else ""
    return RIGHTS[door].get(table, sealed)


@cache
def granted(rights: str) -> dict[str, tuple[str, ...]]:
    """Letter -> the columns to which that right is limited; none where it holds for every column."""
    found = re.findall(r"([SIUD])(\([^)]*\))?", rights)
    return {letter: tuple(re.findall(r"\w+", columns)) for letter, columns in found}
