"""Correcting the day of the consent: the first entry stays; eligibility is checked again where it can be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from trial.audit import record_about
from trial.core.consent_days import OddConsent
from trial.hooks import deviations_of_apps
from trial.models import ConsentCorrection, CurrentParticipant, Delegation, Participant, Status
from trial.permissions import Permission
from trial.policies import require
from trial.refusals import NOTHING, InvalidInput
from trial.screening.consent_offers import HearsOfConsent
from trial.screening.odd_consents import judged_day
from trial.screening.services import add_status, locked, refuse_mistake, signed_on_of
from trial.wording.clock import day_at


@dataclass(frozen=True)
class Corrected:
    """What a correction wrote: the row, and the numbers of the deviations that were drafted with it."""

    row: ConsentCorrection
    deviations: tuple[int, ...]


JUDGED = {Status.ELIGIBLE, Status.SCREEN_FAILED}


@transaction.atomic
def correct_consent(
    *,
    participant: Participant,
    signed_on: date,
    reason: str,
    by: Delegation,
    at: datetime,
    confirmed: Mapping[str, object] = NOTHING,
) -> Corrected:
    """Say that the consent form was signed on another day than was recorded.

    Ages and dates are judged as of that day: whoever was judged and is not randomised yet is in screening
    again. After randomisation the truth is recorded all the same: envelope, status and calendar stay, and
    a deviation is drafted for whatever the day contradicts, for the investigator to judge. A day that is
    odd in itself is taken only if `confirmed` has that very day under `signed_on`, and drafted as well.
    Raises NoConsent, NotConfirmed or InvalidInput.
    """
    participant = locked(participant)
    require(by, Permission.SCREEN, trial=participant.trial_id, site=participant.site)
    before = check_can_correct_consent(participant)
    _refuse(participant, signed_on, before, reason, at)
    day = judged_day(participant, signed_on, confirmed, field="signed_on", at=at)
    row = ConsentCorrection.objects.create(
        participant=participant, signed_on=signed_on, reason=reason.strip(), recorded_by=by, recorded_at=at
    )
    if participant.current_status in JUDGED:
        add_status(participant=participant, status=Status.SCREENING, by=by, at=at, reason=row.reason)
    deviations = _noted(row, participant, day.odd, by, at)
    record_about(
        participant,
        "participant.consent_corrected",
        by=by,
        at=at,
        body={
            "before": before.isoformat(),
            "deviations": list(deviations),
            "reason": row.reason,
            "signed_on": signed_on.isoformat(),
        }
        | day.facts(),
    )
    return Corrected(row, deviations)


def check_can_correct_consent(participant: CurrentParticipant) -> date:
    """The day that counts now. Raises NoConsent where there is none, WrongStatus after a mistake."""
    refuse_mistake(participant)
    return signed_on_of(participant)


def _noted(
    row: ConsentCorrection,
    participant: CurrentParticipant,
    odd: Mapping[OddConsent, date],
    by: Delegation,
    at: datetime,
) -> tuple[int, ...]:
    """The deviations that other applications draft of it."""
    participant.signed_on = row.signed_on
    return tuple(
        deviations_of_apps(HearsOfConsent, lambda app: app.consent_corrected(row, odd=odd, by=by, at=at))
    )


def _refuse(participant: Participant, signed_on: date, before: date, reason: str, at: datetime) -> None:
    day, field = {"day": signed_on.isoformat()}, "signed_on"
    if not reason.strip():
        sentence, field = _("Enter the reason, in a few words."), "reason"
    elif signed_on > day_at(participant.site, at):
        sentence = _("%(day)s is in the future. Enter today or an earlier day.") % day
    elif signed_on == before:
        sentence = _("%(day)s is what is recorded. There is nothing to correct.") % day
    else:
        return
    raise InvalidInput(sentence, {field: sentence})
