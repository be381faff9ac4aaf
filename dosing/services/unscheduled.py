"""Visits that took place beside the plan: recorded, corrected, taken back. None is a deviation by itself."""

from __future__ import annotations

from datetime import date, datetime, time

from django.db import transaction
from django.utils.translation import gettext as _

from dosing.models import UnscheduledVisit
from dosing.services.common import require_reason
from dosing.services.judging import TreatmentEnded
from dosing.services.recording import NothingPlanned
from dosing.services.stops import died_on
from trial.audit import record_about
from trial.core.typed_days import NoSuchTime, on_the_wall
from trial.models import CurrentParticipant, Delegation, Participant
from trial.permissions import Permission
from trial.policies import require
from trial.queries import standing_rows
from trial.refusals import InvalidInput
from trial.screening.services import locked, refuse_mistake, signed_on_of
from trial.wording.clock import day_at
from trial.wording.words import medium_day


@transaction.atomic
def record_unscheduled(
    *,
    participant: Participant,
    day: date,
    reason: str,
    by: Delegation,
    at: datetime,
    hour: time | None = None,
) -> UnscheduledVisit:
    """Record that a visit which no plan has took place on a day of the site, and why.

    Possible from the consent on, also after an end of treatment or a withdrawal, as somebody may have to be
    seen; never after a death. Raises NoConsent, WrongStatus, TreatmentEnded or InvalidInput.
    """
    participant = _locked(participant, by)
    numbers = UnscheduledVisit.objects.filter(participant=participant, sequence=1).count()
    return _write(participant, numbers + 1, 1, day, hour, reason, by=by, at=at)


@transaction.atomic
def correct_unscheduled(
    *,
    participant: Participant,
    number: int,
    day: date,
    reason: str,
    why: str,
    by: Delegation,
    at: datetime,
    hour: time | None = None,
) -> UnscheduledVisit:
    """Say what is right instead, and why; the first entry stays. Raises NothingPlanned, and as the record."""
    participant = _locked(participant, by)
    before = _standing(participant, number)
    why = require_reason(why, "why")
    return _write(participant, number, before.sequence + 1, day, hour, reason, why=why, by=by, at=at)


@transaction.atomic
def take_back_unscheduled(
    *, participant: Participant, number: int, why: str, by: Delegation, at: datetime
) -> UnscheduledVisit:
    """Say that it never took place, and why. Raises NothingPlanned or InvalidInput."""
    participant = _locked(participant, by)
    before = _standing(participant, number)
    row = UnscheduledVisit.objects.create(
        participant=participant,
        number=number,
        sequence=before.sequence + 1,
        day=before.day,
        hour=before.hour,
        reason=before.reason,
        taken_back=True,
        why=require_reason(why, "why"),
        by=by,
        at=at,
    )
    _enter("unscheduled.taken_back", row)
    return row


def check_can_record_unscheduled(participant: CurrentParticipant) -> None:
    """Raises NoConsent, or WrongStatus for a number that was given by mistake."""
    refuse_mistake(participant)
    signed_on_of(participant)


def _locked(participant: Participant, by: Delegation) -> CurrentParticipant:
    found = locked(participant)
    require(by, Permission.RECORD, trial=found.trial_id, site=found.site)
    check_can_record_unscheduled(found)
    return found


def _standing(participant: Participant, number: int) -> UnscheduledVisit:
    rows = UnscheduledVisit.objects.filter(participant=participant, number=number)
    row = rows.order_by("-sequence").first()
    if row is None or row.taken_back:
        raise NothingPlanned(
            _("%(participant)s has no unscheduled visit %(number)s. Check the number.")
            % {"participant": participant.number, "number": number}
        )
    return row


def _write(
    participant: CurrentParticipant,
    number: int,
    sequence: int,
    day: date,
    hour: time | None,
    reason: str,
    *,
    by: Delegation,
    at: datetime,
    why: str = "",
) -> UnscheduledVisit:
    hour = hour.replace(second=0, microsecond=0) if hour else None
    _check_day(participant, day, hour, at)
    row = UnscheduledVisit.objects.create(
        participant=participant,
        number=number,
        sequence=sequence,
        day=day,
        hour=hour,
        reason=require_reason(reason),
        taken_back=False,
        why=why,
        by=by,
        at=at,
    )
    _enter("unscheduled.corrected" if why else "unscheduled.recorded", row)
    return row


def _check_day(participant: CurrentParticipant, day: date, hour: time | None, at: datetime) -> None:
    """Refuse a day to come, one before the consent, one after a death, and an hour that was left out."""
    signed_on, today = signed_on_of(participant), day_at(participant.site, at)
    if day > today:
        raise _at_day(
            _("%(day)s is in the future. Enter today or an earlier day.") % {"day": medium_day(day)}
        )
    if day < signed_on:
        sentence = _("The consent was signed later, on %(day)s. Compare the day with the paper.")
        raise _at_day(sentence % {"day": medium_day(signed_on)})
    death = died_on(standing_rows(participant))
    if death and day > death:
        raise TreatmentEnded(
            _("%(number)s died before that day. Check the participant and the day.")
            % {"number": participant.number}
        )
    if hour is not None:
        try:
            on_the_wall(day, hour, participant.site.tzinfo)
        except NoSuchTime as reason:
            raise InvalidInput(reason.sentence, {"hour": reason.sentence}) from reason


def _at_day(sentence: str) -> InvalidInput:
    return InvalidInput(sentence, {"day": sentence})


def _enter(action: str, row: UnscheduledVisit) -> None:
    body: dict[str, object] = {
        "number": row.number,
        "sequence": row.sequence,
        "day": row.day.isoformat(),
        "hour": f"{row.hour:%H:%M}" if row.hour else None,
        "reason": row.reason,
        "why": row.why,
    }
    record_about(row.participant, action, by=row.by, at=row.at, body=body)
