"""A number given by mistake: marked so with a reason, out of the counts, and back if that was wrong."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from trial.audit import record_about
from trial.models import CurrentParticipant, Delegation, Participant, ParticipantStatus, Status
from trial.permissions import Permission
from trial.policies import require
from trial.queries import contact_of, standing_rows
from trial.refusals import InvalidInput, Refusal
from trial.screening.services import TooLate, add_status, locked, withdraw_contact

BEFORE_THE_DRAW = {Status.SCREENING, Status.ELIGIBLE, Status.SCREEN_FAILED}


class NoMistake(Refusal):
    """The number is not marked as given by mistake."""

    code = "no_mistake"


@transaction.atomic
def mark_mistake(*, participant: Participant, reason: str, by: Delegation, at: datetime) -> ParticipantStatus:
    """Say that this person was never to be screened, or was screened twice. Number and entries stay.

    Only before a draw. Whoever is marked is counted nowhere and nothing more is recorded; an address for
    reminders is erased. Raises TooLate or InvalidInput.
    """
    participant = locked(participant)
    require(by, Permission.SCREEN, trial=participant.trial_id, site=participant.site)
    check_can_mark(participant)
    reason = _given(reason)
    if contact_of(participant):
        withdraw_contact(participant=participant, by=by, at=at)
    row = add_status(participant=participant, status=Status.MISTAKE, by=by, at=at, reason=reason)
    record_about(participant, "screening.mistake", by=by, at=at, body={"reason": reason})
    return row


@transaction.atomic
def take_mistake_back(
    *, participant: Participant, reason: str, by: Delegation, at: datetime
) -> ParticipantStatus:
    """Say that the person was rightly screened, and stands where before. Raises NoMistake or InvalidInput."""
    participant = locked(participant)
    require(by, Permission.SCREEN, trial=participant.trial_id, site=participant.site)
    check_can_take_back(participant)
    reason = _given(reason)
    before, wrong = standing_rows(participant)[-2:]
    row = add_status(
        participant=participant,
        status=Status(before.status),
        by=by,
        at=at,
        reason=reason,
        corrects=wrong,
        restores=before,
    )
    body = {"reason": reason, "status": row.status}
    record_about(participant, "screening.mistake_taken_back", by=by, at=at, body=body)
    return row


def check_can_mark(participant: CurrentParticipant) -> None:
    """Raises TooLate once an envelope is drawn, or where somebody has left or is marked already."""
    if participant.current_status == Status.MISTAKE:
        raise TooLate(
            _("%(number)s is marked as screened by mistake already.") % {"number": participant.number}
        )
    if participant.current_status not in BEFORE_THE_DRAW:
        raise TooLate(
            _(
                "%(number)s is past screening, so this is no mistake of screening. After a draw the "
                "investigator records a randomisation in error."
            )
            % {"number": participant.number}
        )


def check_can_take_back(participant: CurrentParticipant) -> None:
    """Raises NoMistake unless the number is marked."""
    if participant.current_status != Status.MISTAKE:
        raise NoMistake(
            _("%(number)s is not marked as screened by mistake.") % {"number": participant.number}
        )


def _given(reason: str) -> str:
    if not reason.strip():
        sentence = _("Enter the reason, in a few words.")
        raise InvalidInput(sentence, {"reason": sentence})
    return reason.strip()
