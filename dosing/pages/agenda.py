"""Today: what a site has to do, what it has done, and who waits for a next step."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from itertools import chain

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from dosing.models import Plan
from dosing.pages.calendar_presenters import (
    STATE_WORDS,
    Card,
    injection_card,
    last_body_sites,
    look,
    name_of,
    participant_url,
    visit_card,
)
from dosing.reading.deviations import presumed_important_drafts
from dosing.reading.queries import DueList, InjectionDay, VisitDay, due_list
from dosing.services.long_holds import passed
from trial.models import CurrentParticipant, Delegation, Site, Status
from trial.permissions import Permission, may
from trial.queries import participants_for, sites_for
from trial.wording.clock import day_at
from trial.wording.words import late_by, short_day, time_of_day

BEFORE_DAY_1 = (Status.SCREENING, Status.ELIGIBLE, Status.RANDOMIZED)


@dataclass(frozen=True)
class Line:
    """Something done, or somebody waiting, on one line: `components/done_card.html`."""

    number: str
    url: str
    what: str
    state: str
    state_label: str


@dataclass(frozen=True)
class Agenda:
    """The parts of Today. Late first."""

    on: date
    late: list[Card]
    due: list[Card]
    done: list[Line]
    waiting: list[Line]

    @property
    def empty(self) -> bool:
        """Whether there is nothing to show at all."""
        return not (self.late or self.due or self.done or self.waiting)


def agenda(by: Delegation, *, at: datetime) -> Agenda:
    """What the delegation's site, or all sites, have to do on this day. Days are those of the first site."""
    sites = sites_for(by)
    today = day_at(sites[0], at)
    due = due_list(sites, on=today, at=at)
    cards, still = _cards(due, today), _standing_still(by)
    held = [person for person in still if _status(person) == Status.ON_HOLD]
    return Agenda(
        on=today,
        late=[*cards["late"], *_long_holds(held, today, at)],
        due=cards["due"],
        done=_done(due, {site.pk: site for site in sites}),
        waiting=[*_to_judge(by), *(_waiting(person) for person in still if person not in held)],
    )


def _to_judge(by: Delegation) -> list[Line]:
    """Whose consent or eligibility was found wanting after the fact, for those who can judge it."""
    if not may(by.role, Permission.REVIEW_DEVIATIONS):
        return []
    found: dict[str, Line] = {}
    for row in presumed_important_drafts(by):
        number = row.participant.number
        address = reverse("review_deviations", args=[number])
        line = Line(number, address, _("judge a deviation"), "late", str(row.get_kind_display()))
        found.setdefault(number, line)
    return list(found.values())


def _long_holds(held: list[CurrentParticipant], today: date, at: datetime) -> list[Card]:
    """Holds that have lasted beyond their last day: the investigator releases them or ends the treatment."""
    return [
        Card(
            number=person.number,
            url=participant_url(person.number),
            what=_("Treatment on hold"),
            place=_("until %(day)s") % {"day": short_day(hold.until)} if hold.until else "",
            state="late",
            state_label=late_by(hold.until, today) if hold.until else "",
            action_label=_("Look at the hold"),
            action_url=participant_url(person.number),
        )
        for person, hold in passed(held, at)
    ]


def _cards(due: DueList, today: date) -> dict[str, list[Card]]:
    """What is late and what is due: injections before visits."""
    waiting = [item for item in due.injections if item.day.state in {"late", "due"}]
    last_sites = last_body_sites(item.day.participant_id for item in waiting)
    cards: dict[str, list[Card]] = {"late": [], "due": []}
    for item in waiting:
        cards[item.day.state].append(injection_card(item, today=today, last_sites=last_sites))
    for day in due.visits:
        if day.state in cards:
            cards[day.state].append(visit_card(day, today=today))
    return cards


def _done(due: DueList, sites: dict[object, Site]) -> list[Line]:
    days: chain[InjectionDay | VisitDay] = chain((item.day for item in due.injections), due.visits)
    return [
        Line(day.participant, participant_url(day.participant), name_of(day), look(day), _said(day, sites))
        for day in days
        if day.recorded
    ]


def _said(day: InjectionDay | VisitDay, sites: dict[object, Site]) -> str:
    if isinstance(day, InjectionDay) and day.state == "given" and day.happened_at:
        return time_of_day(day.happened_at, sites[day.site_id])
    return STATE_WORDS[day.state]()


def _standing_still(by: Delegation) -> list[CurrentParticipant]:
    """Who waits for a step of ours before there is a calendar, and who is on hold."""
    booked = Plan.objects.filter(participant=OuterRef("pk"), superseded_at=None)
    waiting = Q(~Exists(booked), current_status__in=BEFORE_DAY_1)
    return list(participants_for(by).filter(waiting | Q(current_status=Status.ON_HOLD)))


def _status(person: CurrentParticipant) -> Status:
    return Status(person.current_status)


def _waiting(person: CurrentParticipant) -> Line:
    status = _status(person)
    steps = {
        Status.SCREENING: _("finish screening"),
        Status.ELIGIBLE: _("randomise"),
        Status.RANDOMIZED: _("book day 1"),
    }
    return Line(person.number, participant_url(person.number), steps[status], "planned", str(status.label))
