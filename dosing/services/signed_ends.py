"""What the signatures of the calendar's side stand under: ends of treatment or trial, deviations."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby

from dosing.models import Deviation, DeviationReview
from trial.core.chain import moment
from trial.models import (
    ContactDetails,
    CurrentParticipant,
    Participant,
    ParticipantStatus,
    SignedAct,
    Trial,
)
from trial.people.signing import Deed, Hand
from trial.queries import counting

Content = dict[str, object]


def deed_of_end(
    participant: CurrentParticipant,
    row: ParticipantStatus | None,
    silenced: ContactDetails | None,
    hand: Hand | None,
    act: SignedAct = SignedAct.WITHDRAWAL,
) -> Deed:
    """What is signed with an end: its status row, or where only reminders end the row that says so."""
    number = participant.number
    if row is not None:
        return Deed(act, f"{number}/{row.sequence}", number, end_content(number, row, stands=True), hand)
    if silenced is None:
        raise ValueError("An end without a status is the end of reminders.")
    return Deed(act, _silence_key(silenced), number, silence_content(number, silenced), hand)


def _silence_key(row: ContactDetails) -> str:
    """What a signature calls the end of reminders: by its moment, since a running number would count all
    sites' rows."""
    return f"{row.participant.number}/contact/{moment(row.withdrawn_at) if row.withdrawn_at else ''}"


def end_content(number: str, row: ParticipantStatus, *, stands: bool) -> Content:
    """An end as it is kept; `stands` until it is corrected. One without a code is spelled as before codes."""
    return ({"cause": row.cause} if row.cause else {}) | {
        "at": moment(row.at),
        "day": row.ended_on and row.ended_on.isoformat(),
        "participant": number,
        "reason": row.reason,
        "scope": row.scope,
        "stands": stands,
        "status": row.status,
    }


def silence_content(number: str, row: ContactDetails) -> Content:
    """The end of the consent to reminders."""
    return {"at": row.withdrawn_at and moment(row.withdrawn_at), "participant": number, "scope": "reminders"}


def deviation_content(deviation: Deviation, review: DeviationReview) -> Content:
    """A deviation with the review that closed it."""
    return {
        "assessment": review.assessment,
        "closed": review.closed,
        "deviation": deviation.number,
        "event": deviation.event,
        "happened_on": deviation.happened_on and deviation.happened_on.isoformat(),
        "important": review.important,
        "kind": deviation.kind,
        "participant": deviation.participant.number,
        "reason": deviation.reason,
        "review": review.sequence,
    }


def signed_contents(act: str, records: Sequence[str], trial: Trial) -> dict[str, Content] | None:
    """What those records say now, by their keys; None for an act that is not of this application."""
    if act in {SignedAct.WITHDRAWAL, SignedAct.WITHDRAWAL_CORRECTED}:
        return _ends(records, trial) | _silences(records, trial)
    return _deviations(records, trial) if act == SignedAct.DEVIATION_CLOSED else None


def _numbers(records: Iterable[str]) -> set[str]:
    return {record.split("/")[0] for record in records}


def _ends(records: Sequence[str], trial: Trial) -> dict[str, Content]:
    rows = ParticipantStatus.objects.filter(
        participant__trial=trial, participant__number__in=_numbers(records)
    ).select_related("participant")
    found: dict[str, Content] = {}
    for person, group in groupby(rows.order_by("participant", "sequence"), key=lambda row: row.participant):
        statuses = list(group)
        counts = {row.pk for row in counting(statuses)}
        # A row that took an end back restores another one; it stands itself until it is corrected.
        cut = {row.corrects_id for row in statuses}
        for row in statuses:
            stands = row.pk in counts or (row.restores_id is not None and row.pk not in cut)
            found[f"{person.number}/{row.sequence}"] = end_content(person.number, row, stands=stands)
    return {key: found[key] for key in records if key in found}


def _silences(records: Sequence[str], trial: Trial) -> dict[str, Content]:
    rows = ContactDetails.objects.filter(
        participant__trial=trial, participant__number__in=_numbers(records), withdrawn_at__isnull=False
    ).select_related("participant")
    found: dict[str, Content] = {}
    for row in rows:
        by_number = f"{row.participant.number}/contact/{row.pk}"  # as signatures of before say
        found |= dict.fromkeys((_silence_key(row), by_number), silence_content(row.participant.number, row))
    return {key: found[key] for key in records if key in found}


def _deviations(records: Sequence[str], trial: Trial) -> dict[str, Content]:
    """Each deviation with its latest review, by `number/deviation`."""
    people = Participant.objects.filter(trial=trial, number__in=_numbers(records))
    reviews = DeviationReview.objects.filter(deviation__participant__in=people)
    latest = {
        f"{row.deviation.participant.number}/{row.deviation.number}": deviation_content(row.deviation, row)
        for row in reviews.select_related("deviation__participant").order_by("sequence")
    }
    return {key: latest[key] for key in records if key in latest}
