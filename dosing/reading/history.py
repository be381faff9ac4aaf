"""What has happened to one participant, latest first, told from the rows themselves."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import assert_never
from uuid import UUID

from django.utils.translation import gettext as _

from dosing.models import (
    Appointment,
    BodySite,
    ChoiceKind,
    InjectionOutcome,
    ReminderState,
    Timing,
    UnscheduledVisit,
    VisitOutcome,
)
from randomization.code_breaks import BY_LINK, code_breaks_of, what_happened
from randomization.models import Envelope
from trial.core.protocol import ReminderFor
from trial.models import Delegation, EndReason, Participant, ParticipantStatus, Status, WithdrawalScope
from trial.wording.words import full_day, moment, status_in_words


@dataclass(frozen=True)
class Event:
    """One event: what, when (as a moment and in words) and who; whether it is a reminder that was sent."""

    at: datetime
    what: str
    who: str
    when: str
    reminder: bool = False


def story(participant: Participant, envelope: Envelope | None) -> list[Event]:
    """Every event of the participant's way through the trial; `envelope` is theirs, if it is drawn."""
    before = (*_screening(participant), *_eligibility(participant), *_draw(envelope))
    tellers = (
        _bookings,
        _choices,
        _injections,
        _visits,
        _hours,
        _unscheduled,
        _statuses,
        _code_breaks,
    )
    told = [*before, *(event for teller in tellers for event in teller(participant))]
    names, site = _names(participant), participant.site
    events = [Event(at, what, names.get(by, ""), moment(at, site)) for at, what, by in told]
    sent = _reminders(participant)
    events += [Event(at, what, "", moment(at, site), reminder=True) for at, what, _by in sent]
    return sorted(events, key=lambda event: event.at)[::-1]


Told = Iterator[tuple[datetime, str, UUID | None]]
"""When, what, and the delegation of who did it; None for the system."""


def _names(participant: Participant) -> dict[UUID | None, str]:
    """The people of the trial by delegation, read together."""
    duties = Delegation.objects.filter(trial=participant.trial_id).select_related("user")
    return {duty.pk: f"{duty.user.shown_name}, {duty.get_role_display()}" for duty in duties}


def _screening(participant: Participant) -> Told:
    yield participant.screened_at, _("Screening begun"), participant.screened_by_id
    consent = getattr(participant, "consent", None)
    if consent:
        day = {"day": full_day(consent.signed_on)}
        yield consent.recorded_at, _("Consent signed on %(day)s") % day, consent.recorded_by_id
    for fixed in participant.consent_corrections.all():
        what = _("Day of the consent corrected: %(day)s") % {"day": full_day(fixed.signed_on)}
        yield fixed.recorded_at, _with(what, fixed.reason), fixed.recorded_by_id
    for row in participant.contact_details.all():
        what = _("Reminders ended") if row.withdrawn_at else _("Address for reminders recorded")
        yield row.recorded_at, what, row.recorded_by_id


def _eligibility(participant: Participant) -> Told:
    for check in participant.eligibility_checks.all():
        failed = ", ".join(failure["id"] for failure in check.failures)
        what = _("Found eligible") if check.eligible else _("Not eligible: %(failed)s") % {"failed": failed}
        yield check.checked_at, what, check.checked_by_id


def _draw(envelope: Envelope | None) -> Told:
    if envelope and envelope.drawn_at:
        yield (
            envelope.drawn_at,
            _("Envelope drawn: %(number)s") % {"number": envelope.number},
            envelope.drawn_by_id,
        )


def _code_breaks(participant: Participant) -> Told:
    """When and by whom the code was broken; by a link it was whoever had it, so nobody is named."""
    if not getattr(participant, "code_broken", True):
        return
    for row in code_breaks_of([participant]):
        yield row.at, what_happened(row), None if row.means == BY_LINK else row.by_id


def _bookings(participant: Participant) -> Told:
    """Plans in which day 1 is another one than before; the others are told by what was chosen."""
    before = None
    for plan in participant.plans.all():
        if plan.first_injection != before:
            sentence = _("Day 1 moved to %(day)s") if before else _("Day 1 booked for %(day)s")
            what = _with(sentence % {"day": full_day(plan.first_injection)}, plan.reason)
            yield plan.made_at, what, plan.made_by_id
        before = plan.first_injection


def _choices(participant: Participant) -> Told:
    sentences = {
        ChoiceKind.MOVE: _("Course %(course)d moved to start on %(day)s"),
        ChoiceKind.FOLLOW: _("Later days counted from course %(course)d as it began on %(day)s"),
        ChoiceKind.KEEP: _("Course %(course)d began on %(day)s; the days are kept"),
    }
    for row in participant.course_choices.exclude(kind=ChoiceKind.DAY_1):
        what = sentences[ChoiceKind(row.kind)] % {"course": row.course_number, "day": full_day(row.start)}
        yield row.at, _with(what, row.reason), row.by_id


def _injections(participant: Participant) -> Told:
    for row in participant.injection_records.all():
        outcome = InjectionOutcome(row.outcome)
        words = {"number": row.number, "outcome": outcome.label}
        sentence = (
            _("Injection %(number)d corrected: %(outcome)s")
            if row.sequence > 1
            else _("Injection %(number)d %(outcome)s")
        )
        parts = [sentence % words]
        parts += [str(BodySite(row.body_site).label)] if row.body_site else []
        parts += [str(Timing(row.timing).label)] if row.timing in {Timing.EARLY, Timing.LATE} else []
        yield row.recorded_at, _with(", ".join(parts), row.reason), row.recorded_by_id


