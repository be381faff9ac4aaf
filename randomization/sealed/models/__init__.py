"""The tables of the sealed half: what is sealed, as ciphertext, and the trail of who opened it."""

from randomization.sealed.models.boxes import BOX_OVERHEAD_BYTES, ENVELOPE_BOX_BYTES, Box, BoxKind, Recipient
from randomization.sealed.models.enrolment import EnrolmentCode, EnrolmentCodeUse
from randomization.sealed.models.jobs import Job, JobKind, JobState
from randomization.sealed.models.keys import KeyProof, Rekeying
from randomization.sealed.models.lists import ListSecret, Seal, SetAside
from randomization.sealed.models.openings import (
    CodeBreak,
    CodeBreakEntered,
    DoctorAddress,
    Means,
    OneTimeLink,
    OneTimeLinkCancelled,
    OneTimeLinkMailed,
    OneTimeLinkUse,
    OpenedElsewhere,
    OpeningSignature,
)
from randomization.sealed.models.passwords import PharmacyPassword
from randomization.sealed.models.requests import SealedAnswer
from randomization.sealed.models.sessions import SealedSession, SealedSignOnLink
from randomization.sealed.models.signatures import SealedSignature
from randomization.sealed.models.trail import SealedAuditChain, SealedAuditEntry
from randomization.sealed.models.tries import SealedAlarm, SealedTryCount

__all__ = [
    "BOX_OVERHEAD_BYTES",
    "ENVELOPE_BOX_BYTES",
    "Box",
    "BoxKind",
    "CodeBreak",
    "CodeBreakEntered",
    "DoctorAddress",
    "EnrolmentCode",
    "EnrolmentCodeUse",
    "Job",
    "JobKind",
    "JobState",
    "KeyProof",
    "ListSecret",
    "Means",
    "OneTimeLink",
    "OneTimeLinkCancelled",
    "OneTimeLinkMailed",
    "OneTimeLinkUse",
    "OpenedElsewhere",
    "OpeningSignature",
    "PharmacyPassword",
    "Recipient",
    "Rekeying",
    "Seal",
    "SealedAlarm",
    "SealedAnswer",
    "SealedAuditChain",
    "SealedAuditEntry",
    "SealedSession",
    "SealedSignOnLink",
    "SealedSignature",
    "SealedTryCount",
    "SetAside",
]
