"""Everything that the progress of a trial is counted from, read once. The number of queries does not grow."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Count

from dosing.models import Plan, Reminder
from dosing.reading.deviations import DeviationView, as_rows, deviations_for
from dosing.reading.queries import InjectionDay, VisitDay, every_day
from dosing.reading.unscheduled import unscheduled_visits
from randomization.limits import target_notices
from randomization.models import Envelope, RandomizedInError
from randomization.queries import randomized_at
from trial.core.protocol import Protocol
from trial.models import Delegation, EligibilityCheck, Participant, Site, Status
from trial.queries import CountedEnd, ends_among, participants_for, sites_for
from trial.wording.clock import day_at


@dataclass(frozen=True)
class Person:
    """One participant as far as counting needs them. `failures` are the criteria failed at the last check.

    `ends` are all that count, the oldest first, whatever status came after them.
    """

    number: str
    site: str
    status: Status
    ends: tuple[CountedEnd, ...]
    screened: date
    consented: bool
    randomized: date | None
    booked: bool
    begun: bool
    in_error: bool
    failures: tuple[str, ...]

    @property
    def stopped(self) -> CountedEnd | None:
        """The end by which treatment was stopped early; None for whoever had all of it or still has it."""
        return next((end for end in self.ends if end.early), None)


@dataclass(frozen=True)
class Facts:
    """What is known within one person's reach at one moment. `whole` says whether that is the whole trial.

    Who was screened by mistake is not among the `people`; `mistakes` says how many such there are, and
    `unscheduled` how many visits took place that no plan has.
    """

    at: datetime
    today: date
    protocol: Protocol
    sites: tuple[Site, ...]
    whole: bool
    people: tuple[Person, ...]
    injections: tuple[InjectionDay, ...]
    visits: tuple[VisitDay, ...]
    deviations: tuple[DeviationView, ...]
    reminders: Mapping[tuple[str, str], int]
    notices: tuple[str, ...] = ()
    mistakes: int = 0
    unscheduled: int = 0

    @property
    def opened(self) -> date | None:
        """The day on which the first site within reach opened."""
        return min((site.opened_on for site in self.sites if site.opened_on), default=None)


def read_facts(by: Delegation, *, at: datetime) -> Facts:
    """Read everything that this delegation reaches, as it is at that moment."""
    sites = sites_for(by)
    injections, visits = every_day(sites, at=at)
    protocol = by.trial.protocol_version.protocol
    everyone = _people(by, injections)
    people = tuple(person for person in everyone if person.status != Status.MISTAKE)
    return Facts(
        at=at,
        today=max(day_at(site, at) for site in sites),
        protocol=protocol,
        sites=tuple(sites),
        whole=by.site_id is None or _alone(protocol),
        people=people,
        mistakes=len(everyone) - len(people),
        injections=injections,
        visits=visits,
        deviations=tuple(as_rows(deviations_for(by))),
        reminders=_reminders(by),
        unscheduled=unscheduled_visits().filter(participant__site__in=sites).count(),
        notices=tuple(target_notices(by)),
    )


def _alone(protocol: Protocol) -> bool:
    """Whether the trial has one site, so that whoever reaches it reaches all."""
    return len(protocol.sites) == 1


def _people(by: Delegation, injections: tuple[InjectionDay, ...]) -> tuple[Person, ...]:
    reach = participants_for(by)
    drawn, failures = _draws(by), _failures(by)
    booked = set(
        Plan.objects.filter(participant__in=reach.values("pk")).values_list("participant", flat=True)
    )
    wrong = RandomizedInError.objects.filter(participant__in=reach.values("pk"))
    errors = set(wrong.values_list("participant", flat=True))
    ends = ends_among(reach)
    begun = {day.participant_id for day in injections if day.state in {"given", "partial"}}
    return tuple(
        Person(
            number=row.number,
            site=row.site.number,
            status=Status(row.current_status),
            ends=tuple(ends.get(row.pk, ())),
            screened=day_at(row.site, row.screened_at),
            consented=row.signed_on is not None,
            randomized=_day(row, drawn),
            booked=row.pk in booked,
            begun=row.pk in begun,
            in_error=row.pk in errors,
            failures=failures.get(row.pk, ()),
        )
        for row in reach
    )


def _day(row: Participant, drawn: Mapping[UUID, datetime]) -> date | None:
    moment = drawn.get(row.pk)
    return day_at(row.site, moment) if moment else None


def _draws(by: Delegation) -> dict[UUID, datetime]:
    """When each participant was randomised. Numbers, positions and strata stay where they are."""
    reach = participants_for(by).values("pk")
    envelopes = Envelope.objects.filter(participant__in=reach).select_related("paper_draw")
    drawn = {row.participant_id: randomized_at(row) for row in envelopes}
    return {key: moment for key, moment in drawn.items() if key and moment}


def _failures(by: Delegation) -> dict[UUID, tuple[str, ...]]:
    """The criteria that each participant failed at the last check."""
    reach = participants_for(by).values("pk")
    checks = EligibilityCheck.objects.filter(participant__in=reach).order_by("id")
    return {row.participant_id: _criteria(row) for row in checks.defer("answers")}


def _criteria(check: EligibilityCheck) -> tuple[str, ...]:
    return tuple(str(failure["id"]) for failure in check.failures)


def _reminders(by: Delegation) -> Counter[tuple[str, str]]:
    """How many reminders are in each state, by whom they are for."""
    reach = participants_for(by).values("pk")
    rows = Reminder.objects.filter(participant__in=reach).values_list("recipient", "state")
    return Counter({(to, state): count for to, state, count in rows.annotate(count=Count("pk")).order_by()})
