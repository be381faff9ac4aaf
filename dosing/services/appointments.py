"""The hour at which somebody is expected on a planned day: set, changed, taken back."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, time

from django.db import transaction
from django.utils.translation import gettext as _

from dosing.models import Appointment
from dosing.reading.queries import CalendarView, InjectionDay, VisitDay, injection_day, visit_day
from dosing.services.judging import AlreadyRecorded, TreatmentEnded
from trial.audit import record_about
from trial.core.typed_days import NoSuchTime, on_the_wall
from trial.models import CurrentParticipant, Delegation, Participant, Site
from trial.permissions import Permission
from trial.policies import require
from trial.refusals import InvalidInput, Refusal, can
from trial.screening.services import locked

CalendarDay = InjectionDay | VisitDay


class NothingAhead(Refusal):
    """No day is left that could have an hour."""

    code = "nothing_ahead"


@transaction.atomic
def set_hour(
    *,
    participant: Participant,
    hour: time | None,
    by: Delegation,
    at: datetime,
    number: int = 0,
    code: str = "",
) -> CalendarDay:
    """Say at what hour injection `number`, or visit `code`, is expected; None takes the appointment back.

    The hour is that of the site's clock. It has no day of its own and moves with its day. What stands already
    is not written again. An hour that the clocks leave out on that day is refused; of one that comes twice
    the first is meant, as RFC 5545 reads it.
    Raises NotFound, AlreadyRecorded, TreatmentEnded or InvalidInput. Returns the day as it then stands.
    """
    participant = locked(participant)
    require(by, Permission.RECORD, trial=participant.trial_id, site=participant.site)
    day = _day(participant, number, code, at)
    check_can_set_hour(day)
    hour = hour.replace(second=0, microsecond=0) if hour else None
    if hour == day.hour:
        return day
    if hour is not None:
        _check_is_on_the_clock(day, hour, participant.site)
    rows = Appointment.objects.filter(participant=participant, number=number, code=code)
    row = Appointment.objects.create(
        participant=participant, number=number, code=code, sequence=rows.count() + 1, hour=hour, by=by, at=at
    )
    about: dict[str, object] = {"injection": number} if number else {"visit": code}
    body = about | {"hour": f"{hour:%H:%M}" if hour else None, "sequence": row.sequence}
    record_about(participant, "hour.set", by=by, at=at, body=body)
    return _day(participant, number, code, at)


def check_can_set_hour(day: CalendarDay) -> None:
    """Raises AlreadyRecorded for what has happened, TreatmentEnded for what will not take place."""
    if day.recorded:
        raise AlreadyRecorded(
            _("%(code)s of %(number)s is recorded already; it needs no hour.")
            % {"code": day.code, "number": day.participant}
        )
    if day.state == "stopped" or day.only_asked:
        raise TreatmentEnded(
            _("%(code)s of %(number)s does not take place any more; it needs no hour.")
            % {"code": day.code, "number": day.participant}
        )


def days_for_hours(calendar: CalendarView | None) -> list[CalendarDay]:
    """The days that can have an hour, in order."""
    days: Iterable[CalendarDay] = calendar.days if calendar else ()
    return sorted((day for day in days if can(check_can_set_hour, day)), key=lambda day: (day.date, day.code))


def check_can_set_hours(participant: CurrentParticipant, calendar: CalendarView | None) -> None:
    """Raises NothingAhead where no day of the calendar can have an hour."""
    if not days_for_hours(calendar):
        raise NothingAhead(
            _("%(number)s has no day ahead that needs an hour. Book day 1, or look at the calendar.")
            % {"number": participant.number}
        )


def _day(participant: Participant, number: int, code: str, at: datetime) -> CalendarDay:
    return injection_day(participant, number, at=at) if number else visit_day(participant, code, at=at)


def _check_is_on_the_clock(day: CalendarDay, hour: time, site: Site) -> None:
    try:
        on_the_wall(day.date, hour, site.tzinfo)
    except NoSuchTime as reason:
        raise InvalidInput(reason.sentence, {"hour": reason.sentence}) from reason
