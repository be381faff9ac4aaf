"""What is said of an injection or a visit, judged against what is known: values in, values or a refusal out.

No database and no clock: `recording` reads what is known beforehand, and writes down what was judged.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from typing import Protocol

from django.utils.translation import gettext as _

from dosing.core.days import Day
from dosing.core.windows import Timing, judge
from dosing.models import RECORDABLE, RECORDABLE_OF_A_VISIT, Cause, InjectionOutcome, VisitOutcome
from dosing.services.common import require_reason
from dosing.services.day_guards import Planned, refuse_injection_before_day_1, refuse_visit_before_day_1
from dosing.services.dose_guards import refuse_before_the_draw, refuse_second_that_day
from dosing.services.stops import Stand, died_on, stop_at, treatment_ended_on
from trial.models import Status
from trial.refusals import InvalidInput, Refusal
from trial.wording.words import medium_day


class AlreadyRecorded(Refusal):
    """It is recorded already; only a correction with a reason may follow."""

    code = "already_recorded"


class OutOfWindow(Refusal):
    """The day lies outside the window; it can be recorded with the reason for the departure."""

    code = "out_of_window"
    status = 422


class NotReleased(Refusal):
    """The syringe does not show as released; it can be recorded as given all the same."""

    code = "not_released"
    status = 422


class OnHold(Refusal):
    """Treatment is on hold."""

    code = "on_hold"


class TreatmentEnded(Refusal):
    """Treatment, or the whole trial, has ended for this participant."""

    code = "treatment_ended"


@dataclass(frozen=True, kw_only=True)
class Said:
    """What a person says became of something planned.

    `deviation_reason` says why it departs from its plan, `correction` that an earlier record was wrong.
    """

    outcome: str
    reason: str = ""
    cause: str = ""
    deviation_reason: str = ""
    correction: bool = False


@dataclass(frozen=True, kw_only=True)
class SaidOfInjection(Said):
    """`happened_at` is the moment of the injection, with its zone; empty for a missed one.

    `without_release` says that it was given although the syringe did not show as released.
    """

    happened_at: datetime | None = None
    place: str = ""
    body_site: str = ""
    given_by: str = ""
    without_release: bool = False


@dataclass(frozen=True, kw_only=True)
class SaidOfVisit(Said):
    """`day` is the day on which the visit was done, or to which it is moved; empty for a missed one.

    `confirmed` names a day that was asked about; None is for what cannot be asked.
    """

    day: date | None = None
    confirmed: Mapping[str, object] | None = None


class Recorded(Protocol):
    """The latest record of the same injection or visit."""

    @property
    def sequence(self) -> int: ...

    @property
    def outcome(self) -> str: ...


class RecordedVisit(Recorded, Protocol):
    """The latest record of a visit, with its day."""

    @property
    def day(self) -> Day | None: ...


@dataclass(frozen=True, kw_only=True)
class KnownOfInjection:
    """What is known when an injection is recorded, at the moment `at`; `zone` is that of the site.

    `stands` are the participant's statuses, the oldest first. `other_that_day` is the number of another
    injection of the drug on the day that is said. `released_then` and `released_now` are what the clinic was
    shown of the syringe by the injection and is shown at `at`; None where the pharmacy makes nothing.
    """

    participant: str
    number: int
    planned: Planned
    day_1: date
    latest: Recorded | None
    stands: Sequence[Stand]
    drawn_at: datetime | None = None
    other_that_day: int | None = None
    released_then: bool | None = None
    released_now: bool | None = None
    zone: tzinfo
    at: datetime


@dataclass(frozen=True, kw_only=True)
class KnownOfVisit:
    """What is known when a visit is recorded. `left_on` is the last day of somebody who has left, and
    `stopped_on` the day after which visits were stopped.
    """

    participant: str
    code: str
    planned: Planned
    day_1: date
    latest: RecordedVisit | None
    left_on: date | None = None
    stopped_on: date | None = None
    today: date


@dataclass(frozen=True)
class InjectionJudged:
    """An injection's record as it is written, by the names of its columns."""

    sequence: int
    outcome: InjectionOutcome
    happened_at: datetime | None
    timing: str
    place: str
    body_site: str
    given_by: str
    reason: str
    cause: str | None
    without_release: bool | None = None


