"""One site for tests: who works there, and participants whom the services brought to where they are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils.timezone import is_naive

from dosing.demo_world import passing_answers
from dosing.models import InjectionRecord, Plan, PlannedInjection, VisitRecord
from dosing.services.booking import book_first_injection
from dosing.services.judging import SaidOfInjection, SaidOfVisit
from dosing.services.recording import record_injection, record_visit
from randomization.models import RandomizationList
from randomization.services import draw_envelope
from tests.trial_fixture import START, TrialFixture
from trial.models import Delegation, EligibilityCheck, Participant, Site, User
from trial.people.delegating import delegate
from trial.permissions import Role
from trial.queries import participants_for
from trial.screening.services import check_eligibility, record_contact, screen

PARIS = ZoneInfo("Europe/Paris")
MONDAY = date(2015, 10, 12)
"""A week after START: the last day on which day 1 may lie for whoever is randomised at START."""


def paris(text: str) -> datetime:
    """`2015-10-12 09:00` on the clock in Montpellier, as a moment in UTC."""
    moment = datetime.fromisoformat(text)
    assert is_naive(moment)
    return moment.replace(tzinfo=PARIS).astimezone(UTC)


@dataclass
class SiteFixture:
    """One site of a trial, and who works there."""

    world: TrialFixture

    def __post_init__(self) -> None:
        """The people are there before anything happens, so that later entries are of acts alone."""
        assert self.nurse and self.investigator

    @property
    def site(self) -> Site:
        return self.world.site

    @property
    def nurse(self) -> Delegation:
        return self.world.nurse

    @property
    def investigator(self) -> Delegation:
        return self.world.person(Role.INVESTIGATOR)

    def worker(self, role: Role, name: str, site: Site | None, email: str = "") -> Delegation:
        """Somebody with that duty at that site only."""
        return self.give(User.objects.create(username=name, email=email), role, site)

    def give(self, user: User, role: Role, site: Site | None) -> Delegation:
        """One more duty for somebody."""
        return delegate(user=user, trial=self.world.trial, role=role, site=site, by=None, at=START)

    def second_site(self) -> Site:
        """Another hospital of the trial, open as well."""
        return Site.objects.create(
            trial=self.world.trial,
            number="02",
            name="Second hospital",
            city="Nantes",
            zone="Europe/Paris",
            opened_on=date(2015, 9, 1),
        )

    def consented(self, *, at: datetime = START, site: Site | None = None) -> Participant:
        """Somebody with a number who signed the consent on that day."""
        today = at.astimezone(PARIS).date()
        return screen(site=site or self.site, by=self.nurse, at=at, consent_signed_on=today)

    def check(
        self, participant: Participant, *, at: datetime = START, birth: str = "", **answers: object
    ) -> EligibilityCheck:
        """The eligibility check with answers that let in, but for those given; nobody has a twin."""
        birth = birth or f"{1960 + (participant.site.last_serial - 1) % 20}-05-17"
        protocol = self.world.trial.protocol_version.protocol
        return check_eligibility(
            participant=participant,
            birth_date=date.fromisoformat(birth),
            answers=passing_answers(protocol, at.astimezone(PARIS).date()) | answers,
            strata={},
            by=self.nurse,
            at=at,
        )

    def eligible(self, *, at: datetime = START, site: Site | None = None) -> Participant:
        participant = self.consented(at=at, site=site)
        self.check(participant, at=at)
        return self.again(participant)

    def randomized(self, *, at: datetime = START, site: Site | None = None) -> Participant:
        participant = self.eligible(at=at, site=site)
        if not RandomizationList.objects.exists():
            self.world.blinded_list(9)
        draw_envelope(participant=participant, by=self.nurse, at=at)
        return self.again(participant)

    def booked(
        self, day: date = MONDAY, *, at: datetime = START, site: Site | None = None, email: str = ""
    ) -> Participant:
        """Somebody whose day 1 is booked; with reminders where there is an address."""
        participant = self.randomized(at=at, site=site)
        if email:
            self.contact(participant, email, at=at)
        self.book(participant, day, at=at)
        return self.again(participant)

    def contact(
        self, participant: Participant, email: str, *, at: datetime = START, language: str = "en"
    ) -> None:
        record_contact(
            participant=participant,
            email=email,
            language=language,
            consented_on=at.astimezone(PARIS).date(),
            by=self.nurse,
            at=at,
        )

    def book(self, participant: Participant, day: date, *, at: datetime = START) -> Plan:
        return book_first_injection(participant=participant, day=day, by=self.nurse, at=at)

    def inject(self, participant: Participant, number: int, **more: object) -> InjectionRecord:
        """Injection `number`, given at nine on its day and recorded five minutes later."""
        day = PlannedInjection.objects.get(
            plan__participant=participant, plan__superseded_at=None, number=number
        ).date
        nine = paris(f"{day} 09:00")
        who = {"by": more.pop("by", self.nurse), "at": more.pop("at", nine + timedelta(minutes=5))}
        given = {"outcome": "given", "happened_at": nine, "without_release": True}  # no pharmacy works here
        said = SaidOfInjection(**(given | more))  # type: ignore[arg-type]
        return record_injection(participant=participant, number=number, said=said, **who)  # type: ignore[arg-type]

    def visit(self, participant: Participant, code: str, **more: object) -> VisitRecord:
        """Visit `code`, done on its day and recorded at ten."""
        plan = Plan.objects.get(participant=participant, superseded_at=None)
        day = plan.visits.get(code=code).date
        who = {"by": more.pop("by", self.nurse), "at": more.pop("at", paris(f"{day} 10:00"))}
        said = SaidOfVisit(**({"outcome": "done", "day": day} | more))  # type: ignore[arg-type]
        return record_visit(participant=participant, code=code, said=said, **who)  # type: ignore[arg-type]

    def again(self, participant: Participant) -> Participant:
        """The participant as the database has it now."""
        return participants_for(self.nurse).get(pk=participant.pk)

    def status(self, participant: Participant) -> str:
        return str(self.again(participant).current_status)
