"""Today: what a site has to do, what it has done, and who waits for a next step."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import chain
from math import ceil

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

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
from dosing.reading.grid import next_news
from dosing.reading.queries import DueList, InjectionDay, VisitDay, days_left_open, due_list
from dosing.services.long_holds import passed
from randomization.code_breaks import latest_in_words
from randomization.eligibility.confirming import waiting_for_confirmation
from trial.models import CurrentParticipant, Delegation, Signature, Site, Status
from trial.people.signing.countersigning import waiting_for
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
    """The parts of Today. Late first.

    `as_of` is the time of the site's clock; in `seconds` there may be something new (decision 9).
    """

    on: date
    as_of: str
    seconds: int
    late: list[Card]
    due: list[Card]
    done: list[Line]
    waiting: list[Line]
    broken: list[Line]

    @property
    def empty(self) -> bool:
        """Whether there is nothing to show at all."""
        return not (self.late or self.due or self.done or self.waiting or self.broken)


def agenda(by: Delegation, *, at: datetime) -> Agenda:
    """What the delegation's site, or all sites, have to do on this day. Days are those of the first site."""
    sites = sites_for(by)
    today = day_at(sites[0], at)
    due = due_list(sites, on=today, at=at)
    cards, people = _cards(due, today, acts=may(by.role, Permission.RECORD)), _people(by)
    still = [person for person in people if _stands_still(person)]
    held = [person for person in still if _status(person) == Status.ON_HOLD]
    return Agenda(
        on=today,
        as_of=time_of_day(at, sites[0]),
        seconds=ceil((next_news(at, sites[0].tzinfo) - at).total_seconds()),
        late=[*cards["late"], *_long_holds(held, today, at)],
        due=cards["due"],
        done=_done(due, {site.pk: site for site in sites}),
        waiting=[
            *_to_countersign(by),
            *_to_confirm(by, still),
            *_to_judge(by),
            *_left_open(by, at),
            *(_waiting(person) for person in still if person not in held),
        ],
        broken=_broken(by, people),
    )


def _to_countersign(by: Delegation) -> list[Line]:
    """What systems did by token and this person may sign."""
    label, address = _("to be countersigned"), reverse("countersign")
    return [
        Line(row.subject, address, str(row.get_act_display()), "late", label)
        for row in waiting_for(by, Signature)
    ]


def _to_confirm(by: Delegation, people: list[CurrentParticipant]) -> list[Line]:
    """Whose eligibility waits for this investigator's confirmation."""
    label = _("eligibility to be confirmed")
    return [
        Line(
            who.number,
            reverse("confirm_eligibility", args=[who.number]),
            _("confirm eligibility"),
            "late",
            label,
        )
        for who in waiting_for_confirmation(by, people)
    ]


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


def _left_open(by: Delegation, at: datetime) -> list[Line]:
    """One line for the investigator about days of before an upgrade that nobody was ever asked about."""
    if not may(by.role, Permission.REVIEW_DEVIATIONS) or not (days := days_left_open(by, at=at)):
        return []
    told = ngettext("%(n)s day was never recorded", "%(n)s days were never recorded", len(days))
    people = len({day.participant_id for day in days})
    whose = ngettext("of %(n)s participant", "of %(n)s participants", people) % {"n": people}
    said = f"{told % {'n': len(days)}}, {whose}"
    return [
        Line(
            _("Before a hold or an end"),
            reverse("progress") + "#missing-list",
            said,
            "late",
            _("not recorded"),
        )
    ]


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


def _cards(due: DueList, today: date, *, acts: bool) -> dict[str, list[Card]]:
    """What is late, and what is due, in the order of `_rank`. Whoever records none gets no button for it."""
    waiting = [item for item in due.injections if item.day.state in {"late", "due"}]
    last_sites = last_body_sites(item.day.participant_id for item in waiting)
    cards: dict[str, list[Card]] = {"late": [], "due": []}
    for item in waiting:
        cards[item.day.state].append(injection_card(item, today=today, last_sites=last_sites))
    for day in due.visits:
        if day.state in cards:
            cards[day.state].append(visit_card(day, today=today))
    cards["due"].sort(key=_rank)
    if acts:
        return cards
    return {state: [replace(card, action_url="") for card in found] for state, found in cards.items()}


def _rank(card: Card) -> tuple[int, str]:
    """By the hour of the appointment within what can be done now: ready syringes, visits, other syringes."""
    return 0 if card.state == "ready" else 1 if not card.injection else 2, card.hour or "24:00"


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


def _people(by: Delegation) -> list[CurrentParticipant]:
    """Who waits for a step of ours before there is a calendar, who is on hold, and whose code was broken."""
    plans = Plan.objects.filter(participant=OuterRef("pk"), superseded_at=None)
    waiting = Q(booked=False, current_status__in=BEFORE_DAY_1)
    people = participants_for(by).annotate(booked=Exists(plans))
    return list(people.filter(waiting | Q(current_status=Status.ON_HOLD) | Q(code_broken=True)))


def _stands_still(person: CurrentParticipant) -> bool:
    """Whether somebody waits for us or is on hold; else it is only that their code was broken."""
    status = _status(person)
    return status == Status.ON_HOLD or (status in BEFORE_DAY_1 and not person.booked)  # type: ignore[attr-defined]


def _broken(by: Delegation, people: list[CurrentParticipant]) -> list[Line]:
    """Whose code was broken, for those who have to see to it: the investigator and the trial manager."""
    broken = [person for person in people if person.code_broken]
    if not broken or not may(by.role, Permission.REVIEW_DEVIATIONS):
        return []
    label = _("code broken")
    return [
        Line(number, participant_url(number), said, "hold", label) for number, said in latest_in_words(broken)
    ]


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
