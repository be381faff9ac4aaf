"""Booking day 1: the calendar is computed, written, and its reminders with it."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from dosing.core.planned import Calendar
from dosing.core.planning import plan
from dosing.core.refusals import CalendarRefusal, FirstInjectionRefused
from dosing.core.starts import Against, StartProposal, against_first_injection, may_be_kept
from dosing.models import InjectionOutcome, InjectionRecord, Plan
from dosing.reading.closed_days import closed_days
from dosing.reading.latest_records import IN_PART, latest_records
from dosing.reading.site_calendar import propose_starts_at
from dosing.reading.versions import version_of
from dosing.reminders.planning import plan_reminders
from dosing.services.common import require_reason
from dosing.services.consent_drafts import draft_off_period
from dosing.services.drafting import numbers
from dosing.services.plans import replace_plan, waits_of
from randomization.queries import envelope_of, randomized_at
from trial.audit import record_about
from trial.core.protocol import Protocol
from trial.core.sentences import Sentence, Words
from trial.core.waits import Wait
from trial.models import CurrentParticipant, Delegation, Participant, ProtocolVersion, Status
from trial.permissions import Permission
from trial.policies import require
from trial.refusals import Refusal
from trial.screening.services import WrongStatus, locked
from trial.wording.clock import day_at

OFF_PERIOD = frozenset({Against.CONSENT_TOO_LATE, Against.CONSENT_TOO_OLD})
"""What departs when it is booked. The others depart when the injection is recorded, and are drafted then."""


class NotRandomized(Refusal):
    """No envelope is drawn, so day 1 cannot be booked yet."""

    code = "not_randomized"


class CannotBook(Refusal):
    """The protocol does not allow day 1 on that day."""

    code = "cannot_book"
    status = 422


class FirstInjectionGiven(Refusal):
    """An injection was given, so day 1 is a fact and cannot be moved."""

    code = "first_injection_recorded"


def propose_first_injection(*, participant: CurrentParticipant, at: datetime) -> tuple[StartProposal, ...]:
    """The days on which day 1 may lie, best first, each with what it would meet at the site.

    Raises NotRandomized.
    """
    protocol = version_of(participant).protocol
    randomized = _randomized_on(participant)
    today = day_at(participant.site, at)
    last = randomized + timedelta(days=protocol.limits.max_days_to_first_injection)
    if last < today:
        return ()
    waiting = waits_of(participant)
    site = protocol.site(participant.site.number)
    proposals = propose_starts_at(
        site,
        protocol,
        earliest=today,
        latest=last,
        randomized=randomized,
        closed=closed_days(participant.site),
    )
    asked = (randomized, today, waiting)
    return tuple(row for row in proposals if not _against(participant, protocol, row.date, *asked))


@transaction.atomic
def book_first_injection(
    *,
    participant: Participant,
    day: date,
    by: Delegation,
    at: datetime,
    reason: str = "",
    deviation_reason: str = "",
) -> Plan:
    """Plan the participant's calendar from a first injection on `day`, in place of any earlier plan.

    Days are calendar days of the site. Possible until an injection was given, as day 1 is the day of
    the first one given; those missed until then are open again, which asks for a reason. Moving day 1
    keeps the protocol version that planned it; an amendment has a move of its own. What counts back from
    day 1, such as a vaccination, is judged again for the day that is chosen. A day that the protocol does not
    allow is taken with a `deviation_reason` where it has come, since it may really have been so, or where the
    screening period is over and no other day is left, which no waiting mends; never a day before the draw.
    Raises NotRandomized, FirstInjectionGiven, WrongStatus, CannotBook or InvalidInput.
    """
    participant = locked(participant)
    require(by, Permission.BOOK, trial=participant.trial_id, site=participant.site)
    randomized = _randomized_on(participant)
    begun = latest_records().filter(participant=participant, outcome__in=IN_PART).exists()
    check_can_book(participant, begun=begun)
    version = version_of(participant)
    calendar, against = _calendar(participant, version, day, randomized, at, deviation_reason)
    reopened = _reopen_missed(participant, by, at, reason)
    why = deviation_reason.strip() if against else ""
    replanned = replace_plan(participant, version, calendar, by, at, " · ".join(filter(None, [reason, why])))
    written = replanned.plan
    plan_reminders(participant=participant, calendar=calendar, protocol=version.protocol, at=at)
    drafts = draft_off_period(participant, version, day, why, by=by, at=at) if against & OFF_PERIOD else []
    body = ({"against": sorted(against), "deviations": numbers(drafts)} if against else {}) | {
        "first_injection": day.isoformat(),
        "protocol": version.digest,
        "reason": written.reason,
        "reopened": reopened,
    }
    body |= replanned.facts
    record_about(participant, "calendar.booked", by=by, at=at, body=body)
    return written


def _reopen_missed(participant: Participant, by: Delegation, at: datetime, reason: str) -> list[int]:
    """Plan anew what was missed before any injection was given. Returns the numbers."""
    missed = list(latest_records().filter(participant=participant))
    if missed:
        reason = require_reason(reason)
    for row in missed:
        InjectionRecord.objects.create(
            participant=participant,
            number=row.number,
            sequence=row.sequence + 1,
            outcome=InjectionOutcome.REOPENED,
            reason=reason,
            recorded_by=by,
            recorded_at=at,
        )
    return [row.number for row in missed]


def _against(
    participant: CurrentParticipant,
    protocol: Protocol,
    day: date,
    randomized: date,
    today: date,
    waiting: tuple[Wait, ...],
) -> dict[Against, FirstInjectionRefused]:
    return against_first_injection(
        protocol,
        day=day,
        randomized_on=randomized,
        screened_on=participant.signed_on,
        today=today,
        waits=waiting,
    )


def _is_one_left(
    participant: CurrentParticipant,
    protocol: Protocol,
    randomized: date,
    today: date,
    waiting: tuple[Wait, ...],
) -> bool:
    """Whether the protocol allows a day from today on."""
    last = randomized + timedelta(days=protocol.limits.max_days_to_first_injection)
    ahead = (today + timedelta(days=n) for n in range((last - today).days + 1))
    return any(not _against(participant, protocol, day, randomized, today, waiting) for day in ahead)


def _randomized_on(participant: Participant) -> date:
    envelope = envelope_of(participant)
    if envelope is None or envelope.drawn_at is None:
        raise NotRandomized(
            _("%(number)s is not randomised. Draw the envelope first.") % {"number": participant.number}
        )
    return day_at(participant.site, randomized_at(envelope) or envelope.drawn_at)


def check_can_book(participant: CurrentParticipant, *, begun: bool) -> None:
    """Raises FirstInjectionGiven once an injection was given (`begun`), else WrongStatus."""
    if begun:
        raise FirstInjectionGiven(
            _("An injection of %(number)s was given already; day 1 stays where it is.")
            % {"number": participant.number}
        )
    if participant.current_status != Status.RANDOMIZED:
        raise WrongStatus(
            _("%(number)s is %(status)s; day 1 can be booked after randomisation only.")
            % {"number": participant.number, "status": Status(participant.current_status).label}
        )


def _calendar(
    participant: CurrentParticipant,
    version: ProtocolVersion,
    day: date,
    randomized: date,
    at: datetime,
    deviation_reason: str,
) -> tuple[Calendar, frozenset[Against]]:
    """The calendar from that day, and what spoke against the day and was kept with a reason."""
    today, waiting = day_at(participant.site, at), waits_of(participant)
    against = _against(participant, version.protocol, day, randomized, today, waiting)
    left = Against.CONSENT_TOO_OLD in against and _is_one_left(
        participant, version.protocol, randomized, today, waiting
    )
    for kind, refusal in against.items():
        if not may_be_kept(kind, day, today, left=left):
            raise _cannot_book(refusal.sentence, "day")
        if not deviation_reason.strip():
            raise _cannot_book(_KEPT.having(why=refusal.sentence), "deviation_reason")
    try:
        calendar = plan(version.protocol, first_injection=day, randomized=randomized)
    except CalendarRefusal as refusal:
        raise _cannot_book(refusal.sentence, "day") from refusal
    return calendar, frozenset(against)


_KEPT = Sentence("%(why)s If day 1 really is this day, book it with the reason why it departs.")


def _cannot_book(sentence: Words, field: str) -> CannotBook:
    return CannotBook(sentence, {field: sentence})