def _visits(participant: Participant) -> Told:
    for row in participant.visit_records.all():
        words = {"code": row.code, "outcome": VisitOutcome(row.outcome).label}
        what = _("Visit %(code)s %(outcome)s") % words
        if row.outcome == VisitOutcome.MOVED and row.day:
            what = _("Visit %(code)s moved to %(day)s") % {"code": row.code, "day": full_day(row.day)}
        yield row.recorded_at, _with(what, row.reason), row.recorded_by_id


def _hours(participant: Participant) -> Told:
    """Each hour of an appointment as it was set, changed and taken back."""
    for row in Appointment.objects.filter(participant=participant).order_by("at", "id"):
        code = row.code or _("Injection %(number)d") % {"number": row.number}
        set_to = _("%(what)s: appointment at %(hour)s")
        what = set_to if row.hour else _("%(what)s: appointment taken back")
        yield row.at, what % {"what": code, "hour": f"{row.hour:%H:%M}" if row.hour else ""}, row.by_id


def _unscheduled(participant: Participant) -> Told:
    """Each visit beside the plan as it was recorded, corrected and taken back."""
    recorded, corrected = _("Unscheduled visit on %(day)s"), _("Unscheduled visit corrected: %(day)s")
    for row in UnscheduledVisit.objects.filter(participant=participant).order_by("at", "id"):
        taken = _("Unscheduled visit of %(day)s taken back") if row.taken_back else corrected
        what = (taken if row.why else recorded) % {"day": full_day(row.day)}
        yield row.at, _with(what, row.why or row.reason), row.by_id


def _statuses(participant: Participant) -> Told:
    before = ""
    for row in participant.statuses.all():
        if row.corrects_id is not None:
            yield row.at, _with(_corrected(row, before), row.reason), row.by_id
        elif row.status == Status.MISTAKE:
            yield row.at, _with(_("Marked as screened by mistake"), row.reason), row.by_id
        elif row.status == Status.ON_HOLD:
            yield row.at, _with(_("Treatment put on hold"), row.reason), row.by_id
        elif before == Status.ON_HOLD and not row.scope:
            yield row.at, _with(_("Hold released"), row.reason), row.by_id
        elif row.scope:
            yield row.at, _with(told_end(row), row.reason), row.by_id
        elif before == Status.WITHDRAWN:
            yield row.at, _with(_("Found again"), row.reason), row.by_id
        elif row.status == Status.COMPLETED:
            yield row.at, _("The trial is completed for this participant"), row.by_id
        before = row.status


def _corrected(row: ParticipantStatus, before: str) -> str:
    """What a correction says: of a mark, or of an end."""
    if before == Status.MISTAKE:
        return _("Mark taken back: rightly screened")
    if row.restores_id is None:
        return _("Corrected: %(end)s") % {"end": told_end(row)}
    state = status_in_words(Status(row.status), row.scope)
    return _("The entry before was wrong; the participant is %(state)s again") % {"state": state}


def told_end(row: ParticipantStatus) -> str:
    """A withdrawal, a death or a loss in words, with its day."""
    day = {"day": full_day(row.ended_on) if row.ended_on else "–"}
    match scope := WithdrawalScope(row.scope):
        case WithdrawalScope.DEATH:
            return _("Died on %(day)s") % day
        case WithdrawalScope.LOST:
            return _("Lost to follow-up; last contact on %(day)s") % day
        case (
            WithdrawalScope.TREATMENT
            | WithdrawalScope.VISITS
            | WithdrawalScope.CONTACT
            | WithdrawalScope.TRIAL
            | WithdrawalScope.REMINDERS
        ):
            return _ended(row, scope)
        case _:
            assert_never(scope)


def _ended(row: ParticipantStatus, scope: WithdrawalScope) -> str:
    """An end that somebody said, in words that fit who said it: a participant withdraws, nobody else does."""
    day = full_day(row.ended_on) if row.ended_on else ""  # some are older than the days of ends
    said = {"day": day, "scope": scope.label}
    if row.cause in {EndReason.BY_SUBJECT, EndReason.BY_GUARDIAN}:
        sentence = _("Withdrawn on %(day)s from: %(scope)s") if day else _("Withdrawn from: %(scope)s")
        return sentence % said
    sentence = _("Ended on %(day)s: %(scope)s") if day else _("Ended: %(scope)s")
    why = EndReason(row.cause).label if row.cause else _("reason not coded")
    return f"{sentence % said} · {why}"


def _reminders(participant: Participant) -> Told:
    """One line for each day and recipient, however many things that day holds."""
    sent = participant.reminders.filter(state=ReminderState.SENT).order_by(
        "sent_at", "event_date", "recipient"
    )
    lines = {(row.event_date, row.recipient): row.sent_at for row in sent}
    for (day, recipient), sent_at in lines.items():
        if sent_at:
            yield sent_at, _reminded(ReminderFor(recipient)) % {"day": full_day(day)}, None


def _reminded(recipient: ReminderFor) -> str:
    match recipient:
        case ReminderFor.PARTICIPANT:
            return _("Participant reminded of %(day)s")
        case ReminderFor.SITE:
            return _("Team reminded of %(day)s")
        case _:
            assert_never(recipient)


def _with(what: str, reason: str) -> str:
    return f"{what} ({reason})" if reason else what
