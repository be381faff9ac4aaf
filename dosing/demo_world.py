"""A believable trial for demonstrations: some twenty participants in all states around today.

Everything is done by the same services that pages and the API use, in the order of time, with the
people and moments that it would have had. Nothing is written past them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import partial

from dosing.models import InjectionOutcome, Place, Plan, VisitOutcome
from dosing.services.booking import book_first_injection
from dosing.services.judging import SaidOfInjection, SaidOfVisit
from dosing.services.recording import record_injection, record_visit
from dosing.services.status import hold, withdraw
from dosing.tick import tick
from randomization.services import draw_envelope
from trial.core.protocol import Criterion, CriterionKind, Protocol
from trial.core.strata import asked_factors
from trial.models import CurrentParticipant, Delegation, EndReason, Participant, Site, Status, WithdrawalScope
from trial.permissions import Role
from trial.queries import participants_for
from trial.screening.services import check_eligibility, record_contact, screen, signed_on_of

Act = Callable[[datetime], None]

BODY_SITES = ("abdomen_left", "abdomen_right", "thigh_left", "thigh_right", "abdomen_left")


@dataclass(frozen=True, eq=False)
class Life:
    """What one participant has been through.

    `day_1` counts days from today (0 is today, negative is past); None: not booked. `until` is how
    far the life goes. `unrecorded` are injections and visits nobody has said anything about;
    `missed` are injections that were not given.
    """

    until: str = "booked"
    day_1: int | None = None
    screened: int | None = None
    fails: str = ""
    unrecorded: tuple[int | str, ...] = ()
    missed: Mapping[int, str] = field(default_factory=dict)
    held: int | None = None
    withdrawn: tuple[int, str, str] | None = None
    done_today: bool = False
    reminders: bool = True


WALK = Life(day_1=0)
"""The participant of the walk on the console: day 1 is today."""

LIVES = (
    Life("completed", day_1=-172),
    Life("booked", day_1=-91, missed={8: "Fever of 38.6; the investigator decided not to inject."}),
    Life("booked", day_1=-60),
    Life("booked", day_1=-58, reminders=False),
    Life("booked", day_1=-45, withdrawn=(-31, WithdrawalScope.TRIAL, "Moved to another town.")),
    Life("booked", day_1=-40, missed={3: "Refused that day."}),
    Life("booked", day_1=-36, withdrawn=(-20, WithdrawalScope.TREATMENT, "Tired of the journeys.")),
    Life("booked", day_1=-30, held=-1),
    Life("booked", day_1=-28, done_today=True),
    Life("booked", day_1=-28),
    Life("booked", day_1=-20),
    Life("booked", day_1=-13, unrecorded=("V2",), reminders=False),
    Life("booked", day_1=-7),
    Life("booked", day_1=-3, unrecorded=(3,)),
    Life("booked", day_1=-2, done_today=True),
    Life("booked", day_1=-1),
    Life("randomized", screened=-9),
    Life("eligible", screened=-3),
    Life("failed", screened=-12, fails="I7"),
    Life("failed", screened=-5, fails="I3"),
    Life("consented", screened=-1),
    Life("numbered", screened=0),
)


class World:
    """Builds the demonstration at one site, for the people who work there."""

    def __init__(self, site: Site, people: Mapping[Role, Delegation], now: datetime) -> None:
        self.site, self.now = site, now
        self.nurse, self.investigator = people[Role.STUDY_NURSE], people[Role.INVESTIGATOR]
        self.protocol: Protocol = site.trial.protocol_version.protocol
        self.today = now.astimezone(site.tzinfo).date()
        self.numbers: dict[Life, str] = {}
        self.walk_number = ""

    def build(self) -> Participant:
        """Live all the lives in the order of time; returns the participant of the walk."""
        acts = [act for number, life in enumerate((*LIVES, WALK)) for act in self._acts(number, life)]
        acts += [(self._at(day, 19, 0), self._tick) for day in range(-175, 1)]
        for at, act in sorted((item for item in acts if item[0] <= self.now), key=lambda item: item[0]):
            act(at)
        return self._participant(WALK)

    # Each act is a moment and what is done then.

    def _acts(self, number: int, life: Life) -> Iterator[tuple[datetime, Act]]:
        minute = number * 2
        first_day = life.screened if life.screened is not None else (life.day_1 or 0) - 9 - number % 4
        yield self._at(first_day, 9, minute), lambda at: self._screen(life, at)
        if life.until in {"numbered", "consented"}:
            return
        yield self._at(first_day + 1, 14, minute), lambda at: self._check(life, at)
        if life.until in {"eligible", "failed"}:
            return
        drawn = first_day + 3 if life.day_1 is None else life.day_1 - 4
        yield self._at(drawn, 10, minute), lambda at: self._draw(life, at)
        if life.day_1 is None:
            return
        if life.reminders:
            yield self._at(drawn, 10, minute + 1), lambda at: self._contact(life, number, at)
        yield self._at(drawn, 11, minute), lambda at: self._book(life, at)
        yield from self._dosing(life, minute)
        yield from self._interruptions(life)

    def _dosing(self, life: Life, minute: int) -> Iterator[tuple[datetime, Act]]:
        for day in range(life.day_1 or 0, 0):
            yield self._at(day, 8, minute), partial(self._record, life, day)
        if life.done_today:
            lately = max(self._at(0, 0, 5), self.now - timedelta(minutes=20 + minute))
            yield lately, partial(self._record, life, 0)

    def _interruptions(self, life: Life) -> Iterator[tuple[datetime, Act]]:
        if life.held is not None:
            yield self._at(life.held, 12, 30), lambda at: self._hold(life, at)
        if life.withdrawn is not None:
            day, scope, reason = life.withdrawn
            yield self._at(day, 15, 0), lambda at: self._withdraw(life, scope, reason, at)

    def _screen(self, life: Life, at: datetime) -> None:
        consent = None if life.until == "numbered" else at.astimezone(self.site.tzinfo).date()
        site = Site.objects.select_related("trial").get(pk=self.site.pk)
        participant = screen(site=site, by=self.nurse, at=at, consent_signed_on=consent)
        self.numbers[life] = participant.number

    def _check(self, life: Life, at: datetime) -> None:
        participant = self._participant(life)
        consent = signed_on_of(participant)
        age = 80 if life.fails == "I3" else 44 + int(participant.number[-1]) * 3
        check_eligibility(
            participant=participant,
            birth_date=date(consent.year - age, 3, 14),
            answers=passing_answers(self.protocol, consent, fails=life.fails),
            strata={factor.code: factor.levels[0].code for factor in asked_factors(self.protocol)},
            by=self.nurse,
            at=at,
        )

    def _contact(self, life: Life, number: int, at: datetime) -> None:
        record_contact(
            participant=self._participant(life),
            email=f"participant{number + 1:02d}@example.org",
            language="fr" if number % 5 else "en-gb",
            consented_on=at.astimezone(self.site.tzinfo).date(),
            by=self.nurse,
            at=at,
        )

    def _draw(self, life: Life, at: datetime) -> None:
        draw_envelope(participant=self._participant(life), by=self.investigator, at=at)

    def _book(self, life: Life, at: datetime) -> None:
        day = self.today + timedelta(days=life.day_1 or 0)
        book_first_injection(participant=self._participant(life), day=day, by=self.nurse, at=at)

    def _record(self, life: Life, offset: int, at: datetime) -> None:
        """Record the injection and the visit that are planned for that day, unless left open."""
        participant = self._participant(life)
        status = participant.current_status
        day = self.today + timedelta(days=offset)
        plan = Plan.objects.get(participant=participant, superseded_at=None)
        for planned in plan.injections.filter(date=day):
            if planned.number not in life.unrecorded and status in {Status.RANDOMIZED, Status.ON_TREATMENT}:
                self._inject(life, participant, planned.number, at)
        for visit in plan.visits.filter(date=day):
            if visit.code not in life.unrecorded and status != Status.WITHDRAWN:
                record_visit(
                    participant=participant,
                    code=visit.code,
                    said=SaidOfVisit(outcome=VisitOutcome.DONE, day=day),
                    by=self.nurse,
                    at=at,
                )

    def _inject(self, life: Life, participant: Participant, number: int, at: datetime) -> None:
        if reason := life.missed.get(number):
            said = SaidOfInjection(outcome=InjectionOutcome.MISSED, reason=reason)
        else:
            said = SaidOfInjection(
                outcome=InjectionOutcome.GIVEN,
                happened_at=at - timedelta(minutes=2),
                place=Place.HOSPITAL,
                body_site=BODY_SITES[number % 5],
                without_release=True,
            )
        record_injection(participant=participant, number=number, said=said, by=self.nurse, at=at)

    def _hold(self, life: Life, at: datetime) -> None:
        hold(
            participant=self._participant(life),
            reason="Fever since yesterday; blood culture awaited.",
            until=None,
            by=self.investigator,
            at=at,
        )

    def _withdraw(self, life: Life, scope: str, reason: str, at: datetime) -> None:
        withdraw(
            participant=self._participant(life),
            scope=scope,
            cause=EndReason.BY_SUBJECT,
            reason=reason,
            by=self.investigator,
            at=at,
        )

    def _tick(self, at: datetime) -> None:
        tick(at=at)

    def _participant(self, life: Life) -> CurrentParticipant:
        return participants_for(self.nurse).get(number=self.numbers[life])

    def _at(self, day: int, hour: int, minute: int) -> datetime:
        """That time of the site's clock, `day` days from today."""
        start = datetime.combine(self.today + timedelta(days=day), time(hour, 0), self.site.tzinfo)
        return start + timedelta(minutes=minute)


def passing_answers(protocol: Protocol, consent: date, *, fails: str = "") -> dict[str, object]:
    """Answers that meet every criterion, but for the number criterion named by `fails`."""
    return {
        question.id: _answer(question, consent, failing=question.id == fails)
        for question in protocol.questions()
        if question.kind != CriterionKind.AGE
    }


def _answer(question: Criterion, consent: date, *, failing: bool) -> object:
    if question.kind == CriterionKind.YES_NO:
        return question.required_answer
    if question.kind == CriterionKind.SINCE:
        return (consent - timedelta(days=500)).isoformat()
    if question.minimum is None:  # a number that has to stay below its bound
        return question.below if failing else 1
    return question.minimum - 7 if failing else question.minimum + 12