@dataclass(frozen=True)
class VisitJudged:
    """A visit's record as it is written, by the names of its columns."""

    sequence: int
    outcome: VisitOutcome
    day: date | None
    timing: str
    reason: str
    cause: str | None


def judge_injection(said: SaidOfInjection, known: KnownOfInjection) -> InjectionJudged:
    """The record that follows from what is said. What really happened is never kept out, given a reason.

    Raises AlreadyRecorded, OutOfWindow, BeforeDay1, SecondThatDay, OnHold, TreatmentEnded, NotReleased or
    InvalidInput.
    """
    if said.outcome not in dict(RECORDABLE):
        raise _invalid(_("Say whether it was given, partly given or not given."), "outcome")
    sequence = _next_sequence(said, known.latest, InjectionOutcome.REOPENED)
    missed = said.outcome == InjectionOutcome.MISSED
    check_can_record_injection(said.outcome, known)
    if not missed:
        _refuse_moment(said, known)
    given = said.outcome == InjectionOutcome.GIVEN
    cause, reason = _coded(said, done=given), _why(said, done=given)
    timing = "" if missed or said.happened_at is None else _timing_of(said, said.happened_at, known)
    return InjectionJudged(
        sequence=sequence,
        outcome=InjectionOutcome(said.outcome),
        happened_at=None if missed else said.happened_at,
        timing=timing,
        place="" if missed else said.place,
        body_site="" if missed else said.body_site,
        given_by="" if missed else said.given_by,
        reason=reason,
        cause=cause,
        without_release=None if missed else _without_release(said, known),
    )


def judge_visit(said: SaidOfVisit, known: KnownOfVisit) -> VisitJudged:
    """The record that follows from what is said. A moved visit is recorded again without a correction.

    Raises AlreadyRecorded, OutOfWindow, BeforeDay1, TreatmentEnded or InvalidInput.
    """
    if said.outcome not in dict(RECORDABLE_OF_A_VISIT):
        raise _invalid(_("Say whether it was done, missed or moved."), "outcome")
    outcome = VisitOutcome(said.outcome)
    check_can_record_visit(outcome, known)
    if known.left_on and outcome != VisitOutcome.MISSED:
        _refuse_after_leaving(outcome, said.day, known.participant, known.left_on)
    sequence = _next_sequence(said, known.latest, VisitOutcome.MOVED)
    missed = outcome == VisitOutcome.MISSED
    timing = "" if missed else _visit_timing(said, outcome, known)
    cause = _coded(said, done=outcome == VisitOutcome.DONE)
    return VisitJudged(
        sequence=sequence,
        outcome=outcome,
        day=None if missed else said.day,
        timing=timing,
        reason=_why(said, done=outcome == VisitOutcome.DONE),
        cause=cause,
    )


def check_can_record_injection(outcome: str, known: KnownOfInjection) -> None:
    """Raises why this is not said of the injection, whatever else is: TreatmentEnded or InvalidInput."""
    if outcome == InjectionOutcome.MISSED:
        _refuse_missed_early(known)


def check_can_record_visit(outcome: VisitOutcome, known: KnownOfVisit) -> None:
    """Raises why this is not said of the visit, whatever else is: TreatmentEnded or InvalidInput."""
    if outcome == VisitOutcome.MISSED:
        _refuse_visit_not_missed(known)
    elif known.left_on:
        _refuse_after_leaving(outcome, known.left_on, known.participant, known.left_on)
    elif outcome == VisitOutcome.MOVED and known.stopped_on and known.today > known.stopped_on:
        raise _fell_away(known)


