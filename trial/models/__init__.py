"""The models of the `trial` app: who, where, who may, what happened."""

from trial.models.audit import AuditChain, AuditChainBase, AuditEntry, AuditEntryBase
from trial.models.locks import DataLock
from trial.models.participants import (
    ChecklistDraft,
    Consent,
    ConsentCorrection,
    ContactDetails,
    CurrentParticipant,
    EligibilityCheck,
    Participant,
    ParticipantStatus,
    Status,
    WithdrawalScope,
)
from trial.models.people import ApiToken, Delegation, User
from trial.models.requests import IdempotentRequest, KeptAnswer
from trial.models.trials import Environment, ProtocolVersion, Site, Trial

__all__ = [
    "ApiToken",
    "AuditChain",
    "AuditChainBase",
    "AuditEntry",
    "AuditEntryBase",
    "ChecklistDraft",
    "Consent",
    "ConsentCorrection",
    "ContactDetails",
    "CurrentParticipant",
    "DataLock",
    "Delegation",
    "EligibilityCheck",
    "Environment",
    "IdempotentRequest",
    "KeptAnswer",
    "Participant",
    "ParticipantStatus",
    "ProtocolVersion",
    "Site",
    "Status",
    "Trial",
    "User",
    "WithdrawalScope",
]
