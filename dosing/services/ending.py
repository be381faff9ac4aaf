"""What an end does: which reminders, addresses and days it stops, and the day that it has."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import assert_never

from django.utils.translation import gettext as _

from dosing.core.deviations import Departure
from dosing.core.events import FOLLOW_UP, TREATMENT, DeviationEvent
from dosing.models import Deviation, InjectionRecord
from dosing.reading.latest_records import IN_PART, latest_records, seen_on
from dosing.reading.unscheduled import unscheduled_of
from dosing.reading.versions import version_of
from dosing.reminders.planning import cancel_fallen, cancel_reminders, reopen_reminders
from dosing.services.drafting import draft, numbers
from dosing.services.early_visits import plan_early_visits
from dosing.services.feeding import end_feeds_of, revoke_feeds_of
from dosing.services.recording import move_on
from dosing.services.stops import SAID
from trial.core.doubts import Doubt
from trial.core.protocol import ReminderFor
from trial.core.sentences import Sentence
from trial.models import (
    ContactDetails,
    CurrentParticipant,
    Delegation,
    EndReason,
    Participant,
    ParticipantStatus,
    Status,
    WithdrawalScope,
    said_by_itself,
)
from trial.refusals import InvalidInput, refuse_unconfirmed
from trial.screening.services import add_status, withdraw_contact
from trial.wording.clock import day_at
from trial.wording.words import medium_day

NO_ADDRESS = {
    WithdrawalScope.CONTACT,
    WithdrawalScope.TRIAL,
    WithdrawalScope.REMINDERS,
    WithdrawalScope.DEATH,
}
"""After these nobody may write to the participant any more, so the address is erased."""


def ends_visits(what: WithdrawalScope) -> bool:
    """Whether the participant leaves with it, or goes on to the visits. Raises ValueError for reminders."""
    match what:
        case WithdrawalScope.TREATMENT:
            return False
        case (
            WithdrawalScope.VISITS
            | WithdrawalScope.CONTACT
            | WithdrawalScope.TRIAL
            | WithdrawalScope.DEATH
            | WithdrawalScope.LOST
        ):
            return True
        case WithdrawalScope.REMINDERS:
            raise ValueError("The end of reminders ends neither treatment nor visits.")
        case _:
            assert_never(what)


def silence(
    participant: CurrentParticipant, what: WithdrawalScope, by: Delegation, at: datetime
) -> ContactDetails | None:
    """Erase the address and end calendar addresses where nobody may write any more; the row that says so."""
    row = withdraw_contact(participant=participant, by=by, at=at) if what in NO_ADDRESS else None
    if what == WithdrawalScope.DEATH:
        end_feeds_of(participant, at)
    if what in {WithdrawalScope.CONTACT, WithdrawalScope.TRIAL}:
        revoke_feeds_of(participant, at)
    if what == WithdrawalScope.REMINDERS:
        cancel_reminders(participant=participant, recipient=ReminderFor.PARTICIPANT)
    return row


def end(
    participant: CurrentParticipant,
    what: WithdrawalScope,
    reason: str,
    day: date,
    by: Delegation,
    at: datetime,
    *,
    cause: str = "",
    corrects: ParticipantStatus | None = None,
) -> ParticipantStatus:
    """Write the end's status and stop its reminders. The caller holds the lock and writes the entry."""
    whole = ends_visits(what)
    cancel_reminders(participant=participant, kinds=None if whole else TREATMENT)
    if not whole:
        reopen_reminders(participant=participant, at=at, kinds=FOLLOW_UP)
    row = add_status(
        participant=participant,
        status=Status.WITHDRAWN if whole else Status.FOLLOW_UP,
        by=by,
        at=at,
        reason=reason,
        scope=what.value,
        ended_on=day,
        cause=cause,
        corrects=corrects,
    )
    plan_early_visits(participant, reason, by, at)
    if not whole:
        cancel_fallen(participant)
    move_on(participant, by, at)  # every visit may be over already
    return row


def coded(what: WithdrawalScope, cause: str) -> str:
    """The coded reason of an end. A death and a loss are reasons themselves; reminders end without one.

    Empty where none is said. Raises InvalidInput.
    """
    if cause and cause not in EndReason.values:
        raise _at_cause(_("Choose a reason from the list."))
    if what == WithdrawalScope.REMINDERS:
        if cause:
            raise _at_cause(_("Remove the kind of reason: the end of reminders alone has none."))
        return ""
    itself = said_by_itself(what)
    if itself and cause in {"", itself}:
        return itself.value
    if itself or cause in {EndReason.DEATH, EndReason.LOST_TO_FOLLOW_UP}:
        raise _at_cause(
            _("This kind of reason belongs to another end: enter a death as a death, a loss as a loss.")
        )
    return cause