def _fell_away(known: KnownOfVisit) -> TreatmentEnded:
    return TreatmentEnded(
        _(
            "Visit %(code)s of %(number)s fell away with the treatment, which has ended. It is not moved; if "
            "it took place, record it as done."
        )
        % {"code": known.code, "number": known.participant}
    )


def _invalid(sentence: str, field: str) -> InvalidInput:
    return InvalidInput(sentence, {field: sentence})


def _day(moment: datetime, zone: tzinfo) -> date:
    """The site's calendar day of a moment."""
    return moment.astimezone(zone).date()


def _next_sequence(said: Said, latest: Recorded | None, open_again: str) -> int:
    """The place of the new record. One that follows a record which counts is a correction, with a reason."""
    if latest is None:
        if said.correction:
            raise InvalidInput(_("There is nothing to correct yet. Record it first."))
        return 1
    if latest.outcome != open_again:
        if not said.correction:
            raise AlreadyRecorded(
                _("This is recorded already. Record a correction and say why; the first entry stays.")
            )
        require_reason(said.reason)
    return latest.sequence + 1


def _coded(said: Said, *, done: bool) -> str | None:
    """The coded reason, if there is one; what was done in full has none."""
    if said.cause and done:
        sentence = _("Remove the reason: this was done in full. If it was not, correct the outcome.")
        raise _invalid(sentence, "cause")
    if said.cause and said.cause not in Cause.values:
        raise _invalid(_("Choose a reason from the list."), "cause")
    return said.cause or None


def _why(said: Said, *, done: bool) -> str:
    """The reasons in one text. What was not done in full needs one."""
    reason = said.reason if done else require_reason(said.reason)
    return " · ".join(filter(None, [reason, said.deviation_reason.strip()]))


def _refuse_moment(said: SaidOfInjection, known: KnownOfInjection) -> None:
    if said.happened_at is None:
        raise _invalid(_("Enter when the injection was given."), "happened_at")
    if said.happened_at > known.at:
        there = said.happened_at.astimezone(known.zone)
        words = {"moment": f"{medium_day(there.date())}, {there:%H:%M}"}
        raise _invalid(
            _("%(moment)s is in the future. Record an injection when it has been given.") % words,
            "happened_at",
        )


def _refuse_missed_early(known: KnownOfInjection) -> None:
    """Refuse what cannot be missed yet, and what was not missed but fell away with the treatment."""
    end = treatment_ended_on(known.stands, known.zone)
    if end is not None and known.planned.date > end:
        raise TreatmentEnded(
            _("Treatment of %(number)s had ended, so this injection is not recorded as missed.")
            % {"number": known.participant}
        )
    if _day(known.at, known.zone) < known.planned.date:
        words = {"number": known.number, "day": medium_day(known.planned.date)}
        raise _invalid(
            _("Injection %(number)s is planned for %(day)s; it cannot be missed before that day.") % words,
            "outcome",
        )


def _timing_of(said: SaidOfInjection, moment: datetime, known: KnownOfInjection) -> str:
    """How the moment lies to the plan, once nothing speaks against it."""
    day = _day(moment, known.zone)
    refuse_before_the_draw(moment, known.drawn_at, known.participant)
    refuse_injection_before_day_1(known.planned, known.day_1, day)
    _refuse_stopped(moment, known, said.deviation_reason or (said.reason if said.correction else ""))
    refuse_second_that_day(known.other_that_day, said.deviation_reason)
    return _timing(known.planned, day, said.deviation_reason)


def _without_release(said: SaidOfInjection, known: KnownOfInjection) -> bool | None:
    """Whether it was given without release; asked last, when nothing else speaks against the record."""
    if known.released_then is None:
        return None
    if known.released_then:
        return False
    if not said.without_release:
        sentence = (
            _("The pharmacy released this syringe only after that moment. Was it given before all the same?")
            if known.released_now
            else _("The pharmacy has not released this syringe. Was it given all the same?")
        )
        raise NotReleased(sentence, {"without_release": sentence})
    return True


