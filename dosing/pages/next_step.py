"""The one thing to do next for a participant, as a sentence and at most one big button."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from dosing.pages.calendar_presenters import act_url, name_of
from dosing.pages.offers import OFFERS, Known, offered
from dosing.reading.queries import CalendarView, InjectionDay, VisitDay
from randomization.eligibility.confirming import EligibilityNotConfirmed
from trial.core.protocol import Text
from trial.models import CurrentParticipant, Status, WithdrawalScope
from trial.permissions import Permission, may
from trial.refusals import in_page_language
from trial.screening.beforehand import nobody_because, notes_for
from trial.screening.checklists import how_far, kept_checklist
from trial.screening.recruiting import notes_before_draw
from trial.wording.clock import day_at
from trial.wording.words import full_day


@dataclass(frozen=True)
class NextStep:
    """What comes next. `others` are quieter actions: (label, url)."""

    text: str
    label: str = ""
    url: str = ""
    late: bool = False
    reasons: tuple[str, ...] = ()
    others: tuple[tuple[str, str], ...] = field(default=())


def next_step(
    participant: CurrentParticipant, calendar: CalendarView | None, role: str, *, at: datetime
) -> NextStep:
    """The next step; its button only for a role that may take it."""
    status = Status(participant.current_status)
    step, permission = STEPS[status](participant, calendar)
    who = Known(participant, calendar, at)
    if status == Status.ELIGIBLE and who.why_not_drawn:
        step, permission = _not_drawn(who, step, role, permission)
    elif status == Status.ELIGIBLE:
        step = replace(step, reasons=tuple(notes_before_draw(participant, at=at)))
    if status == Status.SCREENING:
        step = _said_first(participant, step, at)
    if status == Status.ON_HOLD:
        step = _passed(participant, step, at)
    if status == Status.SCREEN_FAILED:
        step = replace(step, reasons=_failures(participant, role))
    if may(role, permission):
        step = _only_offered(step, who, role)
    else:
        step = NextStep(step.text, reasons=step.reasons)
    asks = status in {Status.ON_HOLD, Status.WITHDRAWN, Status.COMPLETED} and may(role, Permission.RECORD)
    if calendar is None or not asks or participant.data_locked:
        return step
    return replace(step, others=(*step.others, *_never_recorded(calendar)))


def _only_offered(step: NextStep, who: Known, role: str) -> NextStep:
    """The step with those buttons that lead to something which would not be refused."""
    names = {_to(name, who.participant): name for name in OFFERS}

    def is_open(url: str) -> bool:
        return url not in names or offered(names[url], who, role)

    others = tuple((label, url) for label, url in step.others if is_open(url))
    if not is_open(step.url):
        step = replace(step, label="", url="")
    return replace(step, others=others)


Stepper = Callable[[CurrentParticipant, CalendarView | None], tuple[NextStep, Permission]]


def _to(name: str, participant: CurrentParticipant, *more: object) -> str:
    return reverse(name, args=[participant.number, *more])


def _screening(participant: CurrentParticipant, calendar: CalendarView | None) -> tuple[NextStep, Permission]:
    if participant.signed_on is None:
        text = _("The consent comes first. Nothing else is asked before it is signed.")
        return NextStep(text, _("Record the consent"), _to("consent", participant)), Permission.SCREEN
    if draft := kept_checklist(participant):
        answered, asked = how_far(draft)
        text = _("The checklist is not finished: %(answered)d of %(asked)d criteria are answered.")
        text %= {"answered": answered, "asked": asked}
        return NextStep(text, _("Continue the checklist"), _to("eligibility", participant)), Permission.SCREEN
    text = _("Go through the criteria of the protocol.")
    return NextStep(text, _("Check eligibility"), _to("eligibility", participant)), Permission.SCREEN


def _said_first(participant: CurrentParticipant, step: NextStep, at: datetime) -> NextStep:
    """The same step after what to know before anybody is examined; a quiet one where it leads to no draw."""
    if not (notes := notes_for(participant, at=at)):
        return step
    if nobody := nobody_because(participant.site, at=at):
        others = ((step.label, step.url), *step.others)
        return NextStep(nobody, late=True, reasons=(step.text,), others=others)
    return replace(step, reasons=tuple(notes))


def _screen_failed(
    participant: CurrentParticipant, calendar: CalendarView | None
) -> tuple[NextStep, Permission]:
    text = _("Not eligible, so nothing more is planned. The reason is kept.")
    others = ((_("Check again"), _to("eligibility", participant)),)
    return NextStep(text, others=others), Permission.SCREEN


def _failures(participant: CurrentParticipant, role: str) -> tuple[str, ...]:
    """Why somebody is not eligible. Who may not see sensitive answers does not read which of those failed."""
    check = participant.eligibility_checks.order_by("-id").first()
    failures = check.failures if check else []
    hidden = frozenset() if may(role, Permission.VIEW_SENSITIVE) else participant.trial.sensitive_answers()
    shown = [in_page_language(Text(row["en"], row["fr"])) for row in failures if row["id"] not in hidden]
    if len(shown) < len(failures):
        shown.append(_("A criterion whose answer only the site and the monitor see is not met."))
    return tuple(shown)


def _not_drawn(who: Known, step: NextStep, role: str, permission: Permission) -> tuple[NextStep, Permission]:
    """Why nothing is drawn now; where only the confirmation lacks, the button for an investigator."""
    others, reason = (*step.others, _paper(who.participant)), str(who.why_not_drawn)
    if not isinstance(who.why_not_drawn, EligibilityNotConfirmed):
        return NextStep(reason, late=True, others=others), permission
    if not may(role, Permission.CONFIRM_ELIGIBILITY):
        return NextStep(reason, others=others), permission
    url = _to("confirm_eligibility", who.participant)
    text = _("Found eligible. An investigator confirms it before the draw.")
    return NextStep(text, _("Confirm eligibility"), url, others=others), Permission.CONFIRM_ELIGIBILITY


def _paper(participant: CurrentParticipant) -> tuple[str, str]:
    """The way to enter what was drawn on paper: it was done, whatever keeps from drawing now."""
    return _("Enter a draw on paper"), _to("paper_randomization", participant)


def _eligible(participant: CurrentParticipant, calendar: CalendarView | None) -> tuple[NextStep, Permission]:
    text = _("Found eligible. The next envelope of the list can be drawn.")
    others = ((_("Check eligibility again"), _to("eligibility", participant)),)
    return NextStep(text, _("Randomise"), _to("randomize", participant), others=others), Permission.RANDOMIZE


def _randomized(
    participant: CurrentParticipant, calendar: CalendarView | None
) -> tuple[NextStep, Permission]:
    if calendar is None:
        text = _("Choose the day of the first injection.")
        return NextStep(text, _("Book day 1"), _to("book", participant)), Permission.BOOK
    step, permission = _treated(participant, calendar)
    others = ((_("Move day 1"), _to("book", participant)), *step.others)
    return NextStep(step.text, step.label, step.url, step.late, others=others), permission


def _treated(participant: CurrentParticipant, calendar: CalendarView | None) -> tuple[NextStep, Permission]:
    if calendar is None:
        return NextStep(_("There is no calendar.")), Permission.RECORD
    days: list[InjectionDay | VisitDay] = [*calendar.visits, *calendar.injections]
    waiting = [day for day in days if day.state in {"late", "due"}]
    if waiting:
        return _first(sorted(waiting, key=lambda day: (day.state != "late", day.date))), Permission.RECORD
    ahead = [day for day in days if day.state == "planned"]
    if not ahead:
        return NextStep(_("Everything that was planned is recorded.")), Permission.RECORD
    return NextStep(_coming(min(ahead, key=lambda day: day.date))), Permission.RECORD


def _first(waiting: list[InjectionDay | VisitDay]) -> NextStep:
    """The oldest thing as the one button, everything else that waits beside it."""
    step = _record(waiting[0])
    others = tuple((name_of(day), act_url(day)) for day in waiting[1:])
    return NextStep(step.text, step.label, step.url, step.late, others=(*step.others, *others))


def _record(day: InjectionDay | VisitDay) -> NextStep:
    late = day.state == "late"
    words = {"what": name_of(day), "day": full_day(day.date)}
    if isinstance(day, VisitDay):
        text = _("%(what)s: it was planned for %(day)s.") if late else _("%(what)s: it can be done now.")
        return NextStep(text % words, _("Record the visit"), act_url(day), late)
    if late:
        text = _("%(what)s was planned for %(day)s, and nothing is recorded.") % words
        return NextStep(text, _("Record what happened"), act_url(day), late)
    ready = _("The syringe is ready.") if day.ready else _("The syringe is not announced as ready yet.")
    text = _("Today's injection: %(what)s.") % {"what": name_of(day)}
    others = ((_("Not given"), f"{act_url(day)}?outcome=missed"),)
    return NextStep(f"{text} {ready}", _("Record the injection"), act_url(day), others=others)


def _coming(day: InjectionDay | VisitDay) -> str:
    return _("Next: %(what)s, on %(day)s.") % {"what": name_of(day), "day": full_day(day.date)}


def _on_hold(participant: CurrentParticipant, calendar: CalendarView | None) -> tuple[NextStep, Permission]:
    row = participant.statuses.order_by("-sequence").first()
    until = full_day(row.until) if row and row.until else "…"
    text = _("Treatment is on hold until %(day)s at the latest. Do not inject until the hold is released.")
    step = NextStep(
        text % {"day": until},
        _("Release the hold"),
        _to("release", participant),
        reasons=(row.reason,) if row and row.reason else (),
    )
    return step, Permission.HOLD


def _passed(participant: CurrentParticipant, step: NextStep, at: datetime) -> NextStep:
    """The same step, late where the hold has lasted beyond its last day."""
    row = participant.statuses.order_by("-sequence").first()
    if row is None or row.until is None or day_at(participant.site, at) <= row.until:
        return step
    text = _("The hold should have ended by %(day)s. Release it, or end the treatment.")
    return replace(step, text=text % {"day": full_day(row.until)}, late=True)


def _over(participant: CurrentParticipant, calendar: CalendarView | None) -> tuple[NextStep, Permission]:
    row = participant.statuses.order_by("-sequence").first()
    reasons = (row.reason,) if row and row.reason else ()
    if row and row.scope == WithdrawalScope.LOST:
        text = _("Lost to follow-up. Nothing is planned unless the participant is found again.")
        step = NextStep(text, _("Found again"), _to("found_again", participant), reasons=reasons)
        return step, Permission.WITHDRAW
    return NextStep(_("Nothing more is planned."), reasons=reasons), Permission.VIEW_PARTICIPANTS


def _never_recorded(calendar: CalendarView) -> tuple[tuple[str, str], ...]:
    """What was to be done before the stop, and during a hold the visits of now: somebody has still to say."""
    waiting = sorted((day for day in calendar.days if day.state in {"late", "due"}), key=lambda day: day.date)
    return tuple((name_of(day), act_url(day)) for day in waiting)


def _mistaken(participant: CurrentParticipant, calendar: CalendarView | None) -> tuple[NextStep, Permission]:
    row = participant.statuses.order_by("-sequence").first()
    reasons = (row.reason,) if row and row.reason else ()
    text = _("Screened by mistake. Nothing is recorded under this number, and it is not counted.")
    return NextStep(text, reasons=reasons), Permission.VIEW_PARTICIPANTS


STEPS: dict[Status, Stepper] = {
    Status.SCREENING: _screening,
    Status.SCREEN_FAILED: _screen_failed,
    Status.ELIGIBLE: _eligible,
    Status.RANDOMIZED: _randomized,
    Status.ON_TREATMENT: _treated,
    Status.ON_HOLD: _on_hold,
    Status.FOLLOW_UP: _treated,
    Status.COMPLETED: _over,
    Status.WITHDRAWN: _over,
    Status.MISTAKE: _mistaken,
}