def _at_cause(sentence: str) -> InvalidInput:
    return InvalidInput(sentence, {"cause": sentence})


def day_of_end(
    participant: CurrentParticipant, what: WithdrawalScope, day: date | None, at: datetime
) -> date:
    """The day of an end: not to come, and not before the consent; today for a withdrawal without one.

    Nobody was injected or seen after a death, or after the last contact. Raises InvalidInput.
    """
    today, first = day_at(participant.site, at), _first_day(participant)
    if day is None and what in {WithdrawalScope.DEATH, WithdrawalScope.LOST}:
        raise _at_day(_("Enter the date of the death or of the last contact."))
    day = today if day is None else day
    if day > today:
        raise _at_day(
            _("%(day)s is in the future. Enter today or an earlier day.") % {"day": medium_day(day)}
        )
    if day < first:
        said = {"day": medium_day(day), "first": medium_day(first), "number": participant.number}
        raise _at_day(
            _("%(day)s is before the consent or first number of %(number)s, %(first)s. Check the day.") % said
        )
    if what not in SAID and what != WithdrawalScope.REMINDERS and _recorded_after(participant, day):
        sentence = _(
            "An injection or a visit is recorded after %(day)s. Correct that record first, or the day."
        )
        raise _at_day(sentence % {"day": medium_day(day)})
    return day


def _first_day(participant: CurrentParticipant) -> date:
    """The day of the consent; the day of the first number where there is no consent yet."""
    return participant.signed_on or day_at(participant.site, participant.screened_at)


def _at_day(sentence: str) -> InvalidInput:
    return InvalidInput(sentence, {"day": sentence})


def _recorded_after(participant: Participant, day: date) -> bool:
    moments = latest_records().filter(participant=participant).values_list("happened_at", flat=True)
    days = [day_at(participant.site, moment) for moment in moments if moment]
    return any(seen > day for seen in (*days, *seen_on(participant), *_seen_beside(participant)))


def _seen_beside(participant: Participant) -> list[date]:
    """The days of visits that no plan has."""
    return [row.day for row in unscheduled_of(participant)]


def confirmed_day(
    participant: CurrentParticipant, what: WithdrawalScope, day: date, confirmed: Mapping[str, object]
) -> dict[str, str]:
    """The confirmed day of a withdrawal after which something is recorded. Raises NotConfirmed."""
    odd = what in SAID and (_injected_after(participant, day) or _visited_after(participant, day, what))
    doubts: tuple[Doubt, ...] = ()
    if odd:
        shown = medium_day(day)
        asks = Sentence(
            "An injection or a visit is recorded after %(day)s. Is this the right day?", day=shown
        )
        keeps = Sentence("Yes, it was said on %(day)s.", day=shown)
        doubts = (Doubt("day", day.isoformat(), asks, keeps),)
    return refuse_unconfirmed(doubts, confirmed, fields={"day"})


def _injected_after(participant: Participant, day: date) -> list[InjectionRecord]:
    """The injections that were given after a day of the site, by their latest records."""
    rows = latest_records().filter(participant=participant, outcome__in=IN_PART).order_by("number")
    return [row for row in rows if row.happened_at and day_at(participant.site, row.happened_at) > day]


def _visited_after(participant: Participant, day: date, what: WithdrawalScope) -> bool:
    return what != WithdrawalScope.TREATMENT and any(seen > day for seen in seen_on(participant))


def draft_after(
    participant: CurrentParticipant,
    day: date,
    what: WithdrawalScope,
    *,
    reason: str,
    by: Delegation,
    at: datetime,
) -> list[Deviation]:
    """Draft each injection that was given after the withdrawal, unless it is drafted already."""
    version, drafts = version_of(participant), []
    for row in _injected_after(participant, day):
        event = DeviationEvent.INJECTION.named(row.number)
        known = Deviation.objects.filter(participant=participant, event=event, kind=Departure.WHILE_STOPPED)
        if row.happened_at and not known.exists():
            given = day_at(participant.site, row.happened_at)
            drafts.append(
                draft(
                    participant,
                    Departure.WHILE_STOPPED,
                    event,
                    row.sequence,
                    version,
                    by,
                    at,
                    latest=day,
                    happened_on=given,
                    reason=reason,
                )
            )
    return drafts


def noted(kept: Mapping[str, str], drafts: list[Deviation]) -> dict[str, object]:
    """What the entry says of a day that was confirmed, and of what was drafted with it."""
    said: dict[str, object] = {"confirmed": dict(kept)} if kept else {}
    return said | ({"deviations": numbers(drafts)} if drafts else {})