def _refuse_stopped(moment: datetime, known: KnownOfInjection, deviation_reason: str) -> None:
    """Refuse an injection given while treatment was stopped; one given before the stop is a late entry.

    On hold or after the end of treatment a reason lets the truth in; after leaving the trial nothing does.
    """
    death = died_on(known.stands)
    if death and _day(moment, known.zone) > death:
        raise TreatmentEnded(
            _("%(number)s died before that day. Check the participant and the day.")
            % {"number": known.participant}
        )
    stop = stop_at(known.stands, moment, known.zone)
    if stop is None:
        return
    held = stop.status == Status.ON_HOLD
    left = known.stands[-1].status == Status.WITHDRAWN and not held and stop.at <= moment
    if left or not deviation_reason.strip():
        raise _stop_reason(known.participant, stop.status)


def _stop_reason(number: str, status: str) -> Refusal:
    if status == Status.ON_HOLD:
        return OnHold(
            _("Treatment of %(number)s is on hold. Ask the investigator to release it first.")
            % {"number": number}
        )
    return TreatmentEnded(
        _("Treatment of %(number)s has ended. Call the investigator before injecting.") % {"number": number}
    )


def _timing(planned: Planned, day: date, deviation_reason: str) -> str:
    timing = judge(planned, day)
    if timing in {Timing.EARLY, Timing.LATE} and not deviation_reason.strip():
        sentence = _(
            "It is planned for %(planned)s (%(earliest)s to %(latest)s), not for %(day)s. "
            "Check the day; if it is right, say why it differs."
        ) % {
            "planned": medium_day(planned.date),
            "earliest": medium_day(planned.earliest),
            "latest": medium_day(planned.latest),
            "day": medium_day(day),
        }
        raise OutOfWindow(sentence, {"deviation_reason": sentence})
    return timing.value


def _refuse_after_leaving(outcome: VisitOutcome, day: date | None, number: str, left_on: date) -> None:
    """Of somebody who has left, what was done or missed before is entered, late, and nothing is moved."""
    if outcome != VisitOutcome.DONE or day is None or day > left_on:
        raise TreatmentEnded(
            _("%(number)s has left the trial. Only what was done or missed before can be entered.")
            % {"number": number}
        )


def _refuse_visit_not_missed(known: KnownOfVisit) -> None:
    """Refuse what cannot be missed yet, and what was not missed but fell away as the visits ended."""
    latest = known.latest
    moved_to = latest.day if latest and latest.outcome == VisitOutcome.MOVED else None
    expected = moved_to or known.planned.date
    if known.stopped_on is not None and expected > known.stopped_on:
        raise TreatmentEnded(
            _("Visits of %(number)s had ended, so this one is not recorded as missed.")
            % {"number": known.participant}
        )
    if known.today < expected:
        words = {"code": known.code, "day": medium_day(expected)}
        raise _invalid(
            _("Visit %(code)s is expected on %(day)s; it cannot be missed before that day. Move it instead.")
            % words,
            "outcome",
        )


def _visit_timing(said: SaidOfVisit, outcome: VisitOutcome, known: KnownOfVisit) -> str:
    if said.day is None:
        raise _invalid(_("Enter the date."), "day")
    refuse_visit_before_day_1(known.planned, known.day_1, said.day)
    words = {"day": medium_day(said.day)}
    if outcome == VisitOutcome.DONE and said.day > known.today:
        raise _invalid(_("%(day)s is in the future. Enter today or an earlier day.") % words, "day")
    if outcome == VisitOutcome.MOVED and said.day < known.today:
        raise _invalid(_("%(day)s has passed. Move the visit to today or a later day.") % words, "day")
    return _timing(known.planned, said.day, said.deviation_reason)
