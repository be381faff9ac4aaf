"""What a withdrawal, a death or a loss ends, in words, before it is recorded."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dosing.core.day_state import DayState
from dosing.models import PlannedVisit, Reminder, ReminderState
from dosing.reading.queries import InjectionDay, VisitDay, calendar_of, current_plan
from dosing.services.ending import NO_ADDRESS, ends_visits
from trial.models import CurrentParticipant, WithdrawalScope
from trial.queries import contact_of
from trial.wording.clock import day_at
from trial.wording.words import full_day


def what_ends(participant: CurrentParticipant, *, at: datetime) -> list[tuple[str, str]]:
    """Everything that is still to come, as heads and texts; which end takes what say `effects`.

    What was due and is not recorded does not end: it is named apart.
    """
    calendar, today = calendar_of(participant, at=at), day_at(participant.site, at)
    injections = [day for day in calendar.injections if _ends(day, today)] if calendar else []
    visits = [day for day in calendar.visits if _ends(day, today)] if calendar else []
    late = [
        day
        for day in (calendar.days if calendar else ())
        if not day.recorded and day.date <= today and not day.stopped_by
    ]
    waiting = Reminder.objects.filter(participant=participant, state=ReminderState.OPEN).count()
    reminders = ngettext("%(n)s reminder waits", "%(n)s reminders wait", waiting) % {"n": waiting}
    return [
        (_("Injections to come"), _days(injections)),
        (_("Visits to come"), _days(visits)),
        *([(_("Not recorded, and still asked for"), _days(late))] if late else []),
        (_("Reminders"), reminders if waiting else _("none waits")),
        (_("Address for reminders"), _("kept") if contact_of(participant) else _("none")),
    ]


def _ends(day: InjectionDay | VisitDay, today: date) -> bool:
    """Whether the day lies ahead, so that an end of today would take it away."""
    return not day.recorded and day.date > today and day.state != DayState.STOPPED


def _days(days: Iterable[InjectionDay | VisitDay]) -> str:
    told = [f"{day.code}\u00a0({full_day(day.date)})" for day in days]
    return "; ".join(told) if told else _("none")


def effects(
    participant: CurrentParticipant, scopes: Iterable[WithdrawalScope]
) -> list[tuple[str, str, str, str, str]]:
    """One row for each end: its name; what becomes of injections, visits, reminders and address."""
    rows = PlannedVisit.objects.filter(plan__participant=participant, plan__superseded_at=None)
    ending = rows.filter(falls_away=True).order_by("date").values_list("code", flat=True)
    plan = current_plan(participant)
    early = [visit.code for visit in plan.protocol_version.protocol.early_visits] if plan else []
    return [_row(scope, list(ending), early) for scope in scopes]


def _row(scope: WithdrawalScope, ending: list[str], early: list[str]) -> tuple[str, str, str, str, str]:
    """`ending` are the visits that fall away with the treatment, by the protocol, `early` those it brings."""
    yes, no = _("end"), _("go on")
    address = _("is erased") if scope in NO_ADDRESS else _("stays")
    if scope == WithdrawalScope.REMINDERS:
        return str(scope.label), no, no, _("the participant's end"), address
    whole = ends_visits(scope)
    reminders = yes if whole else _("those of visits go on")
    but = _("go on, but not %(codes)s") % {"codes": ", ".join(ending)} if ending else no
    if early:
        but = _("%(visits)s; %(codes)s is planned") % {"visits": but, "codes": ", ".join(early)}
    return str(scope.label), yes, yes if whole else but, reminders, address
