"""Deviations of a consent that came after what it is for. The caller writes the audit entry."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from dosing.core.days import date_of
from dosing.core.deviations import ConsentFacts, Departure, consent_departures
from dosing.core.events import DeviationEvent
from dosing.models import Deviation, Plan
from dosing.reading.latest_records import IN_PART, latest_records, seen_on
from dosing.reading.versions import version_of
from dosing.services.drafting import draft
from randomization.queries import envelope_of, randomized_at
from trial.core.consent_days import OddConsent
from trial.models import ConsentCorrection, CurrentParticipant, Delegation, Participant, ProtocolVersion
from trial.screening.eligibility_recheck import unmet_on
from trial.screening.services import signed_on_of
from trial.wording.clock import day_at

ACTS = {Departure.CONSENT_AFTER_DRAW, Departure.INJECTION_NO_CONSENT, Departure.VISIT_NO_CONSENT}
"""Departures of an act, which is lawful from the day of the consent on."""


ODD = {
    OddConsent.BEFORE_TRIAL: Departure.CONSENT_BEFORE_TRIAL,
    OddConsent.BEFORE_SITE: Departure.CONSENT_BEFORE_SITE,
    OddConsent.TOO_LONG_AGO: Departure.CONSENT_OFF_PERIOD,
}
"""Departures of a day that is odd in itself, whatever was done since."""


def draft_consent(
    row: ConsentCorrection, odd: Mapping[OddConsent, date], *, by: Delegation, at: datetime
) -> list[Deviation]:
    """A draft for each way in which the corrected consent departs; before the draw, of an odd day alone."""
    participant, drawn_on = row.participant, _drawn_on(row.participant)
    if drawn_on is None:
        return _odd_drafts(participant, row.signed_on, odd, row.reason, by, at)
    unmet = unmet_on(participant, row.signed_on)
    facts = ConsentFacts(
        signed_on=row.signed_on,
        drawn_on=drawn_on,
        injected_on=_injected_on(participant),
        seen_on=seen_on(participant),
        period=_screening_period(participant, version_of(participant)),
        eligible=not unmet,
    )
    found = _drafts(participant, facts, row.reason, unmet, by, at)
    rest = {kind: day for kind, day in odd.items() if ODD[kind].value not in {one.kind for one in found}}
    return found + _odd_drafts(participant, row.signed_on, rest, row.reason, by, at)


def draft_odd_consent(
    participant: CurrentParticipant,
    signed_on: date,
    odd: Mapping[OddConsent, date],
    *,
    by: Delegation,
    at: datetime,
) -> list[Deviation]:
    """A draft for each way in which the day of a consent that is recorded now is odd."""
    return _odd_drafts(participant, signed_on, odd, "", by, at)


def day_one(participant: Participant) -> date | None:
    """Day 1 as it is booked or given; the day of the draw while it is not; None before the draw."""
    plan = Plan.objects.filter(participant=participant, superseded_at=None).first()
    return plan.first_injection if plan else _drawn_on(participant)


def draft_early_draw(
    participant: CurrentParticipant, drawn_on: date, reason: str, *, by: Delegation, at: datetime
) -> list[Deviation]:
    """A draft of a draw on paper, entered now, if it was made on a day before the consent."""
    facts = ConsentFacts(signed_on_of(participant), drawn_on)
    return _drafts(participant, facts, reason, [], by, at)


def draft_off_period(
    participant: CurrentParticipant,
    version: ProtocolVersion,
    day_1: date,
    reason: str,
    *,
    by: Delegation,
    at: datetime,
) -> list[Deviation]:
    """A draft of a consent outside the screening period of the day 1 that is booked, unless there is one."""
    signed_on, event = signed_on_of(participant), DeviationEvent.CONSENT.named()
    kind, screening = Departure.CONSENT_OFF_PERIOD, version.protocol.screening
    known = Deviation.objects.filter(participant=participant, event=event, kind=kind, happened_on=signed_on)
    if known.exists():
        return []
    return [
        draft(
            participant,
            kind,
            event,
            participant.consent_corrections.count() + 1,
            version,
            by,
            at,
            earliest=date_of(screening.earliest_day, day_1),
            latest=date_of(screening.latest_day, day_1),
            happened_on=signed_on,
            reason=reason,
        )
    ]


def _drafts(
    participant: Participant,
    facts: ConsentFacts,
    reason: str,
    unmet: list[str],
    by: Delegation,
    at: datetime,
) -> list[Deviation]:
    """A draft for each departure; of the record of the consent that counts now."""
    version, record = version_of(participant), participant.consent_corrections.count() + 1
    period = facts.period
    return [
        draft(
            participant,
            departure,
            DeviationEvent.CONSENT.named(),
            record,
            version,
            by,
            at,
            earliest=_first_day(departure, facts.signed_on, period),
            latest=period[1] if period and departure is Departure.CONSENT_OFF_PERIOD else None,
            happened_on=day,
            reason=_said(reason, unmet if departure is Departure.CONSENT_INELIGIBLE else []),
        )
        for departure, day in consent_departures(facts).items()
    ]


def _odd_drafts(
    participant: Participant,
    signed_on: date,
    odd: Mapping[OddConsent, date],
    reason: str,
    by: Delegation,
    at: datetime,
) -> list[Deviation]:
    """Drafts of the record of the consent that counts now, each with the first day that would not be odd."""
    version, record = version_of(participant), participant.consent_corrections.count() + 1
    event = DeviationEvent.CONSENT.named()
    return [
        draft(
            participant,
            ODD[kind],
            event,
            record,
            version,
            by,
            at,
            earliest=first,
            happened_on=signed_on,
            reason=reason,
        )
        for kind, first in odd.items()
    ]


def _drawn_on(participant: Participant) -> date | None:
    envelope = envelope_of(participant)
    drawn_at = randomized_at(envelope) if envelope else None
    return day_at(participant.site, drawn_at) if drawn_at else None


def _first_day(departure: Departure, signed_on: date, period: tuple[date, date] | None) -> date | None:
    if departure in ACTS:
        return signed_on
    return period[0] if period and departure is Departure.CONSENT_OFF_PERIOD else None


def _said(reason: str, unmet: list[str]) -> str:
    """The person's words, and by number the criteria that are not shown to be met."""
    return " · ".join(filter(None, [reason, ", ".join(unmet)]))


def _screening_period(participant: Participant, version: ProtocolVersion) -> tuple[date, date] | None:
    """First and last day of the protocol's screening period, once day 1 is booked or given."""
    plan = Plan.objects.filter(participant=participant, superseded_at=None).first()
    if plan is None:
        return None
    screening = version.protocol.screening
    return (
        date_of(screening.earliest_day, plan.first_injection),
        date_of(screening.latest_day, plan.first_injection),
    )


def _injected_on(participant: Participant) -> tuple[date, ...]:
    rows = latest_records().filter(participant=participant, outcome__in=IN_PART)
    return tuple(day_at(participant.site, row.happened_at) for row in rows if row.happened_at)
